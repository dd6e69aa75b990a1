package fork

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
)

// solve finds the edits for all pods: the best of all at once, and where that does not hold template by template, pod by pod and
// field by field.
func (m *maker) solve(ctx context.Context) {
	if m.quickly(ctx, m.wants) {
		return
	}
	groups := map[string][]*want{}
	for _, w := range m.wants {
		groups[w.pod.Source] = append(groups[w.pod.Source], w)
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		if ctx.Err() != nil {
			return
		}
		m.template(ctx, groups[name])
	}
}

// template finds the edits for the pods of one template. Those that no edit in the text places are changed in its output.
func (m *maker) template(ctx context.Context, wants []*want) {
	if m.quickly(ctx, wants) {
		return
	}
	var left []*want
	for _, w := range wants {
		if !m.carefully(ctx, w) {
			left = append(left, w)
		}
	}
	left = slices.DeleteFunc(left, func(w *want) bool { return m.already(ctx, w) }) // what was done for a later one may do it
	if len(left) > 0 && !m.wrap(ctx, left) && len(left) > 1 {
		for _, w := range left {
			m.wrap(ctx, []*want{w})
		}
	}
}

// accept keeps the edits of a desk.
func (m *maker) accept(d *desk, wants ...*want) {
	m.desk = d
	m.accepted = append(m.accepted, wants...)
}

// quickly tries the best edits of several pods at once.
func (m *maker) quickly(ctx context.Context, wants []*want) bool {
	d := m.desk
	taken := map[string][]alternative{}
	chosen := make([][]alternative, len(wants))
	for i, w := range wants {
		key := m.job(ctx, m.desk, w).key()
		if same, ok := taken[key]; ok && key != "" {
			chosen[i] = same // what writes several pods is edited once
			continue
		}
		for _, g := range w.goals {
			alts := m.job(ctx, d, w).alternatives(g)
			if len(alts) == 0 {
				return false
			}
			var ok bool
			if d, ok = d.with(alts[0].edits); !ok {
				return false
			}
			chosen[i] = append(chosen[i], alts[0])
		}
		taken[key] = chosen[i]
	}
	for _, w := range wants {
		w.done = len(w.goals)
	}
	if m.verify(ctx, d, wants) != "" {
		for _, w := range wants {
			w.done = 0
		}
		return false
	}
	for i, w := range wants {
		w.taken = chosen[i]
	}
	m.accept(d, wants...)
	return true
}

// carefully tries the edits of one pod one after the other.
func (m *maker) carefully(ctx context.Context, w *want) bool {
	if m.already(ctx, w) {
		return true
	}
	d := m.desk
	for i, g := range w.goals {
		w.done = i + 1
		next := m.step(ctx, d, w, g)
		if next == nil {
			w.done, w.taken = 0, nil
			return false
		}
		d = next
	}
	m.accept(d, w)
	return true
}

// step reaches one goal; nil where no alternative does.
func (m *maker) step(ctx context.Context, d *desk, w *want, g goal) *desk {
	if m.verify(ctx, d, []*want{w}) == "" {
		return d // what was done before does it
	}
	alts := m.job(ctx, d, w).alternatives(g)
	if len(alts) == 0 {
		w.problem = "no line of a template was found that writes its " + g.field
	}
	for _, a := range alts {
		if ctx.Err() != nil {
			return nil
		}
		next, ok := d.with(a.edits)
		if !ok {
			continue
		}
		if w.problem = m.verify(ctx, next, []*want{w}); w.problem == "" {
			w.taken = append(w.taken, a)
			return next
		}
	}
	return nil
}

// already says that the edits so far place a pod, and accepts that.
func (m *maker) already(ctx context.Context, w *want) bool {
	w.done = len(w.goals)
	if m.verify(ctx, m.desk, []*want{w}) != "" {
		w.done = 0
		return false
	}
	w.problem = ""
	m.shares(w)
	m.accept(m.desk, w)
	return true
}

// shares notes that the edits of another pod of the template place this one too.
func (m *maker) shares(w *want) {
	for _, other := range m.accepted {
		if m.fileOf[other.pod.Source] == m.fileOf[w.pod.Source] {
			w.taken = other.taken
		}
	}
}

// verify renders with the templates of a desk in every scene, and says what is wrong.
func (m *maker) verify(ctx context.Context, d *desk, wants []*want) string {
	texts := d.texts(m.original)
	keep := m.touched(d, wants)
	done := slices.Concat(m.accepted, wants)
	if keep != nil {
		done = slices.DeleteFunc(done, func(w *want) bool { return !keep[w.pod.Source] })
	}
	for i, s := range m.scenes {
		r, err := s.render(ctx, texts, keep)
		if err != nil {
			return err.Error()
		}
		if problem := s.differs(ctx, r, keep, m.wants, done); problem != "" {
			if i > 0 {
				problem = "with other values: " + problem
			}
			return problem
		}
	}
	return ""
}

// touched are the templates whose output may be another one than that of the edits so far; nil for all.
func (m *maker) touched(d *desk, wants []*want) map[string]bool {
	keep := map[string]bool{}
	for _, w := range wants {
		keep[w.pod.Source] = true
	}
	for name, file := range m.fileOf {
		if slices.Equal(d.sources[file], m.desk.sources[file]) {
			continue
		}
		if strings.HasPrefix(path.Base(name), "_") || strings.Contains(m.original[file], "define") {
			return nil
		}
		keep[name] = true
	}
	return keep
}
