package hostprocess

import (
	"fmt"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Node is whether a Windows node runs HostProcess pods.
type Node struct {
	Name     string          `json:"name"`
	Build    platform.Build  `json:"build,omitempty"`
	Revision int             `json:"revision,omitempty"`
	Release  string          `json:"release,omitempty"` // "2022"; empty for a build that is not known
	Kubelet  string          `json:"kubelet,omitempty"`
	Runtime  string          `json:"runtime,omitempty"`
	Mounts   platform.Mounts `json:"mounts,omitempty"`
	Ready    bool            `json:"ready"`
	Judgement
	// Probe is what became of a pod that was really started there; nil where none was.
	Probe *Outcome `json:"probe,omitempty"`
	// kubelet is the parsed version; zero when it does not parse.
	kubelet platform.Version
}

// NodeOf decides about a Windows node by what it reports of itself.
func NodeOf(n inventory.Node) Node {
	out := Node{
		Name: n.Name, Build: n.Build, Revision: n.Revision, Release: n.Build.Release(), Kubelet: n.Kubelet, Runtime: n.Runtime, Ready: n.Ready,
		Judgement: Judgement{Verdict: Runs},
	}
	out.runtime()
	out.byKubelet()
	out.build(n)
	if !n.Ready {
		out.note("the node is not ready")
	}
	if n.Unschedulable {
		out.note("the node is cordoned: only what tolerates that is scheduled to it, as DaemonSets do")
	}
	return out
}

func (n *Node) runtime() {
	r, err := platform.ParseRuntime(n.Runtime)
	switch {
	case r.Name != "" && r.Name != platform.Containerd:
		n.not(fmt.Sprintf("its container runtime is %s, and only containerd from %s on runs HostProcess pods", r, platform.FirstHostProcess))
	case err != nil:
		n.unknown("its container runtime cannot be read: " + err.Error())
	default:
		n.Mounts = r.HostProcess()
		switch n.Mounts {
		case "":
			n.not(fmt.Sprintf("its container runtime is %s, and HostProcess pods take containerd %s", r, platform.FirstHostProcess))
		case platform.SymlinkMounts:
			n.note(fmt.Sprintf("%s mounts volumes below %%CONTAINER_SANDBOX_MOUNT_POINT%% alone: containerd %s is the first that mounts them at their paths",
				r, platform.FirstBind))
		case platform.BindMounts:
		}
	}
}

func (n *Node) byKubelet() {
	v, err := platform.ParseVersion(n.Kubelet)
	if err != nil {
		n.unknown("the version of its kubelet cannot be read: " + err.Error())
		return
	}
	n.kubelet = v
	switch platform.HostProcessStage(v) {
	case platform.Absent:
		n.not(fmt.Sprintf("its kubelet is of Kubernetes %s, which has no HostProcess pods", v))
	case platform.Alpha:
		n.unknown(fmt.Sprintf("its kubelet is of Kubernetes %s, where the feature gate %s is alpha and off unless set, and the API does not show it",
			v, platform.HostProcessGate))
	case platform.Beta, platform.Stable:
	}
	if platform.IgnoresContainerHostProcess(v) {
		n.note(fmt.Sprintf("its kubelet %s takes hostProcess of the pod alone: set on containers only, the pod fails (kubernetes/kubernetes#110140)", v))
	}
}

// oldest is the build from which on Windows nodes are supported: content/en/docs/concepts/windows/intro.md of kubernetes/website.
const oldest = platform.Build("10.0.17763")

// build decides by the build. Of one that is not known, newer or unread, HostProcess does not hang on.
func (n *Node) build(facts inventory.Node) {
	for _, text := range disagreements(facts) {
		n.note(text)
	}
	switch {
	case n.Build == "":
		n.note("its Windows build is not known; HostProcess pods run on any that Kubernetes runs on")
		return
	case oldest.Newer(n.Build):
		n.not(fmt.Sprintf("its Windows build %s is older than %s, from which on Kubernetes supports Windows nodes", n.Build, oldest))
		return
	case n.Build.Newer(platform.Newest()):
		n.note(fmt.Sprintf("its Windows build %s is newer than those this tool knows; HostProcess pods run on any build", n.Build))
	case n.Release == "":
		n.note(fmt.Sprintf("its Windows build %s is none that this tool knows; HostProcess pods run on any build", n.Build))
	}
	if n.Mounts != platform.BindMounts {
		return
	}
	switch binds, known := n.Build.BindsMounts(n.Revision); {
	case !known:
		n.note("its revision is not known: Windows Server 2019 takes the updates of July 2022 for mounts at their paths")
	case !binds:
		n.note(fmt.Sprintf("%s.%d is without the updates of July 2022, which mounts at their paths take on Windows Server 2019", n.Build, n.Revision))
	}
}

// Accepting are the Windows nodes that accept the pods of a workload.
func Accepting(nodes []inventory.Node, at *survey.Placement) []inventory.Node {
	var out []inventory.Node
	for _, n := range nodes {
		if isWindows(n) && len(refusals(n, at)) == 0 {
			out = append(out, n)
		}
	}
	return out
}

// refusals are why a node does not accept a workload, in the scheduler's words. Its pool tells of taints that last, and the node itself
// of what chooses it alone.
func refusals(n inventory.Node, at *survey.Placement) []string {
	if reasons := at.Verdicts[n.Pool].Reasons; len(reasons) > 0 {
		return reasons
	}
	return placement.Node{Name: n.Name, Labels: n.Labels}.Refusals(at.Spec)
}

// disagreements are what a node says of its Windows in two ways that do not agree, or that cannot be read.
func disagreements(n inventory.Node) []string {
	var out []string
	label, labeled := n.Labels[platform.LabelWindowsBuild]
	build, _, err := platform.ParseKernel(n.Kernel)
	switch {
	case n.Kernel == "":
	case err != nil:
		out = append(out, "its kernel version cannot be read: "+err.Error())
	case labeled && string(build) != label:
		out = append(out, fmt.Sprintf("its label %s is %s, and its kernel version %s", platform.LabelWindowsBuild, label, n.Kernel))
	}
	if n.System != "" && n.System != string(platform.Windows) {
		out = append(out, fmt.Sprintf("its label says %s, and its kubelet %s", platform.Windows, n.System))
	}
	return out
}

// isWindows tells a node of Windows: by its label, which the kubelet sets and the scheduler looks at, or where it has none by its kubelet.
func isWindows(n inventory.Node) bool {
	return n.OS == platform.Windows || n.OS == "" && n.System == string(platform.Windows)
}
