package dialect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/splice"
)

// The kinds of helm-controller, pkg/apis/helm.cattle.io/v1/types.go of github.com/k3s-io/helm-controller v0.17.9.
const helmGroup = "helm.cattle.io"

// The fields of both that hold values. valuesContent is in all versions, and the only one that RKE2's Windows agent reads, of
// rke2-calico (overrideCalicoConfigByHelm in pkg/windows/calico.go of github.com/rancher/rke2). values came with v0.16.20
// and counts more (valuesSecret and valuesSecretAddConfig in pkg/controllers/chart/chart.go).
func atContent() object.Path { return object.Path{"spec", "valuesContent"} }
func atValues() object.Path  { return object.Path{"spec", "values"} }

// helmObjects are the HelmChart and the HelmChartConfig of a text, of which one may be missing. They belong together when they have
// one name; else the one that has the target's name is meant.
func helmObjects(data []byte, name string) (chart, config *existing, err error) {
	all, err := objects(data)
	if err != nil {
		return nil, nil, err
	}
	c, isChart, err := find(all, kind{helmGroup, "HelmChart"}, name)
	if err != nil {
		return nil, nil, err
	}
	f, isConfig, err := find(all, kind{helmGroup, "HelmChartConfig"}, name)
	if err != nil {
		return nil, nil, err
	}
	if isChart && isConfig && nameOf(c.object) != nameOf(f.object) {
		isChart, isConfig = nameOf(c.object) == name, nameOf(f.object) == name
		if !isChart && !isConfig {
			return nil, nil, fmt.Errorf("there are %s and %s, and neither is named %s", c, f, name)
		}
	}
	if isChart {
		chart = &c
	}
	if isConfig {
		config = &f
	}
	if chart == nil && config == nil {
		return nil, nil, noneOf(all, kind{helmGroup, "HelmChartConfig"}, kind{helmGroup, "HelmChart"})
	}
	return chart, config, nil
}

// readHelmChartConfig reads the values of a HelmChart and of the HelmChartConfig that counts more. A file may have both.
func readHelmChartConfig(data []byte, t Target) (map[string]any, error) {
	chart, config, err := helmObjects(data, t.name())
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, e := range []*existing{chart, config} {
		if e == nil {
			continue
		}
		content, err := contentAt(e.object, atContent())
		if err != nil {
			return nil, err
		}
		structured, err := mapAt(e.object, atValues())
		if err != nil {
			return nil, err
		}
		out = Merge(Merge(out, content), structured)
	}
	return out, nil
}

func writeHelmChartConfig(o *order) (Output, error) {
	if o.target.Existing != nil {
		return editHelmChartConfig(o)
	}
	text, err := o.overlay.YAML()
	if err != nil {
		return Output{}, err
	}
	var p page
	p.field(0, "apiVersion", helmGroup+"/v1")
	p.field(0, "kind", "HelmChartConfig")
	p.field(0, "metadata", "")
	p.field(1, "name", o.target.name())
	p.field(1, "namespace", cmp.Or(o.target.Namespace, "kube-system"))
	p.field(0, "spec", "")
	p.literal(1, "valuesContent", strings.TrimRight(string(text), "\n"))
	out := Output{Data: p.bytes()}
	out.note("a chart has one HelmChartConfig: if there is one already, kubectl apply would replace its values; given that one, this edits it")
	out.note("on a cluster that Rancher provisions, Rancher overwrites the HelmChartConfig of a chart that is in spec.rkeConfig.chartValues: use chartvalues there")
	return out, nil
}

func editHelmChartConfig(o *order) (Output, error) {
	chart, config, err := helmObjects(o.target.Existing, o.target.name())
	if err != nil {
		return Output{}, err
	}
	e := cmp.Or(config, chart)
	all, err := contentEdit(o.overlay, e.object, atContent())
	if err != nil {
		return Output{}, err
	}
	structured, err := mapAt(e.object, atValues())
	if err != nil {
		return Output{}, err
	}
	n, err := nodes(o.overlay)
	if err != nil {
		return Output{}, err
	}
	// What values sets, valuesContent cannot.
	all = append(all, contested(n, o.overlay.Tree(), structured, atValues())...)
	data, err := e.edit(all)
	if err != nil {
		return Output{}, err
	}
	out := Output{Data: data}
	out.helmNotes(o, e, chart)
	return out, nil
}

// contested are the edits of values that are there already and differ from the overlay's.
func contested(n *yaml.Node, tree, have map[string]any, at object.Path) []splice.Edit {
	var out []splice.Edit
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		there, ok := have[key]
		if !ok {
			continue
		}
		m, isMap := tree[key].(map[string]any)
		into, merges := there.(map[string]any)
		if isMap && merges {
			out = append(out, contested(n.Content[i+1], m, into, at.Then(key))...)
			continue
		}
		out = append(out, splice.Edit{Path: at.Then(key), Value: tree[key]})
	}
	return out
}

// helmNotes says what else has a say in the values of a chart.
func (out *Output) helmNotes(o *order, e, chart *existing) {
	if name := nameOf(e.object); name != o.target.name() {
		out.note("%s is for the HelmChart of that name, which is not %s", e, o.target.name())
	}
	if chart != nil {
		set, _ := object.Path{"spec", "set"}.In(chart.object).(map[string]any)
		for _, path := range slices.Sorted(maps.Keys(set)) {
			if sets(o.overlay.Tree(), path) {
				out.note("%s: spec.set has %s, which counts more than the values written here: take it out", chart, path)
			}
		}
	}
	if secrets, _ := (object.Path{"spec", "valuesSecrets"}).In(e.object).([]any); len(secrets) > 0 {
		out.note("%s: what the Secrets in spec.valuesSecrets say counts more than the values written here, and was not seen", e)
	}
	content, _ := contentAt(e.object, atContent())
	if id := (object.Path{"global", "cattle", "clusterId"}).In(content); id != nil && e != chart {
		// addChartConfigs in pkg/capr/planner/config.go of github.com/rancher/rancher puts it there.
		out.note("%s: Rancher wrote it, and overwrites it: set the values in the Cluster on Rancher's own cluster, with chartvalues", e)
	}
}
