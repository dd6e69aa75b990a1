package hostprocess

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// PodSecurity judges pods by the Pod Security Standards as the API server of a version does, with its own library.
type PodSecurity struct {
	evaluator policy.Evaluator
	defaults  api.Policy
	// configured says why the defaults are others than Kubernetes'; empty when they are not known to be.
	configured string
	exempt     []string
}

// NewPodSecurity is that of an API server. A server of which no version is known, or a newer one, is taken for the newest that the
// library knows. Namespaces whose labels do not say are privileged: configured ones see Configured.
func NewPodSecurity(server platform.Version) (*PodSecurity, error) {
	var emulate *api.Version
	if server != (platform.Version{}) {
		v := api.MajorMinorVersion(server.Major, server.Minor)
		emulate = &v
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), emulate)
	if err != nil {
		return nil, fmt.Errorf("reading the Pod Security Standards: %w", err)
	}
	return &PodSecurity{evaluator: evaluator, defaults: defaultsOf(api.LevelPrivileged)}, nil
}

// defaultsOf are the defaults of a server that enforces, audits and warns by one level.
func defaultsOf(level api.Level) api.Policy {
	all := api.LevelVersion{Level: level, Version: api.LatestVersion()}
	return api.Policy{Enforce: all, Audit: all, Warn: all}
}

// Hardened has the server enforce restricted wherever labels do not say, but for namespaces that it exempts: what RKE2 does with a
// profile cis. Why says how that is known.
// Source: docs/security/pod_security_standards.md of rancher/rke2-docs.
func (p *PodSecurity) Hardened(why string) {
	p.defaults, p.configured = defaultsOf(api.LevelRestricted), why
	p.exempt = []string{"kube-system", "compliance-operator-system", "tigera-operator"}
}

// Policy is what counts in a namespace, by its labels and the defaults.
type Policy struct {
	Enforce, Audit, Warn api.LevelVersion
	// Labeled tells that a label says what is enforced.
	Labeled bool
	// Exempt tells that the server is known to exempt the namespace from everything.
	Exempt bool
	// Problems are the labels that do not parse: the server takes restricted, and latest, instead of them.
	Problems []string
}

// Of is the policy of a namespace with labels.
func (p *PodSecurity) Of(namespace string, labels map[string]string) Policy {
	found, errs := api.PolicyToEvaluate(labels, p.defaults)
	out := Policy{Enforce: found.Enforce, Audit: found.Audit, Warn: found.Warn, Exempt: slices.Contains(p.exempt, namespace)}
	_, out.Labeled = labels[api.EnforceLevelLabel]
	for _, err := range errs {
		out.Problems = append(out.Problems, err.Error())
	}
	return out
}

// Violation is why a policy refuses a pod, in the words of the API server behind "is forbidden"; empty when it admits the pod. Annotations of a
// pod count, too: those of AppArmor and seccomp; nil is none.
func (p *PodSecurity) Violation(lv api.LevelVersion, meta *metav1.ObjectMeta, spec *corev1.PodSpec) string {
	if meta == nil {
		meta = &metav1.ObjectMeta{}
	}
	result := policy.AggregateCheckResults(p.evaluator.EvaluatePod(lv, meta, spec))
	if result.Allowed {
		return ""
	}
	return fmt.Sprintf("violates PodSecurity %q: %s", lv.String(), result.ForbiddenDetail())
}

// Namespace is what Pod Security makes of HostProcess pods in a namespace. The judgement is of one that asks for nothing else.
type Namespace struct {
	Name    string `json:"name"`
	Enforce string `json:"enforce"` // "baseline:latest", by labels or by default
	Audit   string `json:"audit"`
	Warn    string `json:"warn"`
	// Labeled tells that a label of the namespace says what is enforced; otherwise the server's default does, which the API does not show.
	Labeled bool `json:"labeled"`
	Judgement
}

// minimal is a HostProcess pod that has all that the standards ask of any pod, so that only what makes it one stands against it.
func minimal() *corev1.PodSpec {
	yes, no := true, false
	return &corev1.PodSpec{
		HostNetwork: true,
		SecurityContext: &corev1.PodSecurityContext{
			WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: &yes}, RunAsNonRoot: &yes,
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []corev1.Container{{Name: "container", SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: &no, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		}}},
	}
}

// Namespace decides about a namespace with labels.
func (p *PodSecurity) Namespace(name string, labels map[string]string) Namespace {
	found := p.Of(name, labels)
	n := Namespace{
		Name: name, Enforce: found.Enforce.String(), Audit: found.Audit.String(), Warn: found.Warn.String(), Labeled: found.Labeled,
		Judgement: Judgement{Verdict: Runs},
	}
	for _, problem := range found.Problems {
		n.note("a label does not parse, and the server takes the strictest instead: " + problem)
	}
	p.judge(&n.Judgement, found, &metav1.ObjectMeta{}, minimal())
	return n
}

// judge decides about a pod in a namespace with a policy.
func (p *PodSecurity) judge(j *Judgement, in Policy, meta *metav1.ObjectMeta, spec *corev1.PodSpec) {
	if in.Exempt {
		j.note("exempt from Pod Security: " + p.configured)
		return
	}
	if why := p.Violation(in.Enforce, meta, spec); why != "" {
		j.not(why)
		if !in.Labeled {
			j.add("by default: " + p.configured)
		}
		return
	}
	if !in.Labeled && p.configured == "" {
		j.note("no label says what is enforced: the server's default does, which is privileged unless it is configured otherwise")
	}
	for _, mode := range []struct {
		name string
		lv   api.LevelVersion
	}{{"warns", in.Warn}, {"audits", in.Audit}} {
		if why := p.Violation(mode.lv, meta, spec); why != "" {
			j.note(fmt.Sprintf("%s: would %s", mode.name, strings.Replace(why, "violates", "violate", 1)))
		}
	}
}
