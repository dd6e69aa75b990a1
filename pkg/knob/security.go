package knob

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/values"
)

// security proposes the maps that hold security contexts, and scalars of the pod spec that only Linux knows.
func (f *finder) security(node any, at values.Path, depth int) {
	if depth > maxValueDepth {
		return
	}
	switch n := node.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(n)) {
			if m, ok := n[k].(map[string]any); ok && strings.Contains(strings.ToLower(k), "securitycontext") {
				f.add(at.Child(k), SecurityContext, m, true)
				continue
			}
			if field := podSwitch(k); field != none {
				f.add(at.Child(k), field, n[k], true)
				continue
			}
			f.security(n[k], at.Child(k), depth+1)
		}
	case []any:
		for i, x := range n {
			f.security(x, at.Child(i), depth+1)
		}
	}
}

// osName proposes what templates write as the pod's os, and maps of pod options.
func (f *finder) osName() {
	for _, k := range slices.Sorted(maps.Keys(f.reads)) {
		r := f.reads[k]
		if name, _ := r.path[len(r.path)-1].(string); name != "os" && name != "podOS" {
			continue
		}
		for _, p := range f.expand(r.path) {
			current, ok := values.Lookup(f.tree, p)
			f.add(p, OSName, current, ok)
		}
	}
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}
