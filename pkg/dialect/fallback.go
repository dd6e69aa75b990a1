package dialect

import (
	"fmt"
	"strings"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Document is one document of a render.
type Document struct {
	Source string // the template's path as Helm prints it
	Text   string
	Hook   bool
}

// Unreached is a workload that no value places, and what would.
type Unreached struct {
	Workload workload.Workload
	Changes  []steer.Change
}

// Fallback is what is to be done for the workloads that no value places. The zero value is nothing.
type Fallback struct {
	Unreached []Unreached
	// Render is all that the chart renders with the overlay, hooks included: kustomize reads it as a whole.
	Render []Document
}

// Rung is a way to place what no value reaches, as --fallback spells it.
type Rung string

// The rungs. PostRender is Helm's post-renderer, or what Flux and Fleet have instead: the patches that Write writes.
const (
	PostRender Rung = "post-render"
	Fork       Rung = "fork"
	Policy     Rung = "policy"
)

// Step is a rung that serves a workload, and why it does, or why those before it do not.
type Step struct {
	Rung Rung
	Why  string
}

// Serves are the rungs that serve a workload of this format, the one to take first. hooks is Target.Hooks.
func (f Format) Serves(hook, hooks bool) []Step {
	fork := Step{Fork, "a copy of the chart places it in its templates"}
	policy := Step{Policy, "the API server places its pods, whoever makes them"}
	switch f.Name {
	case "helmchartconfig", "chartvalues":
		// The job of helm-controller runs helm without --post-renderer (pkg/controllers/chart/chart.go, job).
		policy.Why = "helm-controller runs no post-renderer, and the charts that come with RKE2 and K3s cannot be exchanged for a copy"
		fork.Why = "for a HelmChart of one's own"
		return []Step{policy, fork}
	case "rancher-app":
		// pkg/catalogv2/helmop/operation.go of github.com/rancher/rancher passes on the fields of ChartUpgradeAction, none of which is one.
		policy.Why = "Rancher runs helm without a post-renderer"
		fork.Why = "from a repository of one's own"
		return []Step{policy, fork}
	case "argocd":
		// docs/user-guide/helm.md of github.com/argoproj/argo-cd: Argo CD runs helm template and nothing behind it.
		fork.Why = "Argo CD has no step behind helm template; " + fork.Why
		return []Step{fork, policy}
	}
	if hook && !hooks {
		fork.Why = noHooks(f.Name) + "; " + fork.Why
		return []Step{fork, policy}
	}
	return []Step{{PostRender, postRenders(f.Name)}, fork, policy}
}

// noHooks says why a post-renderer does not see a hook.
func noHooks(format string) string {
	switch format {
	case "flux":
		// CHANGELOG.md of github.com/fluxcd/helm-controller: 1.6.0, with which Flux 2.9 came, passes hooks to post-renderers. So did
		// 1.5.0 to 1.5.3 of Flux 2.8, and 1.5.4 does not (internal/action/install.go).
		return "Flux passes hooks to post-renderers from 2.9 on only"
	case "fleet":
		// go.mod of github.com/rancher/fleet: v0.14.0 has Helm 3, v0.15.0 has Helm 4.
		return "Fleet passes hooks to kustomize from 0.15 on only"
	default:
		// renderResources in pkg/action/action.go of Helm v3.22.0 takes the hooks out first.
		return "Helm 3 passes no hooks to post-renderers"
	}
}

func postRenders(format string) string {
	switch format {
	case "flux":
		return "spec.postRenderers of the HelmRelease"
	case "fleet":
		return "Fleet runs kustomize behind Helm" // internal/helmdeployer/postrender.go
	default:
		return "helm --post-renderer"
	}
}

// rendered is what kustomize is given: the objects by the ID of each workload, and why it would refuse them.
type rendered struct {
	byID     map[string]map[string]any
	refusals []string
}

// stream reads a render, of which kustomize is given the hooks, the rest or all.
func stream(docs []Document, take func(hook bool) bool) rendered {
	r := rendered{byID: map[string]map[string]any{}}
	taken := map[string]string{}
	for _, d := range docs {
		if !take(d.Hook) {
			continue
		}
		doc, err := manifest.Parse(d.Text)
		if err != nil {
			r.refuse(d, "%v", err)
			continue
		}
		for _, repeated := range doc.Repeated() {
			r.refuse(d, "%s is repeated", object.Path(repeated.Path))
		}
		for _, obj := range flat(doc.Object()) {
			if why := incomplete(obj); why != "" {
				r.refuse(d, "%s", why)
			} else if other, ok := taken[identity(obj)]; ok {
				r.refuse(d, "%s %s is in %s too", textOf(obj["kind"]), nameOf(obj), other)
			}
			taken[identity(obj)] = d.Source
			for _, w := range workload.Of(obj) {
				r.byID[w.ID()] = obj
			}
		}
	}
	return r
}

func (r *rendered) refuse(d Document, format string, args ...any) {
	r.refusals = append(r.refusals, d.Source+": "+fmt.Sprintf(format, args...))
}

// flat are the objects of a List, or the object itself: kustomize takes Lists apart.
func flat(obj map[string]any) []map[string]any {
	if len(obj) == 0 {
		return nil
	}
	items, ok := obj["items"].([]any)
	if !ok || !strings.HasSuffix(textOf(obj["kind"]), "List") {
		return []map[string]any{obj}
	}
	var out []map[string]any
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, flat(m)...)
		}
	}
	return out
}

// incomplete says what kustomize misses in an object: Validate in api/resource/factory.go and GetValidatedMetadata in
// kyaml/yaml/rnode.go of sigs.k8s.io/kustomize v0.21.1.
func incomplete(obj map[string]any) string {
	if textOf(obj["kind"]) == "" {
		return "an object without kind"
	}
	if nameOf(obj) == "" {
		return "a " + textOf(obj["kind"]) + " without name"
	}
	return ""
}

// identity is what kustomize takes for the same object: resid.ResId, in which no namespace is the namespace default.
func identity(obj map[string]any) string {
	namespace := textOf(object.Path{"metadata", "namespace"}.In(obj))
	if namespace == "" {
		namespace = "default"
	}
	return strings.Join([]string{textOf(obj["apiVersion"]), textOf(obj["kind"]), namespace, nameOf(obj)}, "|")
}
