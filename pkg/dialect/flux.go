package dialect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/splice"
)

// The facts about Flux are of github.com/fluxcd/helm-controller v1.6.3: api/v2/helmrelease_types.go and
// docs/spec/v2/helmreleases.md.
func releaseKind() kind { return kind{"helm.toolkit.fluxcd.io", "HelmRelease"} }

func readHelmRelease(data []byte, t Target) (map[string]any, error) {
	e, err := one(data, releaseKind(), t.name())
	if err != nil {
		return nil, err
	}
	got, err := mapAt(e.object, atValues())
	return Merge(nil, got), err
}

func writeHelmRelease(o *order) (Output, error) {
	var out Output
	patches, strategy := out.fluxPatches(o)
	if o.target.Existing != nil {
		return out, out.editHelmRelease(o, patches, strategy)
	}
	text, err := o.overlay.YAML()
	if err != nil {
		return Output{}, err
	}
	var p page
	p.field(0, "apiVersion", "helm.toolkit.fluxcd.io/v2")
	p.field(0, "kind", "HelmRelease")
	p.field(0, "metadata", "")
	p.field(1, "name", o.target.name())
	p.given(1, "namespace", o.target.Namespace)
	if strings.Contains(string(text), "${") {
		p.field(1, "annotations", "")
		p.field(2, substitute, "disabled")
	}
	p.field(0, "spec", "")
	p.field(1, "interval", "1h")
	out.fluxChart(&p, o.target.Chart)
	p.tree(1, "values", text)
	if len(patches) > 0 {
		p.given(1, "postRenderStrategy", strategy)
		p.field(1, "postRenderers", "")
		p.b.WriteString("    - kustomize:\n        patches:\n")
		p.patches(5, patches)
	}
	out.Data = p.bytes()
	out.nulls(o, "HelmRelease")
	return out, nil
}

// substitute keeps a Kustomization of Flux from replacing ${...} in an object: docs/spec/v1/kustomizations.md of
// github.com/fluxcd/kustomize-controller, post build variable substitution.
const substitute = "kustomize.toolkit.fluxcd.io/substitute"

// fluxPatches are the patches of the post-renderer, and the strategy that has to be named for hooks to get there.
func (out *Output) fluxPatches(o *order) ([]patch, string) {
	if len(o.fallback.Unreached) == 0 {
		return nil, ""
	}
	all := func(bool) bool { return true }
	hooks := func(hook bool) bool { return hook }
	rest := func(hook bool) bool { return !hook }
	fallback, covers := out.withoutHooks(o, "flux")
	if !covers {
		patches, uncovered := fallback.patches(stream(o.fallback.Render, rest))
		out.Uncovered = append(out.Uncovered, uncovered...)
		return patches, ""
	}
	strategy, streams := "combined", []rendered{stream(o.fallback.Render, all)}
	if len(streams[0].refusals) > 0 { // a hook and an object that is no hook may have one name
		strategy, streams = "separate", []rendered{stream(o.fallback.Render, rest), stream(o.fallback.Render, hooks)}
	}
	patches, uncovered := fallback.patches(streams...)
	out.Uncovered = append(out.Uncovered, uncovered...)
	return patches, strategy
}

// withoutHooks is the fallback without the hooks, if they do not get to the post-renderer; what is told apart is reported. The
// second result tells that there are hooks in it.
func (out *Output) withoutHooks(o *order, format string) (Fallback, bool) {
	kept := Fallback{Render: o.fallback.Render}
	covers := false
	for _, u := range o.fallback.Unreached {
		switch hook := u.Workload.Hook(); {
		case hook && !o.target.Hooks:
			out.Uncovered = append(out.Uncovered, Uncovered{u.Workload.ID(), noHooks(format)})
			continue
		case hook:
			covers = true
		}
		kept.Unreached = append(kept.Unreached, u)
	}
	return kept, covers
}

// fluxChart writes where the chart is, as far as it is known.
func (out *Output) fluxChart(p *page, c Chart) {
	from, name := c.from()
	if from == registry {
		p.field(1, "chartRef", "")
		p.field(2, "kind", "OCIRepository")
		p.field(2, "name", c.Name)
		out.note("the HelmRelease needs an OCIRepository %s with the url %s", c.Name, c.Ref)
		return
	}
	kind, source, chart, version := "HelmRepository", c.Name, c.Name, c.Version
	switch from {
	case alias:
		source = name
		out.note("the HelmRelease needs a HelmRepository %s", source)
	case folder:
		kind, chart, version = "GitRepository", relative(name), ""
		out.note("the HelmRelease needs a GitRepository %s with the chart in %s", source, chart)
	case repository:
		out.note("the HelmRelease needs a HelmRepository %s with the url %s", source, c.Repo)
	default:
		out.note("the HelmRelease needs a HelmRepository %s that has the chart", source)
	}
	p.field(1, "chart", "")
	p.field(2, "spec", "")
	p.field(3, "chart", chart)
	p.given(3, "version", version)
	p.field(3, "sourceRef", "")
	p.field(4, "kind", kind)
	p.field(4, "name", source)
}

