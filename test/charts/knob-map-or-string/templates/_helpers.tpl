{{- define "knob-map-or-string.print" -}}
{{- if eq (typeOf .value) "string" }}
{{- tpl .value .root }}
{{- else }}
{{- toYaml .value }}
{{- end }}
{{- end }}
