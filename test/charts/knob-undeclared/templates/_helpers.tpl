{{- define "knob-undeclared.placement" -}}
{{- $component := index .root.Values .name | default dict -}}
nodeSelector: {{- $component.nodeSelector | default dict | toYaml | nindent 2 }}
tolerations: {{- $component.tolerations | default list | toYaml | nindent 2 }}
{{- end }}

{{- define "knob-undeclared.head" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .root.Release.Name }}-{{ .name }}
spec:
  selector:
    matchLabels:
      app: {{ .name }}
  template:
    metadata:
      labels:
        app: {{ .name }}
    spec:
      containers:
        - name: main
          image: {{ .root.Values.image }}
{{- end }}
