package cluster

import (
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// The numbers are those of generated.proto in k8s.io/api/core/v1 and k8s.io/apimachinery/pkg/apis/meta/v1. They are for ever: a
// number never gets another meaning, and TestPruning compares what is read of pruned objects with what is read of whole ones.

// metadata is what is looked at of any object's: name, namespace, labels, ownerReferences, and the annotations that workloads have a
// use for.
func metadata(labels bool) *shape {
	s := &shape{keep: map[uint64]*shape{
		1: nil, 3: nil, 8: nil, 13: nil, 12: {keys: []string{workload.AnnotationIgnore, workload.AnnotationHook}},
	}}
	if labels {
		s.keep[11] = nil
	}
	return s
}

// whole is an object without the metadata that nobody looks at and without its status.
func whole() *shape { return &shape{keep: map[uint64]*shape{1: metadata(true), 2: nil}} }

// owned is what tells what controls an object.
func owned() *shape { return &shape{keep: map[uint64]*shape{1: metadata(true)}} }

// slimPod is what is looked at of a pod that is like others: its node, its phase and conditions, and what its containers do, but not
// what they are.
func slimPod(labels bool) *shape {
	container := &shape{others: true, drop: []uint64{6, 7, 8, 10, 11, 12, 13, 14}} // image, IDs, resources, mounts, user
	status := &shape{keep: map[uint64]*shape{1: nil, 2: nil, 3: nil, 4: nil, 8: container, 10: container}}
	return &shape{keep: map[uint64]*shape{1: metadata(labels), 2: {keep: map[uint64]*shape{10: nil}}, 3: status}}
}

// wholePod is a pod with its spec.
func wholePod() *shape {
	s := slimPod(true)
	s.keep[2] = nil
	return s
}

// slimNode is a node without the images it has, which are most of it.
func slimNode() *shape {
	meta := metadata(true)
	meta.keep[12] = &shape{prefixes: inventory.NodeAnnotations()}
	return &shape{keep: map[uint64]*shape{1: meta, 2: nil, 3: {keep: map[uint64]*shape{1: nil, 4: nil, 5: nil, 7: nil}}}}
}

// slimEvent is an event without managed fields.
func slimEvent() *shape { return &shape{others: true, keep: map[uint64]*shape{1: metadata(false)}} }
