package azurefile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Verb says what is done with an object.
type Verb string

// The verbs.
const (
	Create    Verb = "create"
	Update    Verb = "update"
	Replace   Verb = "replace" // deleted and made anew: the API server changes no immutable field
	Blocked   Verb = "blocked" // an immutable field differs, and nobody asked for a replacement
	Unchanged Verb = "unchanged"
	Apply     Verb = "apply" // what is there could not be read
)

// Action is what is done with one object.
type Action struct {
	Verb    Verb
	Ref     object.Ref
	Object  map[string]any // what is applied: the fields that are ours, and no others
	Changes []Change       // of an object that is there
	Reason  string         // why it is done
	// Force takes the fields from another owner: only for those that somebody asked to have changed by name.
	Force bool
	// Old is the class that is replaced, and Claims and Volumes are what was made with it.
	Old             *storagev1.StorageClass
	Claims, Volumes []object.Ref
}

// Change is one field of an object that is not as wanted.
type Change struct {
	Field     string
	Old, New  string // "(none)" when it is not there
	Immutable bool
}

// None stands for the value of a field that is not there.
const None = "(none)"

// Plan is what has to be done for a cluster to have what is wanted.
type Plan struct {
	Actions  []Action
	Warnings []string // what a user has to know before it is done
	Notes    []string // what else is the case
}

// RefusedError says why what is wanted cannot be had in this cluster.
type RefusedError struct{ Reason, Hint string }

func (e *RefusedError) Error() string { return e.Reason }

// Make compares what is wanted with what there is. The request has no Problems. The error is a *RefusedError.
func Make(r Request, have *Have) (*Plan, error) {
	want := r.class()
	p := &Plan{}
	old := have.Class(want.Name)
	if err := p.refuse(r, have, old); err != nil {
		return nil, err
	}
	p.class(r, want, old, have)
	if r.InTree {
		p.roles(have)
	}
	if r.Default {
		p.defaults(r, want.Name, have)
	}
	p.tell(r, want, have)
	return p, nil
}

// refuse says what cannot be had at all.
func (p *Plan) refuse(r Request, have *Have, old *storagev1.StorageClass) error {
	if r.InTree && have.minor() == 0 {
		return &RefusedError{
			Reason: "the in-tree driver ended with Kubernetes 1.30, and the version of the API server is not known",
			Hint:   "--kube-version says it",
		}
	}
	if r.InTree && have.minor() >= inTreeGone {
		return &RefusedError{
			Reason: fmt.Sprintf("the API server is %s, and the in-tree driver %s ended with Kubernetes 1.30", have.Version, InTree),
			Hint:   "without --in-tree the class is for " + Driver,
		}
	}
	if old == nil {
		return nil
	}
	wanted := Driver
	if r.InTree {
		wanted = InTree
	}
	if old.Provisioner == wanted {
		return nil
	}
	refused := &RefusedError{
		Reason: fmt.Sprintf("StorageClass %s is there already and is of another provisioner: %s, not %s", old.Name, old.Provisioner, wanted),
		Hint:   "--name gives the class another name",
	}
	if old.Provisioner == InTree {
		refused.Hint = "azurefile migrate makes a class of " + Driver + " of it"
	}
	return refused
}

// class plans the class itself.
func (p *Plan) class(r Request, want, old *storagev1.StorageClass, have *Have) {
	a := Action{Ref: classRef(want.Name), Reason: "a class whose volumes Windows pods can mount"}
	if r.InTree {
		a.Reason = "a class of the in-tree driver, as on Rancher's page"
	}
	if old == nil {
		a.Verb, a.Object = Create, applied(want)
		if have.gap("storageclasses") {
			a.Verb, a.Reason = Apply, a.Reason+"; whether there is one already is not known"
		}
		p.Actions = append(p.Actions, a)
		return
	}
	a.Changes = differences(want, old)
	p.Notes = append(p.Notes, foreign(want, old)...)
	a.settle(want, old, r.Replace, have)
	p.Actions = append(p.Actions, a)
}

// settle finds what is to be done about differences.
func (a *Action) settle(want, old *storagev1.StorageClass, replace bool, have *Have) {
	fixed := slices.ContainsFunc(a.Changes, func(c Change) bool { return c.Immutable })
	adopt(want, old, fixed)
	if fixed {
		carry(want, old)
	}
	a.Object = applied(want)
	switch {
	case len(a.Changes) == 0:
		a.Verb = Unchanged
		return
	case !fixed:
		a.Verb = Update
		return
	case replace:
		a.Verb = Replace
	default:
		a.Verb = Blocked
	}
	a.Old = old
	a.Claims, a.Volumes = have.Using(old.Name)
}

