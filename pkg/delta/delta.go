// Package delta says in which objects two manifests differ, and in which of their fields.
// It must not know why they differ, and it never shows what is in a Secret.
package delta

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
)

// Change is one object that is not the same in both manifests.
type Change struct {
	Name     string   // KIND/NAME or KIND/NAMESPACE/NAME; of what is no object, the template it came from
	Hook     bool     // it is one in the newer manifest, or in the older where it goes away
	Fields   []string // that differ, as the API spells them, in the order of their names; nil for an object that comes or goes
	Old, New string   // its text; empty where it is not
	secret   bool
}

// side is a manifest's documents by name, numbered where several have one.
type side struct {
	names []string
	at    map[string]item
}

type item struct {
	text   string
	hook   bool
	object map[string]any // nil: it is none, or does not parse
}

func sideOf(docs []chart.Document) side {
	s := side{at: map[string]item{}}
	for _, d := range docs {
		it := item{text: strings.TrimSpace(d.Text), hook: d.Hook}
		name := d.Source
		if doc, err := manifest.Parse(d.Text); err == nil {
			it.object = doc.Object()
		}
		if it.object != nil {
			name = refOf(it.object).String()
		}
		if it.object == nil && onlyComments(it.text) {
			continue
		}
		for n, first := 2, name; ; n++ {
			if _, taken := s.at[name]; !taken {
				break
			}
			name = fmt.Sprintf("%s#%d", first, n)
		}
		s.names = append(s.names, name)
		s.at[name] = it
	}
	return s
}

func onlyComments(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "---") {
			return false
		}
	}
	return true
}

func refOf(obj map[string]any) object.Ref {
	kind, _ := obj["kind"].(string)
	meta, _ := obj["metadata"].(map[string]any)
	namespace, _ := meta["namespace"].(string)
	return object.Ref{Kind: kind, Namespace: namespace, Name: manifest.NameOf(obj)}
}

// Between lists what differs: in the order of the newer manifest, and then what goes away. Comments and the order of keys do not
// count.
func Between(older, newer []chart.Document) []Change {
	a, b := sideOf(older), sideOf(newer)
	var out []Change
	for _, name := range b.names {
		is, was := b.at[name], a.at[name]
		c := Change{Name: name, Hook: is.hook, Old: was.text, New: is.text, secret: hasSecret(is.object) || hasSecret(was.object)}
		if was.text != "" {
			if c.Fields = fields(was, is); len(c.Fields) == 0 {
				continue
			}
		}
		out = append(out, c)
	}
	for _, name := range a.names {
		if _, stays := b.at[name]; !stays {
			was := a.at[name]
			out = append(out, Change{Name: name, Hook: was.hook, Old: was.text, secret: hasSecret(was.object)})
		}
	}
	return out
}

// fields are the paths in which two objects of one name differ.
func fields(was, is item) []string {
	if was.object == nil || is.object == nil {
		if was.text == is.text {
			return nil
		}
		return []string{"its text"}
	}
	var out []string
	for _, d := range manifest.Diff(was.object, is.object) {
		out = append(out, object.Path(d.Path).String())
	}
	return out
}

// Common are the changes that are in both lists, with the fields that are in both. They are shown as those of the first.
func Common(a, b []Change) []Change {
	var out []Change
	for _, c := range a {
		i := slices.IndexFunc(b, func(d Change) bool {
			return d.Name == c.Name && (d.Old == "") == (c.Old == "") && (d.New == "") == (c.New == "")
		})
		if i < 0 {
			continue
		}
		if len(c.Fields) > 0 {
			if c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(f string) bool { return !slices.Contains(b[i].Fields, f) }); len(c.Fields) == 0 {
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// hasSecret looks for a Secret in an object, which may be a List.
func hasSecret(obj map[string]any) bool {
	if obj["kind"] == "Secret" {
		return true
	}
	items, _ := obj["items"].([]any)
	return slices.ContainsFunc(items, func(item any) bool {
		m, _ := item.(map[string]any)
		return hasSecret(m)
	})
}

// String names the object and what of it differs: "Secret/db data.password", "Job/setup, which goes away".
func (c Change) String() string {
	switch {
	case c.New == "":
		return c.Name + ", which goes away"
	case c.Old == "":
		return c.Name + ", which is new"
	}
	return c.Name + " " + strings.Join(c.Fields, ", ")
}

// Unified is the change as diff -u shows it. Of a Secret it tells the fields, and not what was or is in them.
func (c Change) Unified() string {
	was, is := c.Old, c.New
	if c.secret {
		was, is = c.hidden()
	}
	text := string(diff.Diff(cmp.Or(marker(c.Old), c.Name), lines(was), cmp.Or(marker(c.New), c.Name), lines(is)))
	_, text, _ = strings.Cut(text, "\n") // the first line is the command line of a diff
	return text
}

// marker is what stands for a file that is not there.
func marker(text string) string {
	if text == "" {
		return "/dev/null"
	}
	return ""
}

func (c Change) hidden() (was, is string) {
	list := func(what string) string {
		var b strings.Builder
		for _, f := range c.Fields {
			fmt.Fprintf(&b, "%s: (%s)\n", f, what)
		}
		return b.String()
	}
	switch {
	case c.Old == "":
		return "", "(a new Secret)"
	case c.New == "":
		return "(a Secret)", ""
	}
	return list("hidden"), list("hidden, another one")
}

func lines(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(strings.TrimRight(text, "\n") + "\n")
}
