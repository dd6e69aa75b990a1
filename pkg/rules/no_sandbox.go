package rules

import (
	"cmp"
	"fmt"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/symptom"
)

var noSandbox = &rule.Rule{
	ID: "WR407", Name: "no-sandbox", Category: rule.Cluster, Severity: finding.Warning,
	Title: "Windows nodes cannot make the sandbox of pods",
	Rationale: "Before the containers of a pod, a node makes a sandbox for it, of the node's own sandbox (pause) image and with a network. Where " +
		"that image has no variant for the build of the node, or the network plugin fails, no pod starts there, whatever its template says. " +
		"It is a matter of the nodes, so it is reported once for a pool and not for each workload.",
	Remedy: "For the image, set a sandbox image that has a variant for the build, such as pause 3.10.2 for Windows Server 2025 and older. For the " +
		"network, look at the agent of the plugin and at the Host Networking Service of the nodes, and install the updates of Windows.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/rancher/rancher/issues/23161",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/build/pause/CHANGELOG.md",
		"https://github.com/kubernetes-sigs/sig-windows-tools/issues/249",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkNoSandbox,
}

func checkNoSandbox(p *rule.Pass) {
	type trouble struct {
		pool int
		id   symptom.ID
	}
	seen := map[trouble][]bound{}
	for _, pods := range boundPods(p) {
		for _, b := range pods {
			// A Linux node whose network fails is none of this tool's business.
			if b.os() == platform.Windows {
				seen[trouble{b.Pool, b.symptom.ID}] = append(seen[trouble{b.Pool, b.symptom.ID}], b)
			}
		}
	}
	for pool := range p.Survey().Pools {
		for _, id := range []symptom.ID{symptom.SandboxImage, symptom.SandboxNetwork} {
			if pods := seen[trouble{pool, id}]; len(pods) > 0 {
				reportNoSandbox(p, id, pods)
			}
		}
	}
}

func reportNoSandbox(p *rule.Pass, id symptom.ID, pods []bound) {
	pool, first := pods[0].verdict.Pool, pods[0].symptom
	workloads := map[int]bool{}
	var names []string
	count := 0
	for _, b := range pods {
		workloads[b.Workload] = true
		names = append(names, inNamespace(b.at.Workload.Object.Namespace, b.Names)...)
		count += b.Count
	}
	target := rule.OnText(object.Ref{Kind: "NodePool", Name: pool.Name}, object.Location{}, nil).Fix("%s", first.Remedy)
	which := fmt.Sprintf("%s of %s (%s) without a sandbox", counted(count, "pod"), counted(len(workloads), "workload"), few(names, count))
	if id == symptom.SandboxImage {
		image := cmp.Or(first.Image, "its image")
		p.Reportf(target.As(finding.Error), "%s: %s does not run on %s; %s", which, image, nodesOf(pool), first.Said)
		return
	}
	p.Reportf(target, "%s: %s; %s", which, first.Meaning, first.Said)
}

// inNamespace are the names of pods with their namespace.
func inNamespace(namespace string, names []string) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, namespace+"/"+n)
	}
	return out
}
