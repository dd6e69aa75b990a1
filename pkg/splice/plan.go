package splice

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// change is what is to become of a value. The zero value changes nothing, but that the key it is at must not be repeated.
type change struct {
	gone  bool
	whole bool // value is to be there
	value any
	mend  bool // no key below may be repeated
	final bool // was compared with what is there
	keys  map[string]*change
	order []string // of keys, as the edits named them
	items []item   // what a list will hold
	list  bool     // items counts
}

// item is one of what a list will hold.
type item struct {
	from   int     // which item of the text it is, -1 for a new one
	change *change // nil for none
}

// plan is all edits of a document taken together, so that each place in its text is written once.
type plan struct {
	*source
	root     *yaml.Node // nil for a document without content
	top      *change
	comments map[string]string // above keys that will be new, by path
	maps     map[*yaml.Node]*entries
}

func newPlan(text []byte, root *yaml.Node) *plan {
	return &plan{source: newSource(text), root: root, top: &change{}, comments: map[string]string{}, maps: map[*yaml.Node]*entries{}}
}

// put adds an edit that fits the document: applied has seen it.
func (p *plan) put(e Edit) {
	v, err := plain(e.Value)
	if err != nil {
		return
	}
	e.Value = v
	if e.Comment != "" {
		p.comments[pathKey(e.Path)] = strings.Map(printable, e.Comment)
	}
	p.descend(p.top, p.root, e, 0)
}

// printable replaces what would end a comment.
func printable(r rune) rune {
	if isUnprintable(r) || r == utf8.RuneError {
		return '?'
	}
	return r
}

// descend follows the path of an edit from the value n, at being how much of it led there. n is nil for what is not in the text.
func (p *plan) descend(c *change, n *yaml.Node, e Edit, at int) {
	if n != nil {
		n = resolved(n)
	}
	switch {
	case at == len(e.Path) && e.Mend:
		c.mend = true
		return
	case at == len(e.Path):
		*c = change{whole: true, value: e.Value}
		return
	case c.whole:
		c.set(c.value, e, at)
		return
	}
	switch step := e.Path[at].(type) {
	case string:
		if n != nil && n.Kind == yaml.MappingNode {
			p.descendMap(c, n, step, e, at)
			return
		}
	case int:
		if n != nil && n.Kind == yaml.SequenceNode {
			p.descendList(c, n, step, e, at)
			return
		}
	}
	if e.creates() {
		c.set(nil, e, at)
	}
}

// set makes of a change one that puts a value there: v with the rest of an edit carried out in it.
func (c *change) set(v any, e Edit, at int) {
	if v, err := edited(v, e, at); err == nil {
		*c = change{whole: true, value: v}
	}
}

func (p *plan) descendMap(c *change, n *yaml.Node, key string, e Edit, at int) {
	have, ok := p.entries(n).by[key]
	child := c.keys[key]
	there := ok
	if child != nil {
		there = !child.gone
	}
	if !there && !e.creates() {
		return
	}
	if child == nil {
		child = c.key(key)
	}
	switch {
	case e.Remove && at+1 == len(e.Path):
		*child = change{gone: true}
	case child.gone:
		child.set(nil, e, at+1)
	default:
		p.descend(child, have.value, e, at+1)
	}
}

// key is the change of a key, which is made when there is none.
func (c *change) key(key string) *change {
	if c.keys == nil {
		c.keys = map[string]*change{}
	}
	if c.keys[key] == nil {
		c.keys[key] = &change{}
		c.order = append(c.order, key)
	}
	return c.keys[key]
}

func (p *plan) descendList(c *change, n *yaml.Node, index int, e Edit, at int) {
	c.listed(n)
	if e.Remove && at+1 == len(e.Path) {
		c.items = slices.Delete(c.items, index, index+1)
		return
	}
	if index == len(c.items) {
		c.items = append(c.items, item{from: -1, change: &change{}})
		c.items[index].change.set(nil, e, at+1)
		return
	}
	it := &c.items[index]
	if it.change == nil {
		it.change = &change{}
	}
	var child *yaml.Node
	if it.from >= 0 {
		child = n.Content[it.from]
	}
	p.descend(it.change, child, e, at+1)
}

// listed makes the items of a change those of the list n.
func (c *change) listed(n *yaml.Node) {
	if c.list {
		return
	}
	c.list = true
	for i := range n.Content {
		c.items = append(c.items, item{from: i})
	}
}

// located adds to an error where in the text its path leads, or as far as it leads.
func (p *plan) located(err error) error {
	var e *Error
	if !errors.As(err, &e) || p.root == nil {
		return err
	}
	shown, value := p.root, p.root
	for _, step := range e.Path {
		value = resolved(value)
		switch step := step.(type) {
		case string:
			if value.Kind != yaml.MappingNode {
				break
			}
			if have, ok := p.entries(value).by[step]; ok {
				shown, value = value.Content[2*have.pair], have.value
				continue
			}
		case int:
			if value.Kind == yaml.SequenceNode && step >= 0 && step < len(value.Content) {
				shown, value = value.Content[step], value.Content[step]
				continue
			}
		}
		break
	}
	e.Line, e.Column = shown.Line, shown.Column
	return e
}

func pathKey(path []any) string {
	var b strings.Builder
	for _, step := range path {
		fmt.Fprintf(&b, "%T %v\x00", step, step)
	}
	return b.String()
}

func extended(path []any, step any) []any { return append(slices.Clip(path), step) }

// decoded is a value of the document. That the document as a whole decodes is known.
func decoded(n *yaml.Node) any {
	v, err := manifest.Decode(n)
	if err != nil {
		return nil
	}
	return v
}