// editHelmRelease edits the values and the post-renderer that was written here before.
func (out *Output) editHelmRelease(o *order, patches []patch, strategy string) error {
	e, err := one(o.target.Existing, releaseKind(), o.target.name())
	if err != nil {
		return err
	}
	have, err := mapAt(e.object, atValues())
	if err != nil {
		return err
	}
	all, err := edits(o.overlay, have, atValues())
	if err != nil {
		return err
	}
	annotate, err := variables(o, e)
	if err != nil {
		return err
	}
	all = slices.Concat(annotate, all, rendererEdits(e.object, patches))
	now := textOf(object.Path{"spec", "postRenderStrategy"}.In(e.object))
	if len(patches) > 0 && strategy != "" && now != "separate" {
		all = append(all, splice.Edit{Path: object.Path{"spec", "postRenderStrategy"}, Value: strategy})
	}
	if out.Data, err = e.edit(all); err != nil {
		return err
	}
	out.fluxNotes(o, e)
	return nil
}

// variables is the edit that keeps a Kustomization from replacing ${ in the values, unless something in the HelmRelease may want
// that.
func variables(o *order, e existing) ([]splice.Edit, error) {
	text, err := o.overlay.YAML()
	if err != nil || !bytes.Contains(text, []byte("${")) || bytes.Contains(e.text, []byte("${")) {
		return nil, err
	}
	return []splice.Edit{{Path: object.Path{"metadata", "annotations", substitute}, Value: "disabled"}}, nil
}

// rendererEdits replace the patches that were written here before, or add a post-renderer.
func rendererEdits(obj map[string]any, patches []patch) []splice.Edit {
	at := object.Path{"spec", "postRenderers"}
	list, _ := at.In(obj).([]any)
	index := slices.IndexFunc(list, func(item any) bool { return own(object.Path{"kustomize", "patches"}.In(item)) })
	switch {
	case len(patches) == 0 && index < 0:
		return nil
	case len(patches) == 0 && len(list) == 1:
		return []splice.Edit{{Path: at, Remove: true}}
	case len(patches) == 0:
		return []splice.Edit{{Path: at.Then(index), Remove: true}}
	case index < 0:
		index = len(list)
	}
	items := make([]any, 0, len(patches))
	for _, p := range patches {
		target := map[string]any{}
		for _, e := range p.target {
			target[e.key] = e.value
		}
		items = append(items, map[string]any{"target": target, "patch": p.text})
	}
	return []splice.Edit{{Path: at.Then(index, "kustomize", "patches"), Value: items}}
}

// own tells whether all patches of a list were written here.
func own(list any) bool {
	l, _ := list.([]any)
	for _, item := range l {
		if !strings.HasPrefix(textOf(object.Path{"patch"}.In(item)), mark) {
			return false
		}
	}
	return len(l) > 0
}

// fluxNotes says what else has a say in the values.
func (out *Output) fluxNotes(o *order, e existing) {
	from, _ := object.Path{"spec", "valuesFrom"}.In(e.object).([]any)
	unseen := false
	for _, item := range from {
		switch target := textOf(object.Path{"targetPath"}.In(item)); {
		case target == "":
			unseen = true
		case sets(o.overlay.Tree(), target):
			out.note("%s: spec.valuesFrom sets %s, which counts more than the values written here: take it out", e, target)
		}
	}
	if unseen {
		out.note("%s: the values of spec.valuesFrom count less than those written here, and were not seen: give them with --values", e)
	}
	text, err := o.overlay.YAML()
	if annotated := textOf(object.Path{"metadata", "annotations", substitute}.In(e.object)); err == nil && annotated != "disabled" && bytes.Contains(text, []byte("${")) && bytes.Contains(e.text, []byte("${")) {
		out.note("%s: the values have ${, which a Kustomization with spec.postBuild replaces: annotate the HelmRelease with %s: disabled, or write $${", e, substitute)
	}
	out.nulls(o, "HelmRelease")
}

// nulls warns of kubectl apply. It sends a merge patch of custom resources, in which null removes a key, so that the chart's
// default stays. Creating, replacing and server-side apply keep nulls.
func (out *Output) nulls(o *order, kind string) {
	if hasNull(o.overlay.Tree()) {
		out.note("the values have a null, which kubectl apply loses when the %s is there already: use kubectl apply --server-side, or kubectl replace", kind)
	}
}
