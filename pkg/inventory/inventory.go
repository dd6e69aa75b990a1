// Package inventory is an immutable picture of a chart, of manifests or of a cluster, with what could not be read.
// It must not read, judge or print: sources fill it, rules look at it, and nobody changes it once it is made.
package inventory

import (
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Kind names one part of an inventory: what a rule declares that it needs, and what a source may not have been able to read.
type Kind string

// The parts of an inventory.
const (
	Workloads      Kind = "workloads"
	Pools          Kind = "pools"          // node pools, read or assumed
	Nodes          Kind = "nodes"          // nodes as they are
	Pods           Kind = "pods"           // pods as they run
	Events         Kind = "events"         // the API's events about pods
	Refusals       Kind = "refusals"       // the API's events about pods that it does not take
	RuntimeClasses Kind = "runtimeclasses" // node.k8s.io
	Server         Kind = "server"         // the version of the API server
	Documents      Kind = "documents"      // the text that was read
	Chart          Kind = "chart"          // Chart.yaml and the values of a chart
	Rancher        Kind = "rancher"        // what Rancher's own record of the cluster says
	Images         Kind = "images"         // what registries say of images, where they were asked
)

// Kinds are all parts, in the order in which documentation lists them.
func Kinds() []Kind {
	return []Kind{
		Workloads, Pools, Nodes, Pods, Events, Refusals, RuntimeClasses, Server, Documents, Chart, Images, Rancher,
		Namespaces, ConfigMaps, HelmCharts, HelmChartConfigs, Installations, IPPools, IPAMConfigs, NetworkPolicies,
		StorageClasses, CSIDrivers, CSINodes, PersistentVolumes, PersistentVolumeClaims, ClaimEvents,
	}
}

// Gap says why a part of an inventory is missing or not whole.
type Gap struct {
	// Reason says it to a user: "a chart has no nodes", "listing nodes: nodes is forbidden".
	Reason string
	// Unread tells that the part exists and could not be read. Without it, the source has no such part by nature.
	Unread bool
}

// Inventory is what was looked at. A part that is in Gaps may be empty or not whole.
type Inventory struct {
	Source string // what was read: "chart ./web", "context prod"
	// Cluster names the cluster where several are looked at together; empty otherwise. Unreachable is why nothing of it could be read.
	Cluster, Unreachable string
	Today                string // the day of the run, YYYY-MM-DD, for the ends of support
	Version              string // of the API server: "v1.34.1+rke2r1"; empty when there is none

	Pools []placement.Pool
	// PoolsAssumed tells that the pools are a preset: their nodes may have labels and taints that are not known.
	PoolsAssumed   bool
	Nodes          []Node
	Workloads      []Workload
	Pods           []PodGroup
	Refusals       []Refusal
	RuntimeClasses []nodev1.RuntimeClass
	Texts          []Text
	Chart          *ChartFacts
	// Objects are the parts that are objects as they are, sorted by namespace and name.
	Objects map[Kind][]Object
	// Distro is the distribution that the user named, as platform spells it; empty when it is to be detected.
	Distro platform.Distro
	// Rancher is Rancher's record of the cluster, held against what its guide asks for.
	Rancher []Record
	// Images are what registries say of images, by their names; nil when none was asked. Image reads it.
	Images map[string]platform.Image

	Gaps map[Kind]Gap
}

// Workload is one workload, with the text it was read from.
type Workload struct {
	workload.Workload
	Text Locator // nil when it was read from a cluster
	// At leads from Text to the object: empty but for the items of a List.
	At object.Path
	// Reach says, for a workload of a chart whose values were tried, whether a value steers its nodeSelector; nil when nobody tried.
	Reach *Reach
	// Static tells that the pods are files on their nodes, which no scheduler sees.
	Static bool
	// Admitted is what admission made of the pods' placement where that is more than the template has; nil otherwise.
	Admitted *Admitted
}

// Admitted is the placement of a workload's pods as the API server stored it: with what a RuntimeClass or an admission policy
// added.
type Admitted struct {
	NodeSelector map[string]string
	Tolerations  []corev1.Toleration
}

// Locator finds a field of an object in the text that it was read from.
type Locator interface {
	// Locate is the line and column of the value at a path, or of the nearest thing around it that is there. They count from 1.
	Locate(path []any) (line, column int)
}

// Text is one document that was read, or that could not be.
type Text struct {
	Object   object.Ref      // empty when the document is no object
	Location object.Location // where it starts, or where it does not parse
	// Ignore is the annotation winready.dev/ignore of the object.
	Ignore string
	// Duplicates are the keys that one map has twice.
	Duplicates []Duplicate
	// Problem says why the document could not be read; empty when it could.
	Problem string
}

// Duplicate is a key that occurs more than once in one map. The last one counts for Helm and kubectl.
type Duplicate struct {
	Path     object.Path // of the key
	Location object.Location
	Values   []string // of each occurrence that is a scalar, in document order; "" for others
}
