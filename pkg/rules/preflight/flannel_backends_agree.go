package preflight

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var flannelBackendsAgree = &rule.Rule{
	ID: "WR625", Name: "flannel-backends-agree", Category: rule.Preflight, Group: Network, Severity: finding.Error,
	Title:      "All nodes have the same backend of Flannel",
	Rationale:  "Nodes with different backends of Flannel do not reach each other's pods.",
	Remedy:     "Restart Flannel on the nodes that were not restarted since the backend was changed.",
	Since:      "v0.1.0",
	References: []string{"https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md"},
	Needs:      []inventory.Kind{inventory.Nodes},
	Check:      checkFlannelBackendsAgree,
}

func checkFlannelBackendsAgree(p *rule.Pass) {
	byType := map[string][]inventory.Node{}
	for _, n := range p.Nodes() {
		if b, ok := platform.FlannelOf(n.Annotations); ok {
			byType[b.Type] = append(byType[b.Type], n)
		}
	}
	var types []string
	var first inventory.Node
	for _, t := range slices.Sorted(maps.Keys(byType)) {
		types = append(types, t+" on "+counted(byType[t]))
		if first.Name == "" || len(byType[t]) < len(byType[first.Annotations["flannel.alpha.coreos.com/backend-type"]]) {
			first = byType[t][0]
		}
	}
	switch len(types) {
	case 0:
		p.Skipf("no node has the annotations of Flannel")
	case 1:
		p.Sawf("%s", types[0])
	default:
		p.Reportf(rule.OnNode(first.Name, "metadata", "annotations"), "Flannel has several backends: %s", strings.Join(types, "; "))
	}
}
