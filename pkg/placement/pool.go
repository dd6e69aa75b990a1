// Package placement decides on which node pools a pod can run, and says in the scheduler's words why not on the others.
// It must not read files, clusters or clocks: pods and pools are given to it, and it asks the scheduler's own matching code.
package placement

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// Pool is a set of nodes that are alike in everything that placement looks at.
type Pool struct {
	// Name tells pools apart in what a user reads; it is not the name of a node.
	Name string
	// Labels are those that every node of the pool carries, kubernetes.io/os among them.
	Labels map[string]string
	// Taints are those that every node of the pool carries for good.
	Taints []corev1.Taint
	// Nodes names the nodes when they are known; empty for a pool that was described rather than read.
	Nodes []string
}

// OS is the operating system of every node of the pool. It is linux or windows for the pools of this package.
func (p Pool) OS() platform.OS {
	return platform.OS(p.Labels[platform.LabelOS])
}
