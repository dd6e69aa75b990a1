package object

import (
	"slices"
	"strconv"
	"strings"
)

// Path leads through an object: string keys of maps and int indexes of lists. The empty path is the object itself.
type Path []any

// String is the path as the API's errors spell it: spec.nodeSets[0].podTemplate.spec, spec.nodeSelector[kubernetes.io/os].
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case string:
			if strings.ContainsAny(step, "./") {
				b.WriteString("[" + step + "]")
				continue
			}
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		}
	}
	return b.String()
}

// Then is the path some steps further on. It shares nothing with other paths that were made from p.
func (p Path) Then(steps ...any) Path {
	return append(slices.Clip(p), steps...)
}

// In is what the path leads to in an object, nil when nothing is there.
func (p Path) In(obj any) any {
	for _, step := range p {
		switch step := step.(type) {
		case string:
			m, _ := obj.(map[string]any)
			obj = m[step]
		case int:
			l, _ := obj.([]any)
			if step >= len(l) {
				return nil
			}
			obj = l[step]
		}
	}
	return obj
}
