package dialect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/values"
)

// patch is a patch of kustomize. All have a target: of one without it kustomize wants that there is an object for it.
type patch struct {
	target []entry
	text   string
}

// entry is a key with its value, where the order of keys is ours.
type entry struct{ key, value string }

// mark begins the patches that were written here, so that they are found again.
const mark = "# kubectl winready: "

// patches are the patches for the workloads of a fallback that kustomize sees, and what it cannot be used for. take are the
// streams that kustomize is given, one after the other.
func (f Fallback) patches(streams ...rendered) (out []patch, uncovered []Uncovered) {
	for _, u := range f.Unreached {
		id := u.Workload.ID()
		i := slices.IndexFunc(streams, func(r rendered) bool { return r.byID[id] != nil })
		switch {
		case i < 0:
			uncovered = append(uncovered, Uncovered{id, "it is not in what the chart renders"})
		case len(streams[i].refusals) > 0:
			uncovered = append(uncovered, Uncovered{id, "kustomize refuses what the chart renders: " + strings.Join(streams[i].refusals, "; ")})
		default:
			made, err := patchesOf(u, streams[i].byID[id], streams)
			if err != nil {
				uncovered = append(uncovered, Uncovered{id, err.Error()})
				continue
			}
			out = append(out, made...)
		}
	}
	return out, uncovered
}

// patchesOf are the patches that carry out the changes of one workload, in their order. What is a key of a map goes into a strategic
// merge patch, which holds when a later version of the chart renders more or fewer of them; what is in a list goes into a JSON
// patch, because a merge would replace the list or merge its items by their names.
func patchesOf(u Unreached, obj map[string]any, streams []rendered) ([]patch, error) {
	work, _ := values.Copy(obj).(map[string]any)
	b := patcher{id: u.Workload.ID(), object: obj, target: targetOf(obj, streams)}
	changes, err := mergesFirst(u, obj)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		at := u.Workload.SpecPath.Then(c.Path...)
		if c.Remove && !present(work, at) {
			continue
		}
		if err := b.add(work, at, c); err != nil {
			return nil, err
		}
		if err := carryOut(work, at, c); err != nil {
			return nil, err
		}
	}
	err = b.flush()
	return b.out, err
}

// mergesFirst are the changes of a workload in an order that needs few patches: those for a merge patch first, if they are of other
// fields than the rest.
func mergesFirst(u Unreached, obj map[string]any) ([]steer.Change, error) {
	work, _ := values.Copy(obj).(map[string]any)
	var merges, rest []steer.Change
	fields := map[any]bool{} // of those for a merge patch
	shared := false
	for _, c := range u.Changes {
		at := u.Workload.SpecPath.Then(c.Path...)
		if c.Remove && !present(work, at) {
			continue
		}
		if mergeable(at, c.Value, at.In(work)) {
			merges = append(merges, c)
			fields[c.Path[0]] = true
		} else {
			rest = append(rest, c)
		}
		if err := carryOut(work, at, c); err != nil {
			return nil, err
		}
	}
	for _, c := range rest {
		shared = shared || fields[c.Path[0]]
	}
	if shared {
		return u.Changes, nil
	}
	return append(merges, rest...), nil
}

// patcher gathers the changes of an object into patches.
type patcher struct {
	id     string
	object map[string]any
	target []entry
	merge  map[string]any // of the patch in the making
	ops    []operation    // or these
	out    []patch
}

