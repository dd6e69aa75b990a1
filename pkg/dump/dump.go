// Package dump reads manifests and saved clusters into an inventory: files as they are written for kubectl apply, and what
// "kubectl get -o yaml" writes. It must not render, judge or reach for a cluster.
package dump

import (
	"fmt"
	"io"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Scope says which objects of a saved cluster count. The zero value takes all. Nodes always count.
type Scope struct {
	Namespace string          // empty: every namespace
	Selector  labels.Selector // of the labels of workloads and pods; nil: all
}

// Reader gathers what files hold. The zero value is not ready: use New.
type Reader struct {
	scope    Scope
	census   *census.Census
	texts    []inventory.Text
	events   []*corev1.Event // until all pods are known
	uids     map[string]bool // of the objects that came from a server: kubectl get may have been asked for one twice
	nodes    int
	pods     int                     // those that came from a server
	read     int                     // objects of any kind
	broken   int                     // documents
	parts    map[inventory.Kind]bool // of which there was an object
	rancher  []inventory.Record
	recorded bool   // a file has Rancher's record
	server   string // the version of the API server, if a file tells it
}

// New is a reader that has read nothing.
func New(scope Scope) *Reader {
	return &Reader{scope: scope, census: census.Selecting(scope.Selector), uids: map[string]bool{}, parts: map[inventory.Kind]bool{}}
}

// Read gathers the objects of one file, whose name is for findings. What does not parse becomes a text with a problem, and the
// rest of the file is read all the same. The error is that of the reader.
func (r *Reader) Read(in io.Reader, file string) error {
	return manifest.Stream(in, func(i manifest.Item) error {
		at := object.Location{File: file, Line: i.Line}
		if i.Err != nil {
			r.broken++
			r.texts = append(r.texts, inventory.Text{Location: at, Problem: i.Err.Error()})
			return nil //nolint:nilerr // it is told as a text with a problem, and the rest is read all the same
		}
		if obj := i.Object(); obj != nil {
			r.document(i, obj, nil, at)
		}
		return nil
	})
}

// Documents is how many objects were read, and how many documents that could not be.
func (r *Reader) Documents() int { return r.read + r.broken }

// document gathers an object, or the items of a List that the stream did not take apart.
func (r *Reader) document(i manifest.Item, obj map[string]any, at object.Path, where object.Location) {
	kind, _ := obj["kind"].(string)
	items, isList := obj["items"].([]any)
	if isList && strings.HasSuffix(kind, "List") && len(at) < maxNesting {
		for n, item := range items {
			m, ok := item.(map[string]any)
			if !ok {
				continue
			}
			// The items of a NodeList and the like come without a kind from the API.
			if _, has := m["kind"]; !has && kind != "List" {
				m["kind"], m["apiVersion"] = strings.TrimSuffix(kind, "List"), obj["apiVersion"]
			}
			here := at.Then("items", n)
			place := where
			place.Line, _ = i.Locate(here)
			r.document(i, m, here, place)
		}
		return
	}
	if kind == "" {
		r.version(obj)
		return // a values.yaml, a workflow: not Kubernetes' business
	}
	r.object(i, obj, at, where)
}

// maxNesting bounds Lists in Lists.
const maxNesting = 8

// identity is what is read of an object before anything else.
type identity struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
}

func (r *Reader) object(i manifest.Item, obj map[string]any, at object.Path, where object.Location) {
	meta, _ := obj["metadata"].(map[string]any)
	uid, _ := meta["uid"].(string)
	if uid != "" && r.uids[uid] {
		return
	}
	r.read++
	if uid != "" {
		r.uids[strings.Clone(uid)] = true
	}
	if len(at) == 0 {
		r.text(i, obj, where)
	}
	kind, _ := obj["kind"].(string)
	version, _ := obj["apiVersion"].(string)
	live := uid != ""
	switch {
	case kind == "Node" && version == "v1":
		decode(r, obj, where, func(n *corev1.Node) { r.nodes++; r.census.Node(n) })
	case kind == "ClusterReport" && version == recordVersion:
		r.record(obj, where)
	case r.part(i, obj, at, where):
	case !r.counts(obj):
	case kind == "Pod" && version == "v1" && live:
		decode(r, obj, where, func(p *corev1.Pod) { r.pods++; r.census.Pod(p) })
	case kind == "Event":
		decode(r, obj, where, func(e *corev1.Event) { r.events = append(r.events, e) })
	case kind == "RuntimeClass":
		decode(r, obj, where, func(c *nodev1.RuntimeClass) { r.census.RuntimeClass(*c) })
	default:
		r.workloads(i, obj, at, where, live)
	}
}

// part gathers an object of a part that is objects as they are, and tells whether it is one.
func (r *Reader) part(i manifest.Item, obj map[string]any, at object.Path, where object.Location) bool {
	res, o, known := inventory.Take(obj)
	switch {
	case !known:
		return false
	case res.Scoped && !r.counts(obj):
		return true
	}
	r.parts[res.Part] = true
	o.Location, o.At = where, at
	if meta, _ := obj["metadata"].(map[string]any); meta["uid"] == nil {
		o.Text = i.Document
	}
	r.census.Object(res.Part, o)
	return true
}

// recordVersion is the apiVersion of a ClusterReport, which "rancher cluster show -o yaml" writes.
const recordVersion = "winready.dev/v1alpha1"

