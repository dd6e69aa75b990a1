package hostprocess

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Workload is whether a HostProcess workload runs.
type Workload struct {
	Object   object.Ref      `json:"object"`
	Location object.Location `json:"location,omitzero"`
	Judgement
	// Nodes are the Windows nodes that accept its pods, each with whether they run there.
	Nodes []On `json:"nodes,omitempty"`
	// Refused tells that the API server takes no such pod, whatever the nodes are.
	Refused bool `json:"refused,omitempty"`
	// Server is what the API server itself says of such a pod, where it was asked.
	Server *Answer `json:"server,omitempty"`
}

// On is whether the pods of a workload run on a node.
type On struct {
	Node string `json:"node"`
	Judgement
}

// Answer is what an API server says of a pod in a dry run.
type Answer struct {
	Accepted bool   `json:"accepted"`
	Message  string `json:"message,omitempty"` // its words when it refuses, or its warnings
	Agrees   bool   `json:"agrees"`            // with what was decided here
	// Unasked says why there is no answer; the others are empty then.
	Unasked string `json:"unasked,omitempty"`
}

// subject is one workload and what it is judged by.
type subject struct {
	*Workload
	inv  *inventory.Inventory
	spec *corev1.PodSpec
	at   *survey.Placement
}

// workload decides about the pods of one workload.
func (r *Report) workload(inv *inventory.Inventory, a *Admission, at *survey.Placement) Workload {
	w := Workload{Object: at.Workload.Object, Location: at.Workload.Location, Judgement: Judgement{Verdict: Runs}}
	s := subject{Workload: &w, inv: inv, spec: at.Spec, at: at}
	s.spelled(r.Server.version)
	s.class()
	s.admission(a)
	s.server(&r.Server)
	s.nodes(r.Nodes)
	return w
}

// spelled decides by what the pod spec says.
func (s *subject) spelled(server platform.Version) {
	for _, problem := range s.at.Workload.Problems {
		s.unknown("a field of the pod spec cannot be read: " + problem)
	}
	for _, f := range append(Faults(s.spec), Foreign(s.spec, server)...) {
		switch {
		case f.Says != "":
			s.Refused = true
			s.not("the API server refuses it: " + at(f) + f.Says)
		case f.Certain:
			s.not(at(f) + f.What)
		default:
			s.note(at(f) + f.What)
		}
	}
}

// at is a fault's field and value, as they begin a sentence about it.
func at(f Fault) string {
	switch {
	case len(f.Path) == 0:
		return ""
	case f.Value == "":
		return f.Path.String() + ": "
	default:
		return fmt.Sprintf("%s %s: ", f.Path, f.Value)
	}
}

// Foreign are the fields of a pod that the API server of a version refuses for the os.name beside them.
func Foreign(spec *corev1.PodSpec, server platform.Version) []Fault {
	if spec.OS == nil {
		return nil
	}
	minor := server.Minor
	if server == (platform.Version{}) {
		minor = steer.LatestMinor
	}
	var faults []Fault
	switch spec.OS.Name {
	case corev1.Windows:
		for _, f := range steer.Refused(spec, minor) {
			faults = append(faults, Fault{Kind: LinuxField, Path: f.Path, Value: f.Value, Says: f.Says, Certain: true})
		}
	case corev1.Linux:
		faults = append(faults, Fault{
			Kind: WindowsOptions, Path: object.Path{"os", "name"}, Value: "linux", Certain: true,
			// validateLinux in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2.
			Says: "windows options cannot be set for a linux pod",
		})
	}
	return faults
}

// class decides by the RuntimeClass.
func (s *subject) class() {
	name := s.at.Workload.Spec.RuntimeClassName
	switch {
	case s.at.Conflict != "":
		s.Refused = true
		s.not("the API server refuses it: " + s.at.Conflict)
	case name == nil || *name == "":
	case s.at.ClassUnknown:
		s.unknown(fmt.Sprintf("RuntimeClass %s is not known", *name))
	default:
		if handler := HandlerOf(s.inv, *name); HyperVHandler(handler) {
			s.not(fmt.Sprintf("RuntimeClass %s has the handler %s, and HostProcess containers are not isolated by Hyper-V", *name, handler))
		}
	}
}

// HandlerOf is the handler of a RuntimeClass; empty for one that is not known.
func HandlerOf(inv *inventory.Inventory, class string) string {
	for i := range inv.RuntimeClasses {
		if inv.RuntimeClasses[i].Name == class {
			return inv.RuntimeClasses[i].Handler
		}
	}
	return ""
}

// HyperVHandler tells a handler of containerd that isolates by Hyper-V: runhcs-wcow-hypervisor and those named after it, in
// "RuntimeClass" of content/en/docs/concepts/windows/intro.md of kubernetes/website and in the CRI configuration of
// containerd/containerd, docs/cri/config.md.
func HyperVHandler(handler string) bool {
	name := strings.ToLower(handler)
	return strings.Contains(name, "hypervisor") || strings.Contains(name, "hyperv") || strings.Contains(name, "hyper-v")
}

