// Package placement decides on which node pools a pod can run, and says in the scheduler's words why not on the others.
// It must not read files, clusters or clocks: pods and pools are given to it, and it asks the scheduler's own matching code.
package placement

import (
	"maps"

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
	// Own are, by index in Nodes, the labels of a node that the pool has not; nil when no node has such.
	Own []map[string]string
}

// OS is the operating system of every node of the pool. It is linux or windows for the pools of this package.
func (p Pool) OS() platform.OS {
	return platform.OS(p.Labels[platform.LabelOS])
}

// Build is the Windows build of every node of the pool; empty for Linux, and where it is not known.
func (p Pool) Build() platform.Build {
	build, err := platform.ParseBuild(p.Labels[platform.LabelWindowsBuild])
	if err != nil {
		return ""
	}
	return build
}

// member is the node at an index in Nodes.
func (p Pool) member(i int) Node {
	n := Node{Name: p.Nodes[i], Labels: p.Labels, Taints: p.Taints}
	if i < len(p.Own) && len(p.Own[i]) > 0 {
		n.Labels = maps.Clone(p.Labels)
		maps.Copy(n.Labels, p.Own[i])
	}
	return n
}
