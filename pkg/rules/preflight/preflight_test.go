package preflight_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules/preflight"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// of is what became of one rule, with the severities of what it found.
func of(t *testing.T, id string, inv *inventory.Inventory) (finding.Result, []string) {
	t.Helper()
	i := slices.IndexFunc(preflight.All(), func(r *rule.Rule) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("there is no rule %s", id)
	}
	report := rule.Run(inv, survey.Of(inv), preflight.All()[i:i+1])
	var found []string
	for _, f := range report.Findings {
		found = append(found, f.Severity.String()+": "+f.Message)
	}
	return report.Results[0], found
}

func windows(build platform.Build) inventory.Node {
	return inventory.Node{Name: "win-1", OS: platform.Windows, Build: build, Labels: map[string]string{"kubernetes.azure.com/cluster": "x"}}
}

// TestDays has the days on which a verdict changes: the one before, and the day itself.
func TestDays(t *testing.T) {
	t.Parallel()
	rke1 := inventory.Node{Name: "linux-1", OS: platform.Linux, Annotations: map[string]string{"rke.cattle.io/internal-ip": "10.0.0.1"}}
	for name, tc := range map[string]struct {
		id, day string
		node    inventory.Node
		version string
		want    []string
	}{
		"RKE1 on its last day": {
			"WR613", "2025-07-31", rke1, "v1.20.15",
			[]string{"warning: the cluster is of RKE1, which comes to its end on 2025-07-31: a node has the annotation rke.cattle.io/internal-ip"},
		},
		"RKE1 after it": {
			"WR613", "2025-08-01", rke1, "v1.20.15",
			[]string{"error: the cluster is of RKE1, which came to its end on 2025-07-31: a node has the annotation rke.cattle.io/internal-ip"},
		},
		"2019 on AKS before": {
			"WR656", "2026-02-28", windows("10.0.17763"), "v1.32.1",
			[]string{"warning: 1 node (win-1) of build 10.0.17763 (2019), which AKS retires on 2026-03-01, and with Kubernetes 1.33"},
		},
		"2019 on AKS before, with a version that does not take it": {
			"WR656", "2026-02-28", windows("10.0.17763"), "v1.33.1",
			[]string{"error: 1 node (win-1) of build 10.0.17763 (2019), which AKS does not support from 1.33 on: server version v1.33.1"},
		},
		"2019 on AKS from the day on": {
			"WR656", "2026-03-01", windows("10.0.17763"), "v1.32.1", []string{"error: 1 node (win-1) of build 10.0.17763 (2019), which AKS retired on 2026-03-01"},
		},
		"the annual channel on AKS before": {
			"WR656", "2026-05-14", windows("10.0.25398"), "v1.33.1", []string{"warning: 1 node (win-1) of build 10.0.25398 (23H2), which AKS retires on 2026-05-15"},
		},
	} {
		inv := &inventory.Inventory{Today: tc.day, Version: tc.version, Nodes: []inventory.Node{tc.node}}
		if _, got := of(t, tc.id, inv); !cmp.Equal(got, tc.want) {
			t.Errorf("%s: got -, want +:\n%s", name, cmp.Diff(got, tc.want))
		}
	}
}

