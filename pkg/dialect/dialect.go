// Package dialect writes an overlay, and the patches of pods that no value reaches, in the form in which a chart is deployed: a
// values file, flags, a HelmChartConfig, a fleet.yaml, a HelmRelease and so on; and reads the values back out of each.
// It must not render, judge or apply: it is given an overlay and returns text.
package dialect

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/winready/kubectl-winready/pkg/values"
)

// Format is one form in which charts are deployed.
type Format struct {
	Name string
	// Doc says what it is, for a help text.
	Doc string
	// Kinds are what Target.Existing may be, the one that counts most first. Without any there can be nothing to edit.
	Kinds []string
	// Patches tells that Write puts the Fallback into what it writes.
	Patches bool

	write func(*order) (Output, error)
	read  func([]byte, Target) (map[string]any, error)
}

// Formats are all there are, sorted by name.
func Formats() []Format {
	return []Format{
		{
			Name: "argocd", Doc: "an Argo CD Application", Kinds: []string{"Application"},
			write: writeApplication, read: readApplication,
		},
		{
			Name: "chartvalues", Doc: "the chartValues of a cluster that Rancher provisions", Kinds: []string{"Cluster"},
			write: writeCluster, read: readCluster,
		},
		{
			Name: "fleet", Doc: "a fleet.yaml", Kinds: []string{fleetFile}, Patches: true,
			write: writeFleet, read: readFleet,
		},
		{
			Name: "flux", Doc: "a Flux HelmRelease", Kinds: []string{"HelmRelease"}, Patches: true,
			write: writeHelmRelease, read: readHelmRelease,
		},
		{
			Name: "helmchartconfig", Doc: "a HelmChartConfig of RKE2 or K3s", Kinds: []string{"HelmChartConfig", "HelmChart"},
			write: writeHelmChartConfig, read: readHelmChartConfig,
		},
		{
			Name: "rancher-app", Doc: "the body of an upgrade of a Rancher App", Kinds: []string{"App"},
			write: writeUpgrade, read: readUpgrade,
		},
		{Name: "set", Doc: "flags for helm", write: writeFlags, read: readFlags},
		{Name: "values", Doc: "a values file", write: writeValues, read: readValues},
	}
}

// Lookup finds a format by its name.
func Lookup(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// File is a file next to the main document.
type File struct {
	Path string // from the folder of the main document, with slashes
	Data []byte
}

// Clusters are those that Fleet is to deploy to in another way than to the rest. The zero value is all.
type Clusters struct {
	Name   string            // of the entry in targetCustomizations
	Labels map[string]string // that a cluster has to have
}

// Target is what the overlay is for.
type Target struct {
	Chart Chart
	// Release is the chart's name when it is empty.
	Release string
	// Namespace is where the object goes in the dialects of which the objects have one for themselves, else that of the release.
	// Empty is what the dialect has by default.
	Namespace string
	// Existing is the document to edit: of a stream or a List, the one that fits. Nil: a new one is written.
	Existing []byte
	// Beside are files that Existing names, as far as they are known.
	Beside []File
	// Hooks tells that hooks go through post-renderers: with Helm 4, Flux from 2.9 and Fleet from 0.15.
	Hooks bool
	// Clusters are for Fleet alone.
	Clusters Clusters
}

// name is the name of the release, which is that of the HelmChart, the HelmRelease and so on.
func (t Target) name() string { return cmp.Or(t.Release, t.Chart.Name) }

// Uncovered is a workload of the Fallback that the document could not place.
type Uncovered struct{ Workload, Reason string }

// Output is what was written.
type Output struct {
	Data      []byte
	Beside    []File   // has to be written too
	Notes     []string // what the reader has to know: how it is applied, what else has a say
	Uncovered []Uncovered
}

func (out *Output) note(format string, args ...any) {
	out.Notes = append(out.Notes, fmt.Sprintf(format, args...))
}

// order is what Write was asked for.
type order struct {
	overlay  values.Overlay
	target   Target
	fallback Fallback
}

// Write writes the overlay. It reads back what it wrote: what would give the chart other values than those it had with the
// overlay on top is an error.
func (f Format) Write(o values.Overlay, t Target, fallback Fallback) (Output, error) {
	have := map[string]any{}
	if t.Existing != nil {
		var err error
		if have, err = f.Read(t.Existing, t); err != nil {
			return Output{}, err
		}
	}
	out, err := f.write(&order{overlay: o, target: t, fallback: fallback})
	if err != nil {
		return Output{}, fmt.Errorf("writing %s: %w", f.Doc, err)
	}
	t.Beside = append(out.Beside, t.Beside...)
	got, err := f.read(out.Data, t)
	if err != nil {
		return Output{}, fmt.Errorf("reading back %s: %w", f.Doc, err)
	}
	if path, ok := differs(got, Merge(have, o.Tree()), nil); ok {
		return Output{}, fmt.Errorf("writing %s: %s would not get the value it is to have", f.Doc, path)
	}
	return out, nil
}

// Read is the values that a document gives the chart: what a chart has to be rendered with before an overlay for this document
// is made, because an overlay holds lists whole.
func (f Format) Read(data []byte, t Target) (map[string]any, error) {
	if len(f.Kinds) == 0 && t.Existing != nil {
		return nil, fmt.Errorf("there is no document to edit for %s", f.Doc)
	}
	got, err := f.read(data, t)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Doc, err)
	}
	return got, nil
}

func writeValues(o *order) (Output, error) {
	data, err := o.overlay.YAML()
	return Output{Data: data}, err
}

func readValues(data []byte, _ Target) (map[string]any, error) { return readYAML(string(data)) }

// writeFlags writes a flag a line, continued as a shell continues lines: it can be pasted after helm install NAME CHART \.
func writeFlags(o *order) (Output, error) {
	flags := o.overlay.SetFlags()
	if len(flags) == 0 {
		return Output{}, nil
	}
	return Output{Data: []byte(strings.Join(flags, " \\\n") + "\n")}, nil
}
