{{- define "linux-node-selector" -}}
kubernetes.io/os: linux
{{- end }}

{{- define "linux-node-tolerations" -}}
- key: cattle.io/os
  operator: Equal
  value: linux
  effect: NoSchedule
{{- end }}
