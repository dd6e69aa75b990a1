package dialect

import (
	"bytes"
	"cmp"
	"encoding/json"

	"github.com/winready/kubectl-winready/pkg/object"
)

// appKind is the record that Rancher keeps of a Helm release: pkg/apis/catalog.cattle.io/v1/helm.go of
// github.com/rancher/rancher. To edit it does nothing; what changes a release is the action upgrade of its repository.
func appKind() kind { return kind{"catalog.cattle.io", "App"} }

// upgrade is ChartUpgradeAction of pkg/api/steve/catalog/types/rest.go, as far as it is needed.
type upgrade struct {
	Namespace string         `json:"namespace"`
	Wait      bool           `json:"wait"`
	Timeout   string         `json:"timeout"`
	Charts    []chartUpgrade `json:"charts"`
}

// chartUpgrade is ChartUpgrade. Rancher runs helm upgrade with the values in a file and without --reuse-values
// (renderArgs in pkg/catalogv2/helmop/operation.go), so that Helm forgets the values of the release whatever resetValues is
// (reuseValues in pkg/action/upgrade.go of Helm v3.22.0): they have to be complete.
type chartUpgrade struct {
	ChartName   string            `json:"chartName"`
	Version     string            `json:"version,omitempty"`
	ReleaseName string            `json:"releaseName"`
	ResetValues bool              `json:"resetValues"`
	Values      map[string]any    `json:"values"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// readUpgrade reads the values of an App, or of what writeUpgrade wrote.
func readUpgrade(data []byte, t Target) (map[string]any, error) {
	var body upgrade
	if err := json.Unmarshal(data, &body); err == nil && len(body.Charts) == 1 {
		return Merge(nil, body.Charts[0].Values), nil
	}
	e, err := one(data, appKind(), t.name())
	if err != nil {
		return nil, err
	}
	got, err := mapAt(e.object, atValues())
	return Merge(nil, got), err
}

func writeUpgrade(o *order) (Output, error) {
	var out Output
	chart := chartUpgrade{ChartName: o.target.Chart.Name, Version: o.target.Chart.Version, ReleaseName: o.target.name(), Values: o.overlay.Tree()}
	body := upgrade{Namespace: cmp.Or(o.target.Namespace, "default"), Wait: true, Timeout: "600s"}
	repository := "REPOSITORY"
	if o.target.Existing == nil {
		out.note("the values are the overlay alone, and an upgrade forgets all others that the release has: give the App (kubectl get apps.catalog.cattle.io NAME --output yaml), whose values are kept")
	} else {
		e, err := one(o.target.Existing, appKind(), o.target.name())
		if err != nil {
			return Output{}, err
		}
		have, err := mapAt(e.object, atValues())
		if err != nil {
			return Output{}, err
		}
		chart.Values = Merge(have, o.overlay.Tree())
		chart.fill(e.object)
		body.Namespace = cmp.Or(textOf(object.Path([]any{"spec", "namespace"}).In(e.object)), body.Namespace)
		repository = cmp.Or(chart.Annotations[sourceRepo], repository)
		if installed := textOf(object.Path([]any{"spec", "chart", "metadata", "version"}).In(e.object)); installed != chart.Version {
			out.note("%s is installed in version %s: this upgrades it to %s", e, installed, chart.Version)
		}
	}
	body.Charts = []chartUpgrade{chart}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(body); err != nil {
		return Output{}, err
	}
	out.Data = b.Bytes()
	out.note("send it with POST to https://RANCHER/k8s/clusters/CLUSTER/v1/catalog.cattle.io.clusterrepos/%s?action=upgrade", repository)
	return out, nil
}

// The annotations of a chart that say which repository it is from. Rancher copies them from the body to the release
// (getChartCommand in pkg/catalogv2/helmop/operation.go), and its pages find the chart by them.
const (
	sourceRepo     = "catalog.cattle.io/ui-source-repo"
	sourceRepoType = "catalog.cattle.io/ui-source-repo-type"
)

// fill takes from an App what says which release and chart it is.
func (c *chartUpgrade) fill(app map[string]any) {
	atChart := object.Path{"spec", "chart", "metadata"}
	c.ReleaseName = cmp.Or(textOf(object.Path([]any{"spec", "name"}).In(app)), nameOf(app), c.ReleaseName)
	c.ChartName = cmp.Or(textOf(atChart.Then("name").In(app)), c.ChartName)
	c.Version = cmp.Or(c.Version, textOf(atChart.Then("version").In(app)))
	for _, key := range []string{sourceRepo, sourceRepoType} {
		if v := textOf(atChart.Then("annotations", key).In(app)); v != "" {
			if c.Annotations == nil {
				c.Annotations = map[string]string{}
			}
			c.Annotations[key] = v
		}
	}
}
