package dialect

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/splice"
)

// The facts about Fleet are of github.com/rancher/fleet v0.16.0, types in pkg/apis/fleet.cattle.io/v1alpha1.
const (
	fleetFile = "fleet.yaml"
	// ownFolder has the kustomization that places what no value reaches, ownValues the values where there are files of them.
	ownFolder = "winready"
	ownValues = "winready-values.yaml"
)

// fleet is a fleet.yaml, or an empty one, and the part of it that is for the target's clusters.
type fleet struct {
	existing
	target Target
	at     object.Path // of the customization; empty for all clusters
}

func openFleet(data []byte, t Target) (fleet, error) {
	all, err := objects(data)
	if err != nil {
		return fleet{}, err
	}
	f := fleet{existing: existing{text: data, line: 1, object: map[string]any{}}, target: t}
	switch {
	case len(all) > 1 || len(all) == 1 && len(all[0].at) > 0:
		return fleet{}, fmt.Errorf("a %s has one document", fleetFile)
	case len(all) == 1 && all[0].object["kind"] != nil:
		return fleet{}, fmt.Errorf("this is a %s, want a %s", textOf(all[0].object["kind"]), fleetFile)
	case len(all) == 1:
		f.existing = all[0]
	}
	if t.Clusters.Name != "" || len(t.Clusters.Labels) > 0 {
		f.at = object.Path{customizations, f.customization()}
	}
	return f, nil
}

const customizations = "targetCustomizations"

// customization is the index of the one for the target's clusters: with its name or its labels. It may be one more than there are.
func (f fleet) customization() int {
	list := f.customizations()
	for i, c := range list {
		labels, _ := object.Path{"clusterSelector", "matchLabels"}.In(c).(map[string]any)
		same := len(labels) > 0 && maps.EqualFunc(labels, f.target.Clusters.Labels, func(a any, b string) bool { return a == b })
		if name := textOf(object.Path{"name"}.In(c)); name != "" && name == f.target.Clusters.Name || same {
			return i
		}
	}
	return len(list)
}

func (f fleet) customizations() []any {
	list, _ := object.Path{customizations}.In(f.object).([]any)
	return list
}

// literal tells that Fleet takes the values at a path as they are, and not for templates. What is set for all clusters holds for
// each (Merge in internal/cmd/controller/options/calculate.go).
func (f fleet) literal() bool {
	all := object.Path{"helm", "disablePreProcess"}
	return all.In(f.object) == true || f.at.Then(all...).In(f.object) == true
}

// values are those at a path and those of its valuesFiles, which count more (generateValues in
// internal/bundlereader/resources.go). A file that is not known is passed over.
func (f fleet) values(at object.Path) (map[string]any, error) {
	own, err := mapAt(f.object, at.Then("helm", "values"))
	if err != nil {
		return nil, err
	}
	out := Merge(nil, own)
	for _, name := range f.valuesFiles(at) {
		file := f.file(name)
		if file == nil {
			continue
		}
		more, err := readYAML(string(file.Data))
		if err != nil {
			return nil, fmt.Errorf("in %s: %w", name, err)
		}
		out = Merge(out, more)
	}
	return out, nil
}

// file is a file that the fleet.yaml names; nil when it is not known.
func (f fleet) file(name string) *File {
	i := slices.IndexFunc(f.target.Beside, func(b File) bool { return path.Clean(b.Path) == path.Clean(name) })
	if i < 0 {
		return nil
	}
	return &f.target.Beside[i]
}

func (f fleet) valuesFiles(at object.Path) []string {
	list, _ := at.Then("helm", "valuesFiles").In(f.object).([]any)
	var names []string
	for _, name := range list {
		names = append(names, textOf(name))
	}
	return names
}

func readFleet(data []byte, t Target) (map[string]any, error) {
	f, err := openFleet(data, t)
	if err != nil {
		return nil, err
	}
	raw, err := f.raw()
	if err != nil || f.literal() {
		return raw, err
	}
	plain, _ := unescaped(raw).(map[string]any)
	return plain, nil
}

