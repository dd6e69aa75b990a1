{{- /*
PREFIX.place prints the text that a template renders, with changes in some of its objects. Each of "pods" says which
objects those are, by kind and by how the name ends, and in which map of theirs ("at") the changes are made. A change
puts keys into a map ("merge"), items into a list ("append"), takes an item out of one ("without"), takes a key away
("remove"), or sets a value. See UPSTREAM.md.
*/ -}}
{{- define "PREFIX.place" }}
  {{- $pods := .pods }}
  {{- range $text := regexSplit "(?m)^---[^\\n]*$" .text -1 }}
    {{- $object := dict }}
    {{- if contains "kind" $text }}
      {{- $object = fromYaml $text }}
    {{- end }}
    {{- $name := toString (get ($object.metadata | default dict) "name") }}
    {{- $changed := false }}
    {{- range $pod := $pods }}
      {{- if and (eq $pod.kind (toString $object.kind)) (hasSuffix $pod.name $name) }}
        {{- $changed = true }}
        {{- $spec := $object }}
        {{- range $step := $pod.at }}
          {{- if and (kindIs "map" $spec) (not (get $spec (toString $step))) }}
            {{- $_ := set $spec (toString $step) dict }}
          {{- end }}
          {{- $spec = index $spec $step }}
        {{- end }}
        {{- range $change := $pod.changes }}
          {{- /* What is to be taken away need not be there: then it is taken out of a map that is nowhere. */}}
          {{- $in := $spec }}
          {{- range $step := initial $change.at }}
            {{- $next := dict }}
            {{- if kindIs "int" $step }}
              {{- $list := kindIs "slice" $in | ternary $in list }}
              {{- if lt $step (len $list) }}
                {{- $next = index $list $step }}
              {{- end }}
            {{- else if get $in $step }}
              {{- $next = get $in $step }}
            {{- else if not (hasKey $change "remove") }}
              {{- $_ := set $in $step $next }}
            {{- end }}
            {{- $in = $next }}
          {{- end }}
          {{- $key := last $change.at }}
          {{- $have := get $in $key }}
          {{- if hasKey $change "merge" }}
            {{- $_ := set $in $key ($have | default dict | merge (deepCopy $change.merge)) }}
          {{- else if hasKey $change "append" }}
            {{- $list := $have | default list }}
            {{- range $item := $change.append }}
              {{- if not (has $item $list) }}
                {{- $list = append $list $item }}
              {{- end }}
            {{- end }}
            {{- $_ := set $in $key $list }}
          {{- else if hasKey $change "without" }}
            {{- if $have }}
              {{- $_ := set $in $key (without $have $change.without) }}
            {{- end }}
          {{- else if hasKey $change "remove" }}
            {{- $_ := unset $in $key }}
          {{- else }}
            {{- $_ := set $in $key $change.value }}
          {{- end }}
        {{- end }}
      {{- end }}
    {{- end }}
    {{- if trim $text }}
---
{{ if $changed }}{{ toYaml $object }}{{ else }}{{ trimAll "\r\n" $text }}{{ end }}
    {{- end }}
  {{- end }}
{{- end }}