// admission decides by what Pod Security enforces in the namespace.
func (s *subject) admission(a *Admission) {
	namespace := s.Object.Namespace
	gap, missing := s.inv.Gaps[inventory.Namespaces]
	switch {
	case a.broken != "":
		s.unknown(a.broken)
	case a.Known(namespace):
		before := s.Verdict
		a.judge(&s.Judgement, namespace, s.spec)
		s.Refused = s.Refused || before != RunsNot && s.Verdict == RunsNot
	case missing && gap.Unread:
		s.unknown(fmt.Sprintf("what Pod Security enforces in namespace %s is not known: %s", of(namespace), gap.Reason))
	case missing:
		s.note(fmt.Sprintf("what Pod Security enforces in namespace %s is not known", of(namespace)))
	default:
		s.note(fmt.Sprintf("there is no namespace %s among those that are known", of(namespace)))
	}
}

func (s *subject) server(server *Server) {
	switch {
	case server.Verdict == RunsNot:
		for _, reason := range server.Reasons {
			s.not(reason)
		}
	case server.Verdict == CannotTell && !server.unasked:
		for _, reason := range server.Reasons {
			s.unknown(reason)
		}
	}
}

// nodes decides by the Windows nodes that accept the pod.
func (s *subject) nodes(all []Node) {
	accepting := Accepting(s.inv.Nodes, s.at)
	gap, missing := s.inv.Gaps[inventory.Nodes]
	switch {
	case missing && gap.Unread:
		s.unknown("the nodes are not all known: " + gap.Reason)
	case missing:
		s.lacking("no nodes are known: " + gap.Reason)
	case len(all) == 0:
		s.not("the cluster has no Windows node")
	case len(accepting) == 0:
		s.not("no Windows node accepts it: " + strings.Join(s.why(), "; "))
	}
	if s.Refused {
		return // it comes to no node
	}
	for _, n := range accepting {
		s.Nodes = append(s.Nodes, s.on(NodeOf(n)))
	}
	s.sum()
}

// why are the reasons for which Windows nodes do not accept the pod.
func (s *subject) why() []string {
	var reasons []string
	for _, n := range s.inv.Nodes {
		for _, reason := range refusals(n, s.at) {
			if isWindows(n) && !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
	}
	return reasons
}

// on is whether the pod, once it is there, runs on a node.
func (s *subject) on(n Node) On {
	on := On{Node: n.Name, Judgement: Judgement{Verdict: n.Verdict, Reasons: slices.Clone(n.Reasons)}}
	if OnlyByContainers(s.spec) && platform.IgnoresContainerHostProcess(n.kubelet) {
		on.not(fmt.Sprintf("its kubelet %s takes hostProcess of the pod alone, and only the containers set it (kubernetes/kubernetes#110140)", n.kubelet))
	}
	if n.Mounts == platform.SymlinkMounts {
		for _, lost := range Unfound(s.spec) {
			on.note(lost)
		}
	}
	if !n.Ready {
		on.note("the node is not ready")
	}
	return on
}

// sum is what the nodes come to.
func (s *subject) sum() {
	if s.Verdict == RunsNot || len(s.Nodes) == 0 {
		return
	}
	var bad, unclear []On
	for _, on := range s.Nodes {
		switch on.Verdict {
		case RunsNot:
			bad = append(bad, on)
		case CannotTell:
			unclear = append(unclear, on)
		case Runs:
		}
	}
	fine := len(s.Nodes) - len(bad) - len(unclear)
	switch {
	case fine > 0:
		for _, on := range slices.Concat(bad, unclear) {
			s.note(fmt.Sprintf("%s: %s because %s", on.Node, on.Verdict, strings.Join(on.Reasons, "; ")))
		}
	case len(unclear) > 0:
		for _, on := range unclear {
			s.unknown(on.Node + ": " + strings.Join(on.Reasons, "; "))
		}
	default:
		for _, on := range bad {
			s.not(on.Node + ": " + strings.Join(on.Reasons, "; "))
		}
	}
}

// Unfound is what of a pod does not find its files where containerd 1.6 mounts volumes: below $CONTAINER_SANDBOX_MOUNT_POINT alone. "In-cluster
// client configuration" is documented to break: keps/sig-windows/1981-windows-privileged-container-support/README.md of
// kubernetes/enhancements.
func Unfound(spec *corev1.PodSpec) []string {
	var lost []string
	for _, c := range containers(spec) {
		for _, m := range c.VolumeMounts {
			lost = append(lost, fmt.Sprintf("%s: volume %s is at %%CONTAINER_SANDBOX_MOUNT_POINT%%%s, not at %s", c.Name, m.Name, below(m.MountPath), m.MountPath))
		}
	}
	if token := spec.AutomountServiceAccountToken; token == nil || *token {
		lost = append(lost, "clients do not find the token of the service account at /var/run/secrets/kubernetes.io/serviceaccount")
	}
	return lost
}

// below is a path without its drive, as it is below another: stripDriveLetter in internal/jobcontainers/mounts.go of
// github.com/Microsoft/hcsshim v0.13.0.
func below(path string) string {
	if len(path) > 1 && path[1] == ':' {
		path = path[2:]
	}
	return `\` + strings.TrimLeft(strings.ReplaceAll(path, "/", `\`), `\`)
}

// Astray tells whether nodes of Linux accept a pod too: nothing of it chooses the operating system for the scheduler.
func Astray(at *survey.Placement) bool {
	return slices.ContainsFunc(at.Verdicts, func(v placement.Verdict) bool { return v.Fits && v.Pool.OS() == platform.Linux })
}