// TestWhatDoesNotParseCannotBeTold: versions, builds, revisions and annotations that are not what they are to be.
func TestWhatDoesNotParseCannotBeTold(t *testing.T) {
	t.Parallel()
	node := func(change func(*inventory.Node)) []inventory.Node {
		n := inventory.Node{Name: "n", OS: platform.Windows, Build: "10.0.17763", Kernel: "10.0.17763"}
		change(&n)
		return []inventory.Node{n}
	}
	flannel := map[inventory.Kind][]inventory.Object{inventory.ConfigMaps: {{Body: map[string]any{"data": map[string]any{"net-conf.json": "{"}}}}}
	flannel[inventory.ConfigMaps][0].Ref.Name = "kube-flannel-cfg"
	for name, tc := range map[string]struct {
		id  string
		inv inventory.Inventory
	}{
		"the server's version":        {"WR611", inventory.Inventory{Version: "newest", Nodes: node(func(*inventory.Node) {})}},
		"every kubelet's version":     {"WR611", inventory.Inventory{Nodes: node(func(n *inventory.Node) { n.Kubelet = "x" })}},
		"a build":                     {"WR651", inventory.Inventory{Nodes: node(func(n *inventory.Node) { n.Build, n.Kernel = "", "NT" })}},
		"a revision, for the overlay": {"WR657", inventory.Inventory{Nodes: node(func(*inventory.Node) {})}},
		"a revision, for RKE2":        {"WR653", inventory.Inventory{Version: "v1.34.1+rke2r1", Nodes: node(func(*inventory.Node) {})}},
		"a runtime":                   {"WR661", inventory.Inventory{Nodes: node(func(n *inventory.Node) { n.Build, n.Runtime = "10.0.26100", "containerd" })}},
		"a runtime, for bind mounts":  {"WR659", inventory.Inventory{Nodes: node(func(n *inventory.Node) { n.Runtime = "?" })}},
		"a kernel":                    {"WR607", inventory.Inventory{Nodes: node(func(n *inventory.Node) { n.Kernel = "6.8.0-45-generic" })}},
		"a capacity":                  {"WR642", inventory.Inventory{Nodes: node(func(*inventory.Node) {})}},
		"Flannel's configuration":     {"WR624", inventory.Inventory{Objects: flannel, Nodes: node(func(*inventory.Node) {})}},
		"a command line": {"WR633", inventory.Inventory{Nodes: node(func(n *inventory.Node) {
			n.Annotations = map[string]string{"rke2.io/node-args": "server --cni calico"}
		})}},
		"no CIDR": {"WR633", inventory.Inventory{Nodes: node(func(*inventory.Node) {})}},
	} {
		tc.inv.Today = "2026-11-23"
		result, found := of(t, tc.id, &tc.inv)
		if result.Status != finding.Incomplete || result.Reason == "" {
			t.Errorf("%s: %s is %s: %s %q", name, tc.id, result.Status, result.Reason, found)
		}
	}
}

// TestDistroDecides: a requirement of one distribution does not concern another, and --distro outranks what is detected.
func TestDistroDecides(t *testing.T) {
	t.Parallel()
	inv := &inventory.Inventory{
		Today: "2026-11-23", Version: "v1.34.1+rke2r1", Nodes: []inventory.Node{{Name: "w", OS: platform.Windows, Build: "10.0.19042", Revision: 1}},
	}
	if result, found := of(t, "WR652", inv); len(found) != 1 {
		t.Errorf("got %+v", result)
	}
	inv.Distro = platform.EKS
	result, found := of(t, "WR652", inv)
	want := finding.Result{RuleID: "WR652", Status: finding.Skip, Reason: "is about RKE2, and this is EKS: --distro"}
	if diff := cmp.Diff(result, want); diff != "" || len(found) > 0 {
		t.Errorf("%q, got -, want +:\n%s", found, diff)
	}
}

// TestCatalogue: every rule is in a group that reports have, and requires something; those of other categories too.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, r := range preflight.All() {
		group, requirement := preflight.Heading(r)
		used[group] = true
		if !slices.Contains(preflight.Groups(), group) || requirement != r.Title || r.Category != rule.Preflight || !strings.HasPrefix(r.ID, "WR6") {
			t.Errorf("%s is in group %q", r.ID, group)
		}
	}
	for _, g := range preflight.Groups() {
		if !used[g] {
			t.Errorf("no rule is in group %q", g)
		}
	}
	for _, id := range preflight.Borrowed() {
		group, requirement := preflight.Heading(&rule.Rule{ID: id, Title: "what is wrong"})
		if !slices.Contains(preflight.Groups(), group) || requirement == "" || requirement == "what is wrong" {
			t.Errorf("%s is in group %q and requires %q", id, group, requirement)
		}
	}
}
