package inventory

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/winready/kubectl-winready/pkg/object"
)

// The parts of an inventory that are objects as they are, read for the rules that ask for them. Each is named as the API names the
// resource.
const (
	Namespaces             Kind = "namespaces"
	ConfigMaps             Kind = "configmaps"       // of network plugins: see Resources
	HelmCharts             Kind = "helmcharts"       // helm.cattle.io: what RKE2 and K3s install
	HelmChartConfigs       Kind = "helmchartconfigs" // helm.cattle.io
	Installations          Kind = "installations"    // operator.tigera.io
	IPPools                Kind = "ippools"          // crd.projectcalico.org
	IPAMConfigs            Kind = "ipamconfigs"      // crd.projectcalico.org
	NetworkPolicies        Kind = "networkpolicies"
	StorageClasses         Kind = "storageclasses"
	CSIDrivers             Kind = "csidrivers"
	CSINodes               Kind = "csinodes"
	PersistentVolumes      Kind = "persistentvolumes"
	PersistentVolumeClaims Kind = "persistentvolumeclaims"
	ClaimEvents            Kind = "claimevents" // the API's events about claims
)

// Object is an object as it is, of one of the kinds that Resources lists. It must not be changed.
type Object struct {
	Ref                 object.Ref
	Labels, Annotations map[string]string
	Location            object.Location
	Text                Locator     // nil when it was read from a cluster
	At                  object.Path // leads from Text to the object
	Body                map[string]any
}

// Field is the value at a path of map keys, nil when there is none.
func (o Object) Field(path ...string) any {
	v, _, _ := unstructured.NestedFieldNoCopy(o.Body, path...)
	return v
}

// Resource says where in the API the objects of a part are.
type Resource struct {
	Part       Kind
	Group      string   // empty for the core group
	Versions   []string // the ones whose objects are understood, the best first
	Kind       string
	Plural     string
	Namespaced bool
	// Scoped tells that whoever looks at one namespace looks at the objects of that one: they belong to workloads. The others belong to
	// the cluster, wherever they are kept.
	Scoped bool
	// Only names the objects that are looked at as NAMESPACE/NAME, so that reading asks for these alone; empty for all.
	Only []string
	// Fields is a field selector, for a kind of which only some are looked at.
	Fields string
}

// Resources are all parts that are objects. A group that a cluster does not have is no gap: there are no objects of it.
func Resources() []Resource {
	return []Resource{
		{Part: Namespaces, Versions: []string{"v1"}, Kind: "Namespace", Plural: "namespaces"},
		// The ConfigMap of Flannel, as RKE1 and RKE2 name it, and as Flannel's own manifest does: rke/templates of
		// rancher/kontainer-driver-metadata, packages/rke2-flannel of rancher/rke2-charts, Documentation/kube-flannel.yml of flannel-io/flannel.
		{
			Part: ConfigMaps, Versions: []string{"v1"}, Kind: "ConfigMap", Plural: "configmaps", Namespaced: true,
			Only: []string{"kube-system/kube-flannel-cfg", "kube-flannel/kube-flannel-cfg"},
		},
		{Part: HelmCharts, Group: "helm.cattle.io", Versions: []string{"v1"}, Kind: "HelmChart", Plural: "helmcharts", Namespaced: true},
		{Part: HelmChartConfigs, Group: "helm.cattle.io", Versions: []string{"v1"}, Kind: "HelmChartConfig", Plural: "helmchartconfigs", Namespaced: true},
		{Part: Installations, Group: "operator.tigera.io", Versions: []string{"v1"}, Kind: "Installation", Plural: "installations"},
		// Calico keeps its resources in these unless its own API server is installed, which then has them in both.
		{Part: IPPools, Group: "crd.projectcalico.org", Versions: []string{"v1"}, Kind: "IPPool", Plural: "ippools"},
		{Part: IPAMConfigs, Group: "crd.projectcalico.org", Versions: []string{"v1"}, Kind: "IPAMConfig", Plural: "ipamconfigs"},
		{Part: NetworkPolicies, Group: "networking.k8s.io", Versions: []string{"v1"}, Kind: "NetworkPolicy", Plural: "networkpolicies", Namespaced: true},
		{Part: StorageClasses, Group: "storage.k8s.io", Versions: []string{"v1"}, Kind: "StorageClass", Plural: "storageclasses"},
		{Part: CSIDrivers, Group: "storage.k8s.io", Versions: []string{"v1"}, Kind: "CSIDriver", Plural: "csidrivers"},
		{Part: CSINodes, Group: "storage.k8s.io", Versions: []string{"v1"}, Kind: "CSINode", Plural: "csinodes"},
		{Part: PersistentVolumes, Versions: []string{"v1"}, Kind: "PersistentVolume", Plural: "persistentvolumes"},
		{Part: PersistentVolumeClaims, Versions: []string{"v1"}, Kind: "PersistentVolumeClaim", Plural: "persistentvolumeclaims", Namespaced: true, Scoped: true},
		{
			Part: ClaimEvents, Versions: []string{"v1"}, Kind: "Event", Plural: "events", Namespaced: true, Scoped: true,
			Fields: "involvedObject.kind=PersistentVolumeClaim",
		},
	}
}

// Take makes an object of one that was read, and tells what it is; false when it is of no part.
func Take(body map[string]any) (Resource, Object, bool) {
	u := unstructured.Unstructured{Object: body}
	ref := object.Ref{APIVersion: u.GetAPIVersion(), Kind: u.GetKind(), Namespace: u.GetNamespace(), Name: u.GetName()}
	res, known := resourceOf(ref, body)
	if !known {
		return Resource{}, Object{}, false
	}
	return res, Object{Ref: ref, Labels: u.GetLabels(), Annotations: u.GetAnnotations(), Body: body}, true
}

func resourceOf(ref object.Ref, body map[string]any) (Resource, bool) {
	group, _, grouped := strings.Cut(ref.APIVersion, "/")
	if !grouped {
		group = ""
	}
	about, _ := body["involvedObject"].(map[string]any)
	all := Resources()
	i := slices.IndexFunc(all, func(r Resource) bool {
		return r.Group == group && r.Kind == ref.Kind && (r.Part != ClaimEvents || about["kind"] == "PersistentVolumeClaim")
	})
	if i < 0 || len(all[i].Only) > 0 && !slices.Contains(all[i].Only, ref.Namespace+"/"+ref.Name) {
		return Resource{}, false
	}
	return all[i], true
}
