package patch

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	nodev1 "k8s.io/api/node/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Inventory is what a chart renders to, with which of its values steer which workload and which steer nothing, as Inspect finds
// it. File names the file of a template, given its path as Helm prints it, and of Chart.yaml. Pools are left to the caller.
func Inventory(ctx context.Context, r *chart.Renderer, file func(source string) string) (*inventory.Inventory, error) {
	in, s, err := inspect(ctx, r)
	if err != nil {
		return nil, err
	}
	inv := &inventory.Inventory{
		Source: "chart " + r.Name(),
		Chart: &inventory.ChartFacts{
			Name: r.Name(), Version: r.Version(), File: file("Chart.yaml"), Annotations: r.Annotations(), Values: s.tree, Tried: true,
			Knobs: knobFacts(in.Knobs),
		},
		Gaps: map[inventory.Kind]inventory.Gap{
			inventory.Nodes:    {Reason: "a chart has no nodes"},
			inventory.Pods:     {Reason: "a chart has no running pods"},
			inventory.Server:   {Reason: "a chart has no server"},
			inventory.Rancher:  {Reason: "Rancher has no record of a chart"},
			inventory.Refusals: {Reason: "a chart has no events"},
		},
	}
	for i, p := range s.found.Pods {
		inv.Workloads = append(inv.Workloads, inventory.Workload{
			Workload: located(p, file), Text: p.Doc, At: p.SpecAt[:len(p.SpecAt)-len(p.SpecPath)],
			Reach: &inventory.Reach{Paths: steering(in.Workloads[i]), Reason: in.Workloads[i].Reason},
		})
	}
	inv.RuntimeClasses = classList(s.classes)
	docs, err := s.base.Documents()
	if err != nil {
		return nil, err
	}
	objects(inv, docs, file)
	for _, d := range docs {
		if t, ok := textOf(d, file(d.Source)); ok {
			inv.Texts = append(inv.Texts, t)
		}
	}
	return inv, nil
}

// objects adds what the chart has of the parts that are objects as they are. Of the others it has none by nature.
func objects(inv *inventory.Inventory, docs []chart.Document, file func(string) string) {
	inv.Objects = map[inventory.Kind][]inventory.Object{}
	for _, d := range docs {
		doc, err := manifest.Parse(d.Text)
		if err != nil {
			continue // a text with a problem
		}
		res, o, known := inventory.Take(doc.Object())
		if !known {
			continue
		}
		o.Text, o.Location = doc, object.Location{File: file(d.Source), Rendered: true}
		o.Location.Line, o.Location.Column = doc.Locate(nil)
		inv.Objects[res.Part] = append(inv.Objects[res.Part], o)
	}
	for _, res := range inventory.Resources() {
		if len(inv.Objects[res.Part]) == 0 {
			inv.Gaps[res.Part] = inventory.Gap{Reason: "the chart has no " + string(res.Part)}
		}
	}
}

// Rendered is what a chart renders to, without trying its values: its workloads and RuntimeClasses alone. File is as for Inventory.
func Rendered(ctx context.Context, r *chart.Renderer, file func(source string) string) (*inventory.Inventory, error) {
	base, err := r.Render(ctx, nil)
	if err != nil {
		return nil, err
	}
	docs, err := base.Documents()
	if err != nil {
		return nil, err
	}
	inv := &inventory.Inventory{Source: "chart " + r.Name(), RuntimeClasses: classList(runtimeClasses(docs)), Gaps: map[inventory.Kind]inventory.Gap{}}
	scan := chart.FindPods(docs)
	for _, p := range scan.Pods {
		inv.Workloads = append(inv.Workloads, inventory.Workload{
			Workload: located(p, file), Text: p.Doc, At: p.SpecAt[:len(p.SpecAt)-len(p.SpecPath)],
		})
	}
	if len(scan.Unreadable) > 0 {
		inv.Gaps[inventory.Workloads] = inventory.Gap{Reason: strings.Join(scan.Unreadable, "; "), Unread: true}
	}
	return inv, nil
}

func classList(classes map[string]*nodev1.Scheduling) []nodev1.RuntimeClass {
	var out []nodev1.RuntimeClass
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		out = append(out, nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Scheduling: classes[name]})
	}
	return out
}

// located is the workload of a pod, with the file of its template and its place in what was rendered.
func located(p chart.Pod, file func(string) string) workload.Workload {
	w := p.Workload
	w.Location = object.Location{File: file(p.Source), Rendered: true}
	w.Location.Line, w.Location.Column = p.Doc.Locate(p.SpecAt[:len(p.SpecAt)-len(p.SpecPath)])
	return w
}

// steering are the paths that could choose the nodes of a workload.
func steering(w InspectedWorkload) []string {
	return slices.Concat(w.Paths["nodeSelector"], w.Paths["affinity"])
}

func knobFacts(knobs []KnobReport) []inventory.Knob {
	var out []inventory.Knob
	for _, k := range knobs {
		if k.Status == "steers" || !k.Declared {
			continue
		}
		out = append(out, inventory.Knob{Path: k.Path, Field: k.Field, Problem: k.Problem, Breaks: k.Status == "broken"})
	}
	slices.SortFunc(out, func(a, b inventory.Knob) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// textOf is what a document holds that is lost when it is decoded; false when there is nothing of the kind.
func textOf(d chart.Document, file string) (inventory.Text, bool) {
	at := object.Location{File: file, Rendered: true}
	doc, err := manifest.Parse(d.Text)
	if err != nil {
		return inventory.Text{Location: at, Problem: err.Error()}, true
	}
	obj := doc.Object()
	kind, _ := obj["kind"].(string)
	version, _ := obj["apiVersion"].(string)
	meta, _ := obj["metadata"].(map[string]any)
	namespace, _ := meta["namespace"].(string)
	at.Line, at.Column = doc.Locate(nil)
	t := inventory.Text{
		Object:   object.Ref{APIVersion: version, Kind: kind, Namespace: namespace, Name: manifest.NameOf(obj)},
		Location: at, Ignore: workload.IgnoreOf(obj),
	}
	for _, r := range doc.Repeated() {
		t.Duplicates = append(t.Duplicates, inventory.Duplicate{
			Path: r.Path, Values: r.Values, Location: object.Location{File: file, Line: r.Line, Column: r.Column, Rendered: true},
		})
	}
	return t, len(t.Duplicates) > 0 || t.Ignore != ""
}
