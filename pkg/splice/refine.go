package splice

import "go.yaml.in/yaml/v3"

// refine says what has to change in the text of n so that value is there: no more than differs, and nil when nothing does. Of
// the maps and lists that stay, order and comments stay, too.
func (p *plan) refine(n *yaml.Node, value any) *change {
	have := decoded(n)
	if same(have, value) {
		return p.mended(n)
	}
	switch have := have.(type) {
	case map[string]any:
		if v, ok := value.(map[string]any); ok && n.Kind == yaml.MappingNode {
			return p.refineMap(n, have, v)
		}
	case []any:
		if v, ok := value.([]any); ok && n.Kind == yaml.SequenceNode {
			return p.refineList(n, have, v)
		}
	}
	return &change{whole: true, value: value, final: true}
}

func (p *plan) refineMap(n *yaml.Node, have, value map[string]any) *change {
	out := &change{final: true}
	es := p.entries(n)
	for _, k := range es.order {
		v, ok := value[k]
		switch e := es.by[k]; {
		case !ok:
			out.key(k).gone = true
		case e.merged && !same(have[k], v):
			*out.key(k) = change{whole: true, value: v, final: true}
		case e.merged:
		default:
			out.adopt(k, p.refine(e.value, v), len(es.pairs[k]) > 1)
		}
	}
	for _, k := range keysInOrder(value) {
		if _, ok := have[k]; !ok {
			*out.key(k) = change{whole: true, value: value[k], final: true}
		}
	}
	return out
}

// adopt takes in the change of a key, where there is one or the key is repeated.
func (c *change) adopt(key string, child *change, repeated bool) {
	if child != nil {
		*c.key(key) = *child
	} else if repeated {
		c.key(key)
	}
}

// refineList keeps the items that are equal at both ends, and between them turns one item after the other into what is wanted.
func (p *plan) refineList(n *yaml.Node, have, value []any) *change {
	out := &change{final: true, list: true}
	head, tail := 0, 0
	for head < min(len(have), len(value)) && same(have[head], value[head]) {
		head++
	}
	for tail < min(len(have), len(value))-head && same(have[len(have)-1-tail], value[len(value)-1-tail]) {
		tail++
	}
	if head == 0 && tail == len(have) {
		tail = 0 // nothing comes before the first item, which may share its line with what it is in
	}
	for i := range head {
		out.items = append(out.items, item{from: i, change: p.mended(n.Content[i])})
	}
	for i := head; i < len(value)-tail; i++ {
		if i < len(have)-tail {
			out.items = append(out.items, item{from: i, change: p.refine(n.Content[i], value[i])})
			continue
		}
		out.items = append(out.items, item{from: -1, change: &change{whole: true, value: value[i], final: true}})
	}
	for i := len(have) - tail; i < len(have); i++ {
		out.items = append(out.items, item{from: i, change: p.mended(n.Content[i])})
	}
	return out
}

// mended is the change that leaves one of every repeated key below n; nil where none is repeated. What an alias stands for is
// somebody else's.
func (p *plan) mended(n *yaml.Node) *change {
	out := &change{final: true}
	switch n.Kind {
	case yaml.MappingNode:
		es := p.entries(n)
		for _, k := range es.order {
			if pairs := es.pairs[k]; len(pairs) > 0 {
				out.adopt(k, p.mended(n.Content[2*pairs[len(pairs)-1]+1]), len(pairs) > 1)
			}
		}
		if len(out.order) > 0 {
			return out
		}
	case yaml.SequenceNode:
		found := false
		for i, child := range n.Content {
			c := p.mended(child)
			found = found || c != nil
			out.items = append(out.items, item{from: i, change: c})
		}
		if out.list = found; found {
			return out
		}
	case yaml.ScalarNode, yaml.AliasNode, yaml.DocumentNode:
	}
	return nil
}

// joined is a change with what mends the value added to it.
func (c *change) joined(mend *change) {
	if mend == nil || c.whole || c.gone {
		return
	}
	for _, k := range mend.order {
		if c.keys[k] == nil {
			c.adopt(k, mend.keys[k], true)
			continue
		}
		c.keys[k].joined(mend.keys[k])
	}
	if !mend.list {
		return
	}
	if !c.list {
		c.list, c.items = true, mend.items
		return
	}
	for i, it := range c.items {
		switch {
		case it.from < 0:
		case it.change == nil:
			c.items[i].change = mend.items[it.from].change
		default:
			it.change.joined(mend.items[it.from].change)
		}
	}
}
