package splice

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// entry is what counts for one key of a map.
type entry struct {
	key    *yaml.Node
	value  *yaml.Node
	pair   int  // the pair that it comes from
	merged bool // that pair is a merge key
}

// entries are a map as it decodes, with the pairs that this comes from.
type entries struct {
	order  []string // the keys as they first occur
	by     map[string]entry
	pairs  map[string][]int // every pair of a key, merge keys left out
	merges []int            // the pairs that are merge keys
}

// entries of a map are made once.
func (p *plan) entries(n *yaml.Node) *entries {
	if es, ok := p.maps[n]; ok {
		return es
	}
	es := &entries{by: make(map[string]entry, len(n.Content)/2), pairs: make(map[string][]int, len(n.Content)/2)}
	for i := range len(n.Content) / 2 {
		key, value := n.Content[2*i], n.Content[2*i+1]
		if key.Tag == "!!merge" {
			es.merges = append(es.merges, i)
			p.merged(value, func(k string, e entry) { es.put(k, entry{key: e.key, value: e.value, pair: i, merged: true}) })
			continue
		}
		k := manifest.Key(key)
		es.put(k, entry{key: key, value: value, pair: i})
		es.pairs[k] = append(es.pairs[k], i)
	}
	p.maps[n] = es
	return es
}

// name is a key that is no string as it stands in the text: written as a string it would be another key in the eyes of YAML.
func (e entry) name() string {
	if key := resolved(e.key); key.ShortTag() != "!!str" {
		return key.Value
	}
	return ""
}

func (es *entries) put(key string, e entry) {
	if _, ok := es.by[key]; !ok {
		es.order = append(es.order, key)
	}
	es.by[key] = e
}

// merged calls each for what the value of a merge key brings, as pkg/manifest decodes it: of a list of maps the first one wins.
func (p *plan) merged(n *yaml.Node, each func(string, entry)) {
	n = resolved(n)
	if n.Kind == yaml.SequenceNode {
		for _, item := range slices.Backward(n.Content) {
			p.merged(item, each)
		}
		return
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	es := p.entries(n)
	for _, k := range es.order {
		each(k, es.by[k])
	}
}

// brings tells whether a merge key brings a key, be it one that counts or not.
func (p *plan) brings(n *yaml.Node, pair int, key string) bool {
	found := false
	p.merged(n.Content[2*pair+1], func(k string, _ entry) { found = found || k == key })
	return found
}
