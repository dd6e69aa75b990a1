package patch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/patch"
)

func TestUnsettled(t *testing.T) {
	t.Parallel()
	pod := func(name, spec string) chart.Document {
		return chart.Document{Source: "web/templates/all.yaml", Text: "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec: {" + spec + "containers: [{name: a, image: b}]}\n"}
	}
	const selector = "nodeSelector: {kubernetes.io/os: linux}, "
	report := &patch.Report{Workloads: []patch.Outcome{
		{Kind: "Pod", Name: "placed", Status: patch.Placed},
		{Kind: "Pod", Name: "lost", Status: patch.Unplaced},
		{Kind: "Pod", Name: "same", Status: patch.Unplaced},
		{Kind: "Pod", Name: "bare", Status: patch.Unplaced},
	}}
	before := []chart.Document{pod("placed", ""), pod("lost", ""), pod("same", selector), pod("bare", "tolerations: [], ")}
	after := []chart.Document{pod("placed", selector), pod("lost", selector), pod("same", selector+"hostNetwork: true, "), pod("bare", "")}
	if diff := cmp.Diff(patch.Unsettled(report, before, after), []string{"Pod/lost"}); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