// raw are the values as they stand there, for all clusters and for the target's.
func (f fleet) raw() (map[string]any, error) {
	out, err := f.values(nil)
	if err != nil || f.at == nil {
		return out, err
	}
	more, err := f.values(f.at)
	return Merge(out, more), err
}

func writeFleet(o *order) (Output, error) {
	f, err := openFleet(o.target.Existing, o.target)
	if err != nil {
		return Output{}, err
	}
	var out Output
	n, tree, err := f.overlay(o)
	if err != nil {
		return Output{}, err
	}
	dir := out.fleetFallback(o, f)
	if o.target.Existing == nil {
		block, err := encode(n)
		if err != nil {
			return Output{}, err
		}
		out.Data = out.newFleet(o, block, dir)
	} else if err := out.editFleet(f, n, tree, dir); err != nil {
		return Output{}, err
	}
	out.fleetNotes(f, tree)
	return out, nil
}

// overlay is the overlay as Fleet is to read it: escaped, unless it takes values as they are. What stands there already, in a list
// that the overlay carries whole, keeps its templates.
func (f fleet) overlay(o *order) (*yaml.Node, map[string]any, error) {
	n, err := nodes(o.overlay)
	if err != nil {
		return nil, nil, err
	}
	if f.literal() {
		if at, found := labelled(o.overlay.Tree(), nil); found {
			return nil, nil, fmt.Errorf("%s begins with %s, which Fleet replaces, and with disablePreProcess nothing keeps it from that", at, labelPrefix)
		}
		return n, o.overlay.Tree(), nil
	}
	raw, err := f.raw()
	if err != nil {
		return nil, nil, err
	}
	tree, _ := escaped(o.overlay.Tree(), raw).(map[string]any)
	escapeNode(n, raw)
	return n, tree, nil
}

// newFleet is a fleet.yaml for a chart.
func (out *Output) newFleet(o *order, values []byte, dir string) []byte {
	t := o.target
	var p page
	p.given(0, "defaultNamespace", t.Namespace)
	p.field(0, "helm", "")
	p.field(1, "releaseName", t.name())
	out.fleetChart(&p, t.Chart)
	depth := 0
	if t.Clusters.Name == "" && len(t.Clusters.Labels) == 0 {
		p.tree(1, "values", values)
	} else {
		depth = 2
		p.field(0, customizations, "")
		p.b.WriteString("  - name: " + scalar(t.Clusters.title()) + "\n")
		p.field(depth, "clusterSelector", "")
		p.field(depth+1, "matchLabels", "")
		for _, k := range slices.Sorted(maps.Keys(t.Clusters.Labels)) {
			p.b.WriteString("        " + scalar(k) + ": " + scalar(t.Clusters.Labels[k]) + "\n")
		}
		p.field(depth, "helm", "")
		p.tree(depth+1, "values", values)
	}
	if dir != "" {
		p.field(depth, "kustomize", "")
		p.field(depth+1, "dir", dir)
	}
	return p.bytes()
}

// title names the customization.
func (c Clusters) title() string {
	if c.Name == "" {
		return ownFolder
	}
	return c.Name
}

// fleetChart writes where the chart is, as far as it is known.
func (out *Output) fleetChart(p *page, c Chart) {
	version := c.Version
	switch from, name := c.from(); from {
	case registry:
		p.field(1, "chart", c.Ref)
	case archive:
		p.field(1, "chart", c.Ref)
		version = ""
	case folder:
		p.field(1, "chart", relative(name))
		version = ""
		out.note("helm.chart is a path from the folder of the %s", fleetFile)
	case repository:
		p.field(1, "repo", c.Repo)
		p.field(1, "chart", c.Name)
	default:
		p.b.WriteString("  repo: \"\" # the address of the repository\n")
		p.field(1, "chart", c.Name)
		out.note("fill in helm.repo: the address of the repository is not known")
	}
	p.given(1, "version", version)
}