// add adds a change of the object, which is as the changes before left it.
func (b *patcher) add(obj map[string]any, at object.Path, c steer.Change) error {
	merges := mergeable(at, c.Value, at.In(obj))
	if merges && b.ops != nil || !merges && b.merge != nil || merges && !fits(b.merge, at) {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if merges {
		if b.merge == nil {
			b.merge = map[string]any{}
		}
		put(b.merge, at, values.Copy(c.Value))
		return nil
	}
	op, err := operationOf(obj, at, c)
	b.ops = append(b.ops, op)
	return err
}

// flush ends a patch.
func (b *patcher) flush() error {
	text, err := patchText(b.id, b.object, b.merge, b.ops)
	if text != "" {
		b.out = append(b.out, patch{b.target, text})
	}
	b.merge, b.ops = nil, nil
	return err
}

// mergeable tells whether a merge patch does what setting the value, or removing it, does.
func mergeable(at object.Path, value, there any) bool {
	for _, step := range at {
		if _, ok := step.(int); ok {
			return false
		}
	}
	switch v := value.(type) {
	case []any:
		return false
	case map[string]any:
		if there != nil {
			return false // it would be merged, not replaced
		}
		for _, x := range v {
			if !mergeable(nil, x, nil) {
				return false
			}
		}
	}
	return true
}

// fits tells whether a merge patch can take one more change: not below something that it removes or sets to a scalar.
func fits(merge map[string]any, at object.Path) bool {
	var node any = merge
	for _, step := range at {
		m, ok := node.(map[string]any)
		if !ok {
			return false
		}
		key, _ := step.(string)
		if node, ok = m[key]; !ok {
			return true
		}
	}
	return true
}

// put sets the value at a path of keys, whose maps are made.
func put(m map[string]any, at object.Path, value any) {
	for _, step := range at[:len(at)-1] {
		key, _ := step.(string)
		next, ok := m[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[key] = next
		}
		m = next
	}
	key, _ := at[len(at)-1].(string)
	m[key] = value
}

// targetOf selects an object. Names are regular expressions there. What names no namespace is taken to be in default by kustomize;
// the namespace is left out unless another object has the same name.
func targetOf(obj map[string]any, streams []rendered) []entry {
	group, version, ok := strings.Cut(textOf(obj["apiVersion"]), "/")
	if !ok {
		group, version = "", group
	}
	namespace := textOf(object.Path{"metadata", "namespace"}.In(obj))
	if namespace == "" && ambiguous(obj, streams) {
		namespace = "default"
	}
	var out []entry
	for _, e := range []entry{
		{"group", group},
		{"version", version},
		{"kind", textOf(obj["kind"])},
		{"name", regexp.QuoteMeta(nameOf(obj))},
		{"namespace", regexp.QuoteMeta(namespace)},
	} {
		if e.value != "" {
			out = append(out, e)
		}
	}
	return out
}

func ambiguous(obj map[string]any, streams []rendered) bool {
	for _, s := range streams {
		for _, other := range s.byID {
			if other["apiVersion"] == obj["apiVersion"] && other["kind"] == obj["kind"] && nameOf(other) == nameOf(obj) && identity(other) != identity(obj) {
				return true
			}
		}
	}
	return false
}

// patchText is the text of a merge patch or of a JSON patch; empty without either.
func patchText(id string, obj, merge map[string]any, ops []operation) (string, error) {
	var body any
	switch {
	case merge != nil:
		meta := map[string]any{"name": nameOf(obj)}
		head := map[string]any{"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": meta}
		body = Merge(merge, head)
	case ops != nil:
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, op := range ops {
			n, err := op.node()
			if err != nil {
				return "", err
			}
			list.Content = append(list.Content, n)
		}
		body = list
	default:
		return "", nil
	}
	text, err := encode(body)
	if err != nil {
		return "", fmt.Errorf("writing a patch: %w", err)
	}
	return mark + strings.Map(printable, id) + "\n" + string(text), nil
}

// kustomization is a kustomization.yaml, or a component, with patches.
func kustomization(kind string, patches []patch) []byte {
	version := "v1beta1"
	if kind == "Component" {
		version = "v1alpha1"
	}
	var p page
	p.comment(0, "Places what no value of the chart reaches. Fleet adds what the chart renders to the resources.")
	p.field(0, "apiVersion", "kustomize.config.k8s.io/"+version)
	p.field(0, "kind", kind)
	p.field(0, "patches", "")
	p.patches(1, patches)
	return p.bytes()
}

// patches writes the items of a list of patches.
func (p *page) patches(depth int, patches []patch) {
	for _, each := range patches {
		p.b.WriteString(strings.Repeat(" ", depth*indentation) + "- target:\n")
		for _, e := range each.target {
			p.field(depth+2, e.key, e.value)
		}
		p.literal(depth+1, "patch", each.text)
	}
}
