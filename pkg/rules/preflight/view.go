package preflight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// distroOf is the distribution whose requirements count, and why: the one that was named, or the one that the nodes and the server's
// version tell.
func distroOf(p *rule.Pass) (platform.Distro, string) {
	return Distro(&inventory.Inventory{Distro: p.Distro(), Version: p.Version(), Nodes: p.Nodes()})
}

// concerns tells whether a requirement is one of the cluster's distribution; when it is not, the rule is skipped, and says so.
func concerns(p *rule.Pass, distros ...platform.Distro) bool {
	d, why := distroOf(p)
	if slices.Contains(distros, d) {
		return true
	}
	var names []string
	for _, want := range distros {
		names = append(names, want.String())
	}
	p.Skipf("is about %s, and this is %s: %s", strings.Join(names, ", "), d, why)
	return false
}

// of are the nodes of an operating system.
func of(nodes []inventory.Node, os platform.OS) []inventory.Node {
	return filter(nodes, func(n inventory.Node) bool { return n.OS == os })
}

func filter(nodes []inventory.Node, is func(inventory.Node) bool) []inventory.Node {
	var out []inventory.Node
	for _, n := range nodes {
		if is(n) {
			out = append(out, n)
		}
	}
	return out
}

// windowsNodes are the Windows nodes; without any the rule is skipped.
func windowsNodes(p *rule.Pass) []inventory.Node {
	nodes := of(p.Nodes(), platform.Windows)
	if len(nodes) == 0 {
		p.Skipf("there is no Windows node yet")
	}
	return nodes
}

// serverVersion is the version of Kubernetes: the API server's or, where that is not known, the oldest kubelet's, and whose it is. It is
// false, and the rule cannot tell, when none can be read.
func serverVersion(p *rule.Pass) (v platform.Version, text string, ok bool) {
	if text = p.Version(); text != "" {
		v, err := platform.ParseVersion(text)
		if err != nil {
			p.Unknownf("reading the server's version: %v", err)
			return v, "", false
		}
		return v, "server version " + text, true
	}
	for _, n := range p.Nodes() {
		w, err := platform.ParseVersion(n.Kubelet)
		if err == nil && (!ok || w.Compare(v) < 0) {
			v, text, ok = w, "kubelet version "+n.Kubelet+" of node "+n.Name+", for the server's is not known", true
		}
	}
	if !ok {
		p.Unknownf("neither the server nor a node tells the version of Kubernetes")
	}
	return v, text, ok
}

// builds are the Windows nodes by build, and those whose build cannot be read are said to be unknown.
func builds(p *rule.Pass) map[platform.Build][]inventory.Node {
	out := map[platform.Build][]inventory.Node{}
	for _, n := range windowsNodes(p) {
		if n.Build == "" {
			p.Unknownf("node %s: its build cannot be read: label %s %q, kernelVersion %q", n.Name, platform.LabelWindowsBuild,
				n.Labels[platform.LabelWindowsBuild], n.Kernel)
			continue
		}
		out[n.Build] = append(out[n.Build], n)
	}
	return out
}

// fewNames is how many names a message has.
const fewNames = 3

// named are the first names of nodes, and how many more there are.
func named(nodes []inventory.Node) string {
	var names []string
	for _, n := range nodes {
		names = append(names, n.Name)
	}
	return few(names)
}

func few(names []string) string {
	names = slices.Sorted(slices.Values(names))
	text := strings.Join(names[:min(len(names), fewNames)], ", ")
	if more := len(names) - fewNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// counted is "1 node (win-1)" or "2 nodes (win-1, win-2)".
func counted(nodes []inventory.Node) string {
	return fmt.Sprintf("%s (%s)", count(len(nodes), "node"), named(nodes))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// called is a build as people call it: 10.0.20348 (2022).
func called(b platform.Build) string {
	if release := b.Release(); release != "" {
		return fmt.Sprintf("%s (%s)", b, release)
	}
	return string(b)
}

// windowsBuild is build and revision of a node: 10.0.17763.253.
func windowsBuild(n inventory.Node) string {
	if n.Revision == 0 {
		return string(n.Build)
	}
	return fmt.Sprintf("%s.%d", n.Build, n.Revision)
}

// Distro is the distribution of an inventory by which the rules go, and why.
func Distro(inv *inventory.Inventory) (platform.Distro, string) {
	if inv.Distro != "" {
		return inv.Distro, "--distro"
	}
	s := platform.Signs{Version: inv.Version}
	for _, n := range inv.Nodes {
		s.Nodes = append(s.Nodes, platform.NodeSigns{OS: n.OS, Labels: n.Labels, Annotations: n.Annotations, Image: n.Image, Kubelet: n.Kubelet})
	}
	return platform.DetectDistro(s)
}
