package chart

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"
)

// RecordError is a record of a release that cannot be read.
type RecordError struct {
	Where string // "Secret shop/sh.helm.release.v1.web.v3"
	Err   error
}

func (e *RecordError) Error() string { return e.Where + ": " + e.Err.Error() }

// Unwrap is what is wrong with it.
func (e *RecordError) Unwrap() error { return e.Err }

// AccessError is a refusal by the server's authorizer.
type AccessError struct {
	Verb, Resource, Namespace string
	Err                       error // the server's
}

// refusedUser finds the user in a refusal: pkg/endpoints/handlers/responsewriters/errors.go of k8s.io/apiserver.
var refusedUser = regexp.MustCompile(`User "([^"]+)" cannot`)

func (e *AccessError) Error() string {
	where := " in all namespaces"
	if e.Namespace != "" {
		where = " in namespace " + e.Namespace
	}
	user := ""
	if m := refusedUser.FindStringSubmatch(e.Err.Error()); m != nil {
		user = fmt.Sprintf(" for user %q", m[1])
	}
	return fmt.Sprintf("forbidden%s: needs the verb %s on %s%s, where HELM_DRIVER has Helm keep its releases", user, e.Verb, e.Resource, where)
}

// Unwrap is the server's answer.
func (e *AccessError) Unwrap() error { return e.Err }

// NoReleaseError is a name that no release has where it was looked for.
type NoReleaseError struct {
	Name, Namespace string
	Elsewhere       []string // other namespaces in which there is one of that name, as far as they may be read; sorted
	Tiller          string   // the namespace in which Helm 2 has one of that name; empty when it has none
}

func (e *NoReleaseError) Error() string {
	text := fmt.Sprintf("no release %s in namespace %s", e.Name, e.Namespace)
	if len(e.Elsewhere) > 0 {
		text += ", but in " + strings.Join(e.Elsewhere, ", ")
	}
	if e.Tiller != "" {
		text += "; namespace " + e.Tiller + " has one of Helm 2, which is too old to be read"
	}
	return text
}

// missing says where else there is a release of that name.
func (r *Releases) missing(ctx context.Context, name string) error {
	e := &NoReleaseError{Name: name, Namespace: r.options.Namespace}
	if heads, err := r.store.heads(ctx, "", name); err == nil {
		for _, h := range heads {
			e.Elsewhere = append(e.Elsewhere, h.namespace)
		}
		slices.Sort(e.Elsewhere)
		e.Elsewhere = slices.Compact(e.Elsewhere)
	}
	// Tiller's records: pkg/storage/driver/cfgmaps.go of k8s.io/helm, in the namespace that helm init made it in.
	const tillers = "kube-system"
	if s, err := newObjectStore(r.getter, "configmaps", "ConfigMap"); err == nil {
		old, err := s.labelled(ctx, tillers, labels.Set{"OWNER": "TILLER", "NAME": name})
		if err == nil && len(old) > 0 {
			e.Tiller = tillers
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return e
}

// SubchartsError is a release whose record does not have all of its chart. Helm leaves the sub-charts out of its records
// (https://github.com/helm/helm/issues/8480): an upgrade from the record alone would delete their objects.
type SubchartsError struct {
	Release, Chart, Version string
	Names                   []string // sub-charts, sorted
}

func (e *SubchartsError) Error() string {
	return fmt.Sprintf("release %s is of chart %s %s with sub-charts, which Helm does not keep: %s", e.Release, e.Chart, e.Version, strings.Join(e.Names, ", "))
}

// PendingError is a release that somebody is changing, or that was left in the middle of it.
type PendingError struct {
	Name, Namespace, Status string
	Revision                int
	Since                   time.Time
}

func (e *PendingError) Error() string {
	return fmt.Sprintf("release %s in namespace %s is %s since %s (revision %d): another operation is in progress, or was left half done",
		e.Name, e.Namespace, e.Status, stamp(e.Since), e.Revision)
}

// WayOut is what ends the state for good when nobody works on the release any more.
func (e *PendingError) WayOut() string {
	if e.Status == "pending-install" {
		return fmt.Sprintf("wait for it; if nobody works on it any more, helm uninstall %s --namespace %s, and install it again", e.Name, e.Namespace)
	}
	return fmt.Sprintf("wait for it; if nobody works on it any more, helm rollback %s --namespace %s", e.Name, e.Namespace)
}
