package azurefile

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Kinds are the objects that Add has a use for. Those with a pod template matter to Migrate alone.
func Kinds() []object.Ref {
	storage, rbac := storagev1.SchemeGroupVersion.String(), rbacv1.SchemeGroupVersion.String()
	return []object.Ref{
		{APIVersion: storage, Kind: "StorageClass"},
		{APIVersion: storage, Kind: "CSIDriver"},
		{APIVersion: storage, Kind: "CSINode"},
		{APIVersion: "v1", Kind: "Node"},
		{APIVersion: "v1", Kind: "PersistentVolume"},
		{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		{APIVersion: rbac, Kind: "ClusterRole", Name: cloudRole},
		{APIVersion: rbac, Kind: "ClusterRoleBinding", Name: cloudRole},
	}
}

// Add adds an object to what a cluster has. The error is that it is not of its kind.
func (h *Have) Add(o map[string]any) error {
	u := unstructured.Unstructured{Object: o}
	var err error
	switch u.GroupVersionKind().GroupKind().String() {
	case "StorageClass.storage.k8s.io":
		err = into(o, &h.Classes)
	case "CSIDriver.storage.k8s.io":
		h.Driver = h.Driver || u.GetName() == Driver
	case "CSINode.storage.k8s.io":
		err = h.csiNode(o)
	case "Node":
		err = h.node(o)
	case "PersistentVolume":
		err = into(o, &h.Volumes)
	case "PersistentVolumeClaim":
		err = into(o, &h.Claims)
	case "ClusterRole.rbac.authorization.k8s.io":
		err = into(o, &h.Roles)
	case "ClusterRoleBinding.rbac.authorization.k8s.io":
		err = into(o, &h.Bindings)
	default:
		h.inline(o)
	}
	if err != nil {
		return fmt.Errorf("decoding %s/%s: %w", u.GetKind(), u.GetName(), err)
	}
	return nil
}

// into decodes an object and adds it to others.
func into[T any](o map[string]any, list *[]T) error {
	var one T
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o, &one); err != nil {
		return err
	}
	*list = append(*list, one)
	return nil
}

func (h *Have) csiNode(o map[string]any) error {
	var nodes []storagev1.CSINode
	if err := into(o, &nodes); err != nil {
		return err
	}
	if slices.ContainsFunc(nodes[0].Spec.Drivers, func(d storagev1.CSINodeDriver) bool { return d.Name == Driver }) {
		h.named(nodes[0].Name).Registered = true
	}
	return nil
}

func (h *Have) node(o map[string]any) error {
	var nodes []corev1.Node
	if err := into(o, &nodes); err != nil {
		return err
	}
	n := nodes[0]
	if platform.OS(n.Labels[platform.LabelOS]) == platform.Windows {
		at := h.named(n.Name)
		at.windows, at.Taints, at.Runtime = true, n.Spec.Taints, n.Status.NodeInfo.ContainerRuntimeVersion
	}
	return nil
}

// named is the node of a name, which is there from then on.
func (h *Have) named(name string) *Node {
	for i := range h.Nodes {
		if h.Nodes[i].Name == name {
			return &h.Nodes[i]
		}
	}
	h.Nodes = append(h.Nodes, Node{Name: name})
	return &h.Nodes[len(h.Nodes)-1]
}

// Settle drops the nodes of which only the CSINode is known, or that run Linux. It is called once everything was added.
func (h *Have) Settle() {
	h.Nodes = slices.DeleteFunc(h.Nodes, func(n Node) bool { return !n.windows })
}

// inline finds the volumes of pod templates that name their share themselves.
func (h *Have) inline(o map[string]any) {
	for _, w := range workload.Of(o) {
		for _, v := range w.Spec.Volumes {
			if v.AzureFile != nil {
				h.Inline = append(h.Inline, Inline{Object: w.Object, Volume: v.Name, Source: *v.AzureFile})
			}
		}
	}
}