// editFleet edits a fleet.yaml. Where there are valuesFiles, which count more than values, the values go to one more of them.
func (out *Output) editFleet(f fleet, n *yaml.Node, tree map[string]any, dir string) error {
	var all []splice.Edit
	if len(f.at) > 0 && f.at.In(f.object) == nil {
		labels := map[string]any{}
		for k, v := range f.target.Clusters.Labels {
			labels[k] = v
		}
		all = append(all, splice.Edit{Path: f.at.Then("name"), Value: f.target.Clusters.title()},
			splice.Edit{Path: f.at.Then("clusterSelector", "matchLabels"), Value: labels})
	}
	files := f.valuesFiles(f.at)
	if len(files) > 0 && len(tree) > 0 {
		if err := out.ownValues(f, n, tree); err != nil {
			return err
		}
		if !slices.Contains(files, ownValues) {
			all = append(all, splice.Edit{Path: f.at.Then("helm", "valuesFiles", len(files)), Value: ownValues})
		}
	} else {
		at := f.at.Then("helm", "values")
		have, err := mapAt(f.object, at)
		if err != nil {
			return err
		}
		all = append(all, editsOf(n, tree, have, at, "")...)
	}
	if dir != "" {
		all = append(all, splice.Edit{Path: f.at.Then("kustomize", "dir"), Value: dir})
	}
	var err error
	out.Data, err = f.edit(all)
	return err
}

// ownValues writes the values file that is ours, on top of what it says already.
func (out *Output) ownValues(f fleet, n *yaml.Node, tree map[string]any) error {
	file := f.file(ownValues)
	if file == nil {
		text, err := encode(n)
		out.Beside = append(out.Beside, File{ownValues, text})
		return err
	}
	have, err := readYAML(string(file.Data))
	if err != nil {
		return fmt.Errorf("in %s: %w", ownValues, err)
	}
	text, err := splice.Apply(file.Data, editsOf(n, tree, have, nil, ""))
	out.Beside = append(out.Beside, File{ownValues, text})
	return err
}

// fleetFallback writes the kustomization, and returns the folder that kustomize.dir has to name; empty when that stays as it is.
func (out *Output) fleetFallback(o *order, f fleet) string {
	if len(o.fallback.Unreached) == 0 {
		return ""
	}
	fallback, _ := out.withoutHooks(o, "fleet")
	take := func(hook bool) bool { return o.target.Hooks || !hook }
	patches, uncovered := fallback.patches(stream(o.fallback.Render, take))
	out.Uncovered = append(out.Uncovered, uncovered...)
	if len(patches) == 0 {
		return ""
	}
	have := textOf(f.at.Then("kustomize", "dir").In(f.object))
	if have == "" {
		have = textOf(object.Path{"kustomize", "dir"}.In(f.object))
	}
	folder := ownFolder
	if len(f.at) > 0 {
		if own := textOf(f.at.Then("kustomize", "dir").In(f.object)); own == "" && have != "" {
			for _, u := range fallback.Unreached {
				out.Uncovered = append(out.Uncovered, Uncovered{u.Workload.ID(), "kustomize.dir " + have + " is for all clusters: give these a folder of their own"})
			}
			return ""
		}
		folder = path.Join(ownFolder, path.Base(path.Clean("/"+f.target.Clusters.title())))
	}
	if have == "" || have == folder {
		out.Beside = append(out.Beside, File{path.Join(folder, "kustomization.yaml"), kustomization("Kustomization", patches)})
		out.note("with kustomize.dir Fleet no longer reads a kustomization.yaml next to the %s", fleetFile)
		return folder
	}
	out.Beside = append(out.Beside, File{path.Join(have, folder, "kustomization.yaml"), kustomization("Component", patches)})
	out.note("add %s to components in %s", folder, path.Join(have, "kustomization.yaml"))
	return ""
}
