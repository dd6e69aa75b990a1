package hostprocess

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Admission is what Pod Security makes of pods in the namespaces of a cluster.
type Admission struct {
	security *PodSecurity
	labels   map[string]map[string]string // of the namespaces, by name
	broken   string                       // why it cannot be told at all
}

// AdmissionOf is that of namespaces, for an API server of a version. The nodes tell whether RKE2 was told to harden it; there need be none.
func AdmissionOf(namespaces []inventory.Object, server string, nodes []inventory.Node) *Admission {
	a := &Admission{labels: map[string]map[string]string{}}
	for _, n := range namespaces {
		a.labels[n.Ref.Name] = n.Labels
	}
	version, err := platform.ParseVersion(server)
	if err != nil {
		version = platform.Version{} // the newest that the library knows
	}
	if a.security, err = NewPodSecurity(version); err != nil {
		a.broken = err.Error()
		return a
	}
	if why := hardened(nodes); why != "" {
		a.security.Hardened(why)
	}
	return a
}

// of is the namespace of an object that may not name one.
func of(namespace string) string {
	if namespace == "" {
		return metav1.NamespaceDefault
	}
	return namespace
}

// Known tells whether the labels of a namespace are known.
func (a *Admission) Known(namespace string) bool {
	_, known := a.labels[of(namespace)]
	return known && a.broken == ""
}

// Refuses are the words with which the API server refuses a pod in a namespace; empty when it admits the pod, and where that is not known.
func (a *Admission) Refuses(namespace string, spec *corev1.PodSpec) string {
	if !a.Known(namespace) {
		return ""
	}
	in := a.security.Of(of(namespace), a.labels[of(namespace)])
	if in.Exempt {
		return ""
	}
	return a.security.Violation(in.Enforce, &metav1.ObjectMeta{}, spec)
}

// Admits tells whether it is known that the API server admits a pod in a namespace.
func (a *Admission) Admits(namespace string, spec *corev1.PodSpec) bool {
	return a.Known(namespace) && a.Refuses(namespace, spec) == ""
}

// judge decides about a pod in a namespace whose labels are known.
func (a *Admission) judge(j *Judgement, namespace string, spec *corev1.PodSpec) {
	a.security.judge(j, a.security.Of(of(namespace), a.labels[of(namespace)]), &metav1.ObjectMeta{}, spec)
}

// Namespaces are all that are known, by name.
func (a *Admission) Namespaces() []Namespace {
	out := []Namespace{}
	if a.broken != "" {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(a.labels)) {
		out = append(out, a.security.Namespace(name, a.labels[name]))
	}
	return out
}

// hardened says how it is known that the server enforces restricted by default; empty when it is not known to. RKE2 does so with a profile
// that begins with cis: docs/security/pod_security_standards.md of rancher/rke2-docs.
func hardened(nodes []inventory.Node) string {
	for _, n := range nodes {
		args, err := platform.ReadNodeArgs(n.Annotations)
		if err != nil || !args.Server() {
			continue
		}
		for _, profile := range args.Values("profile") {
			if strings.HasPrefix(profile, "cis") {
				return fmt.Sprintf("RKE2 runs with --profile %s, as node %s tells", profile, n.Name)
			}
		}
	}
	return ""
}
