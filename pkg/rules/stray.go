package rules

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// stray says how pods can come to nodes of an operating system that they are not for, in words that follow the workload's name;
// empty when they cannot, or when no pool accepts them at all.
func stray(at *survey.Placement) (how string, severity finding.Severity) {
	linux, windows := at.Fits(platform.Linux), at.Fits(platform.Windows)
	switch {
	case at.Everywhere: // it was seen to run on either
	case linux && windows && at.Named != "":
		how = fmt.Sprintf("names %s by %s, which does not steer the scheduler: pools of both operating systems accept it", at.Named, at.By)
	case linux && windows:
		how = "names no operating system: pools of both accept it"
	case linux == windows: // no pool at all
	case at.OS != "" && !at.Fits(at.OS):
		how = fmt.Sprintf("is for %s (%s), and only pools of %s accept it", at.OS, at.By, other(at.OS))
	case at.OS == "" && windows:
		// Rancher's RKE1 clusters taint the Linux nodes and nothing else: what tolerates nothing goes to Windows.
		return fmt.Sprintf("names no operating system, and taints leave it only the pools of %s", platform.Windows), finding.Warning
	}
	return how, finding.Error
}

// onSelector is the nodeSelector of a workload, with the operating system that it lacks. Of a chart the value that reaches it is
// what a user can set; in what shape, patch knows.
func onSelector(at *survey.Placement) rule.Target {
	if r := at.Workload.Reach; r != nil && r.Reason == "" && len(r.Paths) > 0 {
		return rule.On(at.Workload, "nodeSelector").Fix("%s: %s by the value %s", platform.LabelOS, wanted(at), r.Paths[0])
	}
	return rule.On(at.Workload, "nodeSelector").Fix("nodeSelector: {%s: %s}", platform.LabelOS, wanted(at))
}

// daemonSet tells a workload that has a pod on every node that accepts it, and none where no node does.
func daemonSet(at *survey.Placement) bool { return at.Workload.Object.Kind == "DaemonSet" }

// running counts the pods of a workload that are bound to nodes.
func running(at *survey.Placement) int {
	sum := 0
	for _, n := range at.Runs {
		sum += n
	}
	return sum
}

// container is a container of a pod and the path to it.
type container struct {
	corev1.Container
	list  string
	index int
}

// containersOf are the containers that a pod starts with.
func containersOf(spec *corev1.PodSpec) []container {
	var out []container
	for i, c := range spec.InitContainers {
		out = append(out, container{c, "initContainers", i})
	}
	for i, c := range spec.Containers {
		out = append(out, container{c, "containers", i})
	}
	return out
}

// onImageOf is the image of a container.
func onImageOf(at *survey.Placement, c container) rule.Target {
	return rule.On(at.Workload, c.list, c.index, "image")
}
