package fork

import (
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/template"
)

// literal reaches a goal by exchanging and taking away what the template says, change by change.
func (j *job) literal(g goal) (alternative, bool) {
	out := alternative{way: Replaced}
	desk := j.desk
	for _, c := range g.changes {
		now := &job{desk: desk, want: j.want, lines: j.lines, doc: j.doc}
		edits, ok := now.change(g, c)
		if !ok {
			return out, false
		}
		if c.Remove && fromValues(edits) {
			out.note = "the copy prints no " + c.Path.String() + ", so values for it do nothing: " + j.want.pod.Source
		}
		if desk, ok = desk.with(edits); !ok {
			return out, false
		}
		out.edits = append(out.edits, edits...)
	}
	return out, len(out.edits) > 0
}

// fromValues says that what edits take away is printed by an action.
func fromValues(edits []template.Edit) bool {
	return slices.ContainsFunc(edits, func(e template.Edit) bool {
		return slices.ContainsFunc(e.Was, func(l template.Line) bool { return strings.Contains(l.Text, "{{") })
	})
}

func (j *job) change(g goal, c steer.Change) ([]template.Edit, bool) {
	path := slices.Concat(object.Path(j.want.pod.SpecAt), c.Path)
	switch {
	case c.Remove && !present(j.doc, path):
		return nil, true
	case c.Remove:
		return j.removed(path)
	case present(j.doc, path) && !g.appends(c):
		return j.exchanged(path, c.Value)
	}
	return j.grown(path, c.Value)
}

// removed takes away a key or an item with all that is below it.
func (j *job) removed(path object.Path) ([]template.Edit, bool) {
	_, item := path[len(path)-1].(int)
	spots := j.spots(path)
	if item {
		spots = j.itemSpots(path)
	}
	for _, s := range spots {
		if c := s.Lines[s.at]; c.Item != item || c.Open {
			continue // the key shares its line with a list marker
		}
		b := keyBlock(s.Tree, s.file, s.at, -1)
		if item {
			b = itemBlock(s.Tree, s.file, s.at, -1)
		}
		from, to := s.at, b.To()
		for _, n := range b.Guards {
			if !b.guardedBy(n) {
				break
			}
			from, to = n.From, n.To
		}
		return []template.Edit{s.Replace(s.file, from, to)}, true
	}
	return nil, false
}

// exchanged puts another scalar behind a key.
func (j *job) exchanged(path object.Path, value any) ([]template.Edit, bool) {
	if _, scalar := value.(string); !scalar {
		return nil, false
	}
	at := j.at(path)
	key, _ := path[len(path)-1].(string)
	if at < 0 || key == "" {
		return nil, false
	}
	for _, p := range j.lines[at].places {
		g := j.desk.grove(p.file)
		i := g.Index(p.id)
		if i < 0 {
			continue
		}
		if text, ok := withValue(g.Trimmed(i), key, scalar(value)); ok {
			return []template.Edit{g.Replace(p.file, i, i, text)}, true
		}
	}
	return nil, false
}

// withValue is a line with another value behind a key: a plain word, a quoted one, or one action.
func withValue(text, key, value string) (string, bool) {
	pattern := regexp.MustCompile(`((?:^|[\s{,-])["']?` + regexp.QuoteMeta(key) + `["']?\s*:\s*)("[^"{}]*"|'[^'{}]*'|"?\{\{.*\}\}"?|[^\s"'{},\[\]#]+)(\s*(?:[,}].*|#.*)?)$`)
	m := pattern.FindStringSubmatchIndex(text)
	if m == nil {
		return "", false
	}
	if old := text[m[4]:m[5]]; len(old) > 1 && (old[0] == '"' || old[0] == '\'') && !strings.Contains(value, old[:1]) {
		value = old[:1] + strings.Trim(value, `"'`) + old[:1]
	}
	return text[:m[4]] + value + text[m[5]:], true
}

// grown puts a key or an item into a map or list that is there, or below the deepest of those that lead to it.
func (j *job) grown(path object.Path, value any) ([]template.Edit, bool) {
	n := len(path) - 1
	for n > 0 && !present(j.doc, path[:n]) {
		n--
	}
	if n == 0 {
		return nil, false
	}
	ext := extension{value: nest(path[n:], value)}
	for _, s := range j.spots(path[:n]) {
		b := keyBlock(s.Tree, s.file, s.at, -1)
		if edits := b.beside(ext); len(edits) > 0 {
			return edits, true
		}
		if edits := b.literally(ext); len(edits) > 0 {
			return edits, true
		}
	}
	return nil, false
}
