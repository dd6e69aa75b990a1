package dialect

import (
	"errors"
	"fmt"

	"github.com/winready/kubectl-winready/pkg/object"
)

// clusterKind is what Rancher provisions RKE2 and K3s from: pkg/apis/provisioning.cattle.io/v1/cluster_types.go of
// github.com/rancher/rancher.
func clusterKind() kind { return kind{"provisioning.cattle.io", "Cluster"} }

// atChartValues leads to the values of a chart. Rancher's planner makes a HelmChartConfig of that name of them (addChartConfigs in
// pkg/capr/planner/config.go).
func atChartValues(t Target) object.Path {
	return object.Path{"spec", "rkeConfig", "chartValues", t.name()}
}

// openCluster finds the Cluster in a text, or the merge patch of one, which is the same without kind and name.
func openCluster(data []byte) (existing, error) {
	all, err := objects(data)
	if err != nil {
		return existing{}, err
	}
	if len(all) == 1 && all[0].object["kind"] == nil && all[0].object["spec"] != nil {
		return all[0], nil
	}
	return one(data, clusterKind(), "")
}

func readCluster(data []byte, t Target) (map[string]any, error) {
	e, err := openCluster(data)
	if err != nil {
		return nil, err
	}
	got, err := mapAt(e.object, atChartValues(t))
	return Merge(nil, got), err
}

func writeCluster(o *order) (Output, error) {
	if o.target.Existing == nil {
		return writeClusterPatch(o)
	}
	e, err := openCluster(o.target.Existing)
	if err != nil {
		return Output{}, err
	}
	patch := e.object["kind"] == nil
	if patch && hasNull(o.overlay.Tree()) {
		return Output{}, errNull()
	}
	if (object.Path{"spec", "rkeConfig"}).In(e.object) == nil {
		return Output{}, fmt.Errorf("%s has no spec.rkeConfig: Rancher does not provision it", e)
	}
	at := atChartValues(o.target)
	have, err := mapAt(e.object, at)
	if err != nil {
		return Output{}, err
	}
	all, err := edits(o.overlay, have, at)
	if err != nil {
		return Output{}, err
	}
	data, err := e.edit(all)
	if err != nil {
		return Output{}, err
	}
	out := Output{Data: data}
	switch {
	case patch:
		out.note("%s: %s", applyPatch, patchCommand)
	case hasNull(o.overlay.Tree()):
		out.note("write the Cluster back with kubectl replace --filename FILE, on Rancher's own cluster: kubectl apply loses the nulls in the values")
	default:
		out.note("write the Cluster back with kubectl replace --filename FILE, on Rancher's own cluster")
	}
	return out, nil
}

const (
	applyPatch   = "it is a merge patch of the Cluster; on Rancher's own cluster"
	patchCommand = "kubectl patch clusters.provisioning.cattle.io CLUSTER --namespace fleet-default --type merge --patch-file FILE"
)

// errNull is why a merge patch will not do. It cannot set a value to null: that is how it removes one (RFC 7396), so that the chart's
// default would stay.
func errNull() error {
	return errors.New("the values have a null, which a merge patch cannot set: give the Cluster itself, to have it edited")
}

// writeClusterPatch writes a merge patch.
func writeClusterPatch(o *order) (Output, error) {
	if hasNull(o.overlay.Tree()) {
		return Output{}, errNull()
	}
	text, err := o.overlay.YAML()
	if err != nil {
		return Output{}, err
	}
	var p page
	p.comment(0, "A merge patch of a Cluster. On Rancher's own cluster:")
	p.comment(0, "%s", patchCommand)
	p.field(0, "spec", "")
	p.field(1, "rkeConfig", "")
	p.field(2, "chartValues", "")
	p.tree(3, o.target.name(), text)
	out := Output{Data: p.bytes()}
	out.note("%s: %s", applyPatch, patchCommand)
	return out, nil
}
