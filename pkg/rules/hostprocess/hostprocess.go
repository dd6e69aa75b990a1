// Package hostprocess is the part of the catalogue about HostProcess pods: one file per rule. A rule must not read anything but the
// inventory that it is given; whether pods run is decided by the package of the same name below pkg, which the rules quote.
package hostprocess

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// All are the rules, in the order of their IDs.
func All() []*rule.Rule {
	return []*rule.Rule{
		hostNetworkMissing,
		mixedContainers,
		valuesDiffer,
		userFormat,
		userKind,
		nonRoot,
		namedPipe,
		podSecurity,
		noSelector,
		hostNetworkAlone,
		hyperV,
		winsPipe,
		csiProxy,
		symlinkMounts,
		nodeUnable,
		kubeletFault,
		serverUnable,
		refusedByPodSecurity,
		hostPath,
	}
}

// Sources that several rules cite.
const (
	docs       = "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/"
	kep        = "https://github.com/kubernetes/enhancements/blob/64765b4/keps/sig-windows/1981-windows-privileged-container-support/README.md"
	validation = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go"
)

// report reports the faults of one kind of all workloads.
func report(p *rule.Pass, kind hostprocess.Kind, say func(t rule.Target, f hostprocess.Fault)) {
	workloads := p.Workloads()
	for i := range workloads {
		for _, f := range hostprocess.Faults(&workloads[i].Spec) {
			if f.Kind == kind {
				say(rule.On(&workloads[i], f.Path...), f)
			}
		}
	}
}

// wanted calls each for every workload that asks for HostProcess.
func wanted(p *rule.Pass, each func(at *survey.Placement)) {
	s := p.Survey()
	for i := range s.Placements {
		if at := &s.Placements[i]; hostprocess.Wanted(at.Spec) && !at.Done {
			each(at)
		}
	}
}

// pipe is a mount of a named pipe: where the volume is, and its path.
type pipe struct {
	at   object.Path
	path string
}

// pipes are the named pipes of the host that are volumes of a pod.
func pipes(spec *corev1.PodSpec) []pipe {
	var out []pipe
	for i, v := range spec.Volumes {
		if v.HostPath != nil && hostprocess.IsPipe(v.HostPath.Path) {
			out = append(out, pipe{object.Path{"volumes", i, "hostPath", "path"}, v.HostPath.Path})
		}
	}
	return out
}

// windowsNodes are the Windows nodes that accept a workload, with what was decided about each.
func windowsNodes(nodes []inventory.Node, at *survey.Placement) []hostprocess.Node {
	var out []hostprocess.Node
	for _, n := range hostprocess.Accepting(nodes, at) {
		out = append(out, hostprocess.NodeOf(n))
	}
	return out
}
