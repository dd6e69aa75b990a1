package dialect

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/splice"
)

// The facts about Argo CD are of github.com/argoproj/argo-cd/v3 v3.5.7: docs/user-guide/helm.md and
// pkg/apis/application/v1alpha1/values.go.
func applicationKind() kind { return kind{"argoproj.io", "Application"} }

// source finds the source with the chart in an Application.
func source(e existing, chart Chart) (object.Path, error) {
	list, ok := object.Path{"spec", "sources"}.In(e.object).([]any)
	if !ok {
		return object.Path{"spec", "source"}, nil
	}
	var named, helm []int
	for i, s := range list {
		folder := path.Base(textOf(object.Path{"path"}.In(s)))
		if chart.Name != "" && (textOf(object.Path{"chart"}.In(s)) == chart.Name || folder == chart.Name) {
			named = append(named, i)
		}
		if (object.Path{"helm"}).In(s) != nil || (object.Path{"chart"}).In(s) != nil {
			helm = append(helm, i)
		}
	}
	switch {
	case len(named) == 1:
		return object.Path{"spec", "sources", named[0]}, nil
	case len(named) == 0 && len(helm) == 1:
		return object.Path{"spec", "sources", helm[0]}, nil
	default:
		return nil, fmt.Errorf("%s: spec.sources has %d that could be the chart %s, want one", e, max(len(named), len(helm)), chart.Name)
	}
}

// readApplication reads valuesObject, or values when there is none: Argo CD does not merge the two (ValuesYAML).
func readApplication(data []byte, t Target) (map[string]any, error) {
	e, err := one(data, applicationKind(), t.name())
	if err != nil {
		return nil, err
	}
	at, err := source(e, t.Chart)
	if err != nil {
		return nil, err
	}
	if at := at.Then("helm", "valuesObject"); at.In(e.object) != nil {
		got, err := mapAt(e.object, at)
		return Merge(nil, got), err
	}
	return contentAt(e.object, at.Then("helm", "values"))
}

func writeApplication(o *order) (Output, error) {
	if o.target.Existing != nil {
		return editApplication(o)
	}
	var out Output
	text, err := o.overlay.YAML()
	if err != nil {
		return Output{}, err
	}
	var p page
	p.field(0, "apiVersion", "argoproj.io/v1alpha1")
	p.field(0, "kind", "Application")
	p.field(0, "metadata", "")
	p.field(1, "name", o.target.name())
	p.field(1, "namespace", "argocd")
	p.field(0, "spec", "")
	p.field(1, "project", "default")
	p.field(1, "source", "")
	out.argoChart(&p, o.target.Chart)
	p.field(2, "helm", "")
	p.field(3, "releaseName", o.target.name())
	if hasNull(o.overlay.Tree()) {
		p.literal(3, "values", string(text)) // kubectl apply loses a null in valuesObject
	} else {
		p.tree(3, "valuesObject", text)
	}
	p.field(1, "destination", "")
	p.field(2, "server", "https://kubernetes.default.svc")
	p.field(2, "namespace", cmp.Or(o.target.Namespace, "default"))
	out.Data = p.bytes()
	return out, nil
}

// argoChart writes where the chart is, as far as it is known.
func (out *Output) argoChart(p *page, c Chart) {
	repo, chart := c.Repo, c.Name
	switch from, name := c.from(); from {
	case repository:
	case registry:
		repo, chart = path.Split(strings.TrimPrefix(c.Ref, "oci://"))
		repo = strings.TrimSuffix(repo, "/") // of a registry, without oci://
	case folder:
		p.b.WriteString("    repoURL: \"\" # the address of the Git repository\n")
		p.field(2, "path", relative(name))
		out.note("fill in spec.source.repoURL: where Argo CD finds the chart is not known")
		return
	default:
		p.b.WriteString("    repoURL: \"\" # the address of the repository\n")
		p.field(2, "chart", c.Name)
		p.field(2, "targetRevision", cmp.Or(c.Version, "*"))
		out.note("fill in spec.source.repoURL: where Argo CD finds the chart is not known")
		return
	}
	p.field(2, "repoURL", repo)
	p.field(2, "chart", chart)
	p.field(2, "targetRevision", cmp.Or(c.Version, "*"))
}

func editApplication(o *order) (Output, error) {
	e, err := one(o.target.Existing, applicationKind(), o.target.name())
	if err != nil {
		return Output{}, err
	}
	at, err := source(e, o.target.Chart)
	if err != nil {
		return Output{}, err
	}
	atHelm := at.Then("helm")
	all, structured, err := applicationEdits(o, e, atHelm)
	if err != nil {
		return Output{}, err
	}
	data, err := e.edit(all)
	if err != nil {
		return Output{}, err
	}
	out := Output{Data: data}
	parameters, _ := atHelm.Then("parameters").In(e.object).([]any)
	for _, item := range parameters {
		if name := textOf(object.Path{"name"}.In(item)); sets(o.overlay.Tree(), name) {
			out.note("%s: helm.parameters has %s, which counts more than the values written here: take it out", e, name)
		}
	}
	if files, _ := atHelm.Then("valueFiles").In(e.object).([]any); len(files) > 0 {
		out.note("%s: the files in helm.valueFiles count less than the values written here, and were not seen: give them with --values", e)
	}
	if structured {
		out.nulls(o, "Application")
	}
	return out, nil
}

// applicationEdits are the edits of the values where the Application has them: in valuesObject when that is there, because it makes
// Argo CD pass over values; else in values. New ones go to valuesObject, but for a null, which kubectl apply would lose in it.
func applicationEdits(o *order, e existing, atHelm object.Path) (all []splice.Edit, structured bool, err error) {
	text, err := stringAt(e.object, atHelm.Then("values"))
	if err != nil {
		return nil, false, err
	}
	there := atHelm.Then("valuesObject").In(e.object) != nil
	if !there && (strings.TrimSpace(text) != "" || hasNull(o.overlay.Tree())) {
		all, err = contentEdit(o.overlay, e.object, atHelm.Then("values"))
		return all, false, err
	}
	have, err := mapAt(e.object, atHelm.Then("valuesObject"))
	if err != nil {
		return nil, false, err
	}
	all, err = edits(o.overlay, have, atHelm.Then("valuesObject"))
	return all, true, err
}
