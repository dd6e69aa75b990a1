{{- define "common.all" -}}
{{- range $name, $controller := .Values.controllers }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $.Release.Name }}-{{ $name }}
spec:
  selector:
    matchLabels:
      app: {{ $name }}
  template:
    metadata:
      labels:
        app: {{ $name }}
    spec:
      containers:
        - name: main
          image: {{ $controller.image }}
      {{- range $field := list "nodeSelector" "tolerations" "affinity" "runtimeClassName" }}
      {{- with include "common.option" (dict "root" $ "controller" $controller "field" $field) }}
      {{ $field }}: {{- . | nindent 8 }}
      {{- end }}
      {{- end }}
{{- end }}
{{- end }}
