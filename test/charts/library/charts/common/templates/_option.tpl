{{- /* One option of a pod as YAML: the controller's own, else the default of all. */}}
{{- define "common.option" -}}
{{- $own := get (.controller.podOptions | default dict) .field -}}
{{- $default := get (.root.Values.defaultPodOptions | default dict) .field -}}
{{- with $own | default $default }}{{ toYaml . }}{{ end -}}
{{- end }}