// defaults plans that one class is the default.
func (p *Plan) defaults(r Request, name string, have *Have) {
	for i := range have.Classes {
		c := &have.Classes[i]
		if c.Name == name || !IsDefault(c) {
			continue
		}
		if !r.Unset {
			// pkg/volume/util/storageclass.go of k8s.io/kubernetes@v1.37.2: of several, the one that was made last.
			p.Warnings = append(p.Warnings, fmt.Sprintf("StorageClass %s is the default, too; claims without a class get the one that was created last (--unset-default makes %s the only one)", c.Name, name))
			continue
		}
		p.Actions = append(p.Actions, unset(c))
	}
}

// unset makes a class one that is not the default.
func unset(c *storagev1.StorageClass) Action {
	notes := map[string]any{}
	a := Action{Verb: Update, Ref: classRef(c.Name), Reason: "no longer the default class", Force: true}
	for _, key := range []string{defaultAnnotation, defaultAnnotationBeta} {
		if c.Annotations[key] == "true" {
			notes[key] = "false"
			a.Changes = append(a.Changes, Change{Field: object.Path{"metadata", "annotations", key}.String(), Old: "true", New: "false"})
		}
	}
	meta := map[string]any{"name": c.Name, "annotations": notes}
	if c.UID != "" {
		meta["uid"] = string(c.UID) // so that a class that is gone by then is not made
	}
	a.Object = map[string]any{"apiVersion": storagev1.SchemeGroupVersion.String(), "kind": "StorageClass", "metadata": meta}
	return a
}

// tell says what a user has to know.
func (p *Plan) tell(r Request, want *storagev1.StorageClass, have *Have) {
	for _, problem := range CheckParameters(want.Parameters) {
		if problem.Cause == NoEffect {
			p.Notes = append(p.Notes, problem.Message)
		}
	}
	if len(r.MountOptions) > 0 {
		left := "left out of the class"
		if r.Keep {
			left = "kept for Linux pods"
		}
		p.Notes = append(p.Notes, fmt.Sprintf("mountOptions %s: %s; on Windows the driver drops all of them", left, strings.Join(r.MountOptions, ", ")))
	}
	p.aboutCluster(r.InTree, have)
	sku := strings.ToLower(want.Parameters["skuName"])
	switch {
	case strings.Contains(sku, "v2_"):
		p.Notes = append(p.Notes, "shares of "+want.Parameters["skuName"]+" have at least 32 GiB: the driver rounds smaller claims up")
	case strings.HasPrefix(sku, "premium"):
		p.Notes = append(p.Notes, "shares of "+want.Parameters["skuName"]+" have at least 100 GiB: the driver rounds smaller claims up")
	}
}

// aboutCluster says what the cluster lacks. What could not be read is not known to lack.
func (p *Plan) aboutCluster(inTree bool, have *Have) {
	for _, gap := range have.Gaps {
		p.Warnings = append(p.Warnings, "not looked at: "+gap)
	}
	if inTree {
		p.Warnings = append(p.Warnings, inTreeEnds)
		if have.minor() >= migrationOn {
			p.Warnings = append(p.Warnings, "from Kubernetes 1.24 on, what the in-tree driver did is done by "+Driver+", which has to be installed all the same")
		}
	}
	if len(have.Nodes) == 0 && !have.gap("nodes") {
		p.Notes = append(p.Notes, "the cluster has no Windows node")
	}
	needs := !inTree || have.minor() >= migrationOn
	if needs && !have.Driver && !have.gap("csidrivers") {
		p.Warnings = append(p.Warnings, "the driver is not installed: there is no CSIDriver "+Driver+" (-o helmchart writes a HelmChart that installs it)")
		return
	}
	var without []string
	for _, n := range have.Nodes {
		if !n.Registered {
			without = append(without, n.Name)
		}
	}
	if needs && len(without) > 0 && !have.gap("csinodes") {
		p.Warnings = append(p.Warnings, "the driver has not registered on Windows nodes "+few(without)+"; azurefile check says why")
	}
}

// gap tells whether some kind could not be read.
func (h *Have) gap(plural string) bool {
	return slices.ContainsFunc(h.Gaps, func(g string) bool { return strings.Contains(g, " "+plural) })
}

// few names the first of many.
func few(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

func sorted[V any](m map[string]V) []string { return slices.SortedFunc(maps.Keys(m), cmp.Compare) }