// record notes what Rancher's record of the cluster says.
func (r *Reader) record(obj map[string]any, where object.Location) {
	type report struct {
		Requirements []inventory.Record `json:"requirements"`
	}
	decode(r, obj, where, func(found *report) { r.rancher, r.recorded = append(r.rancher, found.Requirements...), true })
}

// version notes what kubectl version -o json or yaml says of the server: a document that is no object.
func (r *Reader) version(obj map[string]any) {
	if text, found, _ := unstructured.NestedString(obj, "serverVersion", "gitVersion"); found {
		r.server = text
	}
}

// workloads gathers the workloads of an object.
func (r *Reader) workloads(i manifest.Item, obj map[string]any, at object.Path, where object.Location, live bool) {
	var owners []metav1.OwnerReference
	if live {
		var id identity
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(obj, &id); err == nil {
			owners = id.OwnerReferences
		}
	}
	found := workload.Of(obj)
	if len(found) > 0 && !r.selected(obj) {
		r.census.Unselected(refOf(obj), owners)
		return
	}
	for _, w := range found {
		w.Location = where
		one := inventory.Workload{Workload: w, At: at}
		if !live {
			one.Text = i.Document // of a saved cluster the line of the object is enough, and far less to keep
		}
		r.census.Workload(one, owners)
	}
}

// counts tells whether an object is within the scope.
func (r *Reader) counts(obj map[string]any) bool {
	meta, _ := obj["metadata"].(map[string]any)
	namespace, _ := meta["namespace"].(string)
	kind, _ := obj["kind"].(string)
	return r.scope.Namespace == "" || namespace == r.scope.Namespace || kind == "RuntimeClass"
}

// selected tells whether the selector matches the labels of an object. Pods come with their workloads: the census sees to it.
func (r *Reader) selected(obj map[string]any) bool {
	if r.scope.Selector == nil {
		return true
	}
	meta, _ := obj["metadata"].(map[string]any)
	own, _ := meta["labels"].(map[string]any)
	set := labels.Set{}
	for k, v := range own {
		set[k], _ = v.(string)
	}
	return r.scope.Selector.Matches(set)
}

// text notes what a document holds that is lost when it is decoded.
func (r *Reader) text(i manifest.Item, obj map[string]any, where object.Location) {
	t := inventory.Text{Object: refOf(obj), Location: where, Ignore: workload.IgnoreOf(obj)}
	for _, d := range i.Repeated() {
		t.Duplicates = append(t.Duplicates, inventory.Duplicate{
			Path: d.Path, Values: d.Values, Location: object.Location{File: where.File, Line: d.Line, Column: d.Column},
		})
	}
	if len(t.Duplicates) > 0 || t.Ignore != "" {
		r.texts = append(r.texts, t)
	}
}

func refOf(obj map[string]any) object.Ref {
	kind, _ := obj["kind"].(string)
	version, _ := obj["apiVersion"].(string)
	meta, _ := obj["metadata"].(map[string]any)
	namespace, _ := meta["namespace"].(string)
	return object.Ref{APIVersion: version, Kind: kind, Namespace: namespace, Name: manifest.NameOf(obj)}
}

// decode reads an object as its type. One that is not of its type is a text with a problem.
func decode[T any](r *Reader, obj map[string]any, where object.Location, use func(*T)) {
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(obj, typed); err != nil {
		r.texts = append(r.texts, inventory.Text{Object: refOf(obj), Location: where, Problem: fmt.Sprintf("decoding %s: %v", refOf(obj), err)})
		return
	}
	use(typed)
}

// Inventory is what was read. The reader must not be used afterwards.
func (r *Reader) Inventory(source string) *inventory.Inventory {
	for _, e := range r.events {
		r.census.Event(e)
		r.census.Refusal(e)
	}
	inv := r.census.Inventory()
	inv.Source = source
	inv.Texts = slices.SortedStableFunc(slices.Values(r.texts), func(a, b inventory.Text) int {
		return strings.Compare(a.Location.File, b.Location.File)
	})
	inv.Gaps[inventory.Chart] = inventory.Gap{Reason: "not a chart"}
	if inv.Version = r.server; r.server == "" {
		inv.Gaps[inventory.Server] = inventory.Gap{Reason: "files do not tell the version of a server"}
	}
	if inv.Rancher = r.rancher; !r.recorded {
		inv.Gaps[inventory.Rancher] = inventory.Gap{Reason: "the files have no record of Rancher: rancher cluster show --output yaml writes it"}
	}
	for _, res := range inventory.Resources() {
		if !r.parts[res.Part] {
			inv.Gaps[res.Part] = inventory.Gap{Reason: "there are no " + string(res.Part) + " in the files"}
		}
	}
	if r.nodes == 0 {
		inv.Gaps[inventory.Nodes] = inventory.Gap{Reason: "there are no nodes in the files"}
		inv.Gaps[inventory.Pools] = inventory.Gap{Reason: "there are no nodes in the files"}
	}
	if len(r.events) == 0 {
		inv.Gaps[inventory.Refusals] = inventory.Gap{Reason: "there are no events in the files"}
	}
	if r.pods == 0 {
		inv.Gaps[inventory.Pods] = inventory.Gap{Reason: "there are no running pods in the files"}
	}
	return inv
}
