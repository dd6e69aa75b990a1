// Package policy writes admission policies that place pods when they are made: those that neither a value nor a post-renderer
// reaches, such as the pods of hooks and of what an operator makes. It must not ask a cluster, and a policy that it writes must not
// touch a pod that says itself where it runs.
package policy

import (
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/validation"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Engine is what carries a policy out.
type Engine string

// The engines.
const (
	Admission Engine = "admission" // MutatingAdmissionPolicy, in the API server itself; the zero value is this one too
	Kyverno   Engine = "kyverno"   // kyverno.io/v1 Policy, for API servers that have no MutatingAdmissionPolicy
)

// Failure says what becomes of a pod when a policy cannot be carried out for it.
type Failure string

// The failure policies. The expressions of an Admission policy read nothing that a pod may lack, so that they do not fail on a pod
// that the server takes; what would fail is a server that cannot run them, and there a clear refusal is better than a pod that starts
// on the wrong system and breaks there. With Kyverno it is a webhook that does not answer.
const (
	Fail   Failure = "Fail"   // the pod is refused; the zero value is this one too, as it is the API's default
	Ignore Failure = "Ignore" // the pod goes where the scheduler likes
)

// Request says what a policy is to do.
type Request struct {
	Name       string      // of the objects; with several systems or with DaemonSets a suffix is added
	Namespace  string      // of the scopes that name none
	Scopes     []Scope     // whose pods are placed; at least one
	Aim        aim.Request // its pools, build and tolerations; patterns and OS do not count
	SetOSName  bool        // set os.name too, on pods without a field that the API server refuses beside it
	Engine     Engine
	APIVersion string // of admissionregistration.k8s.io, for Admission: "v1" when empty; see Versions
	Failure    Failure
}

// Policy is what was made of a request.
type Policy struct {
	// Notes say what the policy does not do, or does besides, in words for who applies it.
	Notes   []string
	objects []any
	header  []string
}

// systems are the systems in the order in which their policies are written.
func systems() []platform.OS { return []platform.OS{platform.Windows, platform.Linux} }

// Make makes the objects of a policy.
func Make(q Request) (*Policy, error) {
	q, err := settled(q)
	if err != nil {
		return nil, err
	}
	p := &Policy{}
	for _, os := range systems() {
		scopes := slices.DeleteFunc(slices.Clone(q.Scopes), func(s Scope) bool { return s.OS != os })
		if len(scopes) == 0 {
			continue
		}
		goal := q.Aim.Goal(os, nil)
		if len(goal.Pools()) == 0 {
			return nil, fmt.Errorf("there is no pool of %s nodes", os)
		}
		for _, on := range []target{podTarget(), daemonSetTarget()} {
			areas := areasOf(scopes, on)
			if len(areas) == 0 {
				continue
			}
			part := part{name: q.partName(os, on), target: on, areas: areas, goal: goal, osName: q.SetOSName}
			p.add(q, part)
		}
	}
	p.Notes = append(p.Notes, notes(q.Scopes)...)
	p.header = header(q, p.Notes)
	return p, nil
}

// Write is the YAML of the policy that a request asks for, with a comment on top.
func Write(q Request) ([]byte, error) {
	p, err := Make(q)
	if err != nil {
		return nil, err
	}
	return p.YAML()
}

// part are the pods of one system that one policy places, or the DaemonSets.
type part struct {
	name   string
	target target
	areas  []area
	goal   aim.Goal
	osName bool
}

func (p *Policy) add(q Request, part part) {
	if q.Engine == Kyverno {
		p.objects = append(p.objects, kyverno(q, part)...)
		return
	}
	p.objects = append(p.objects, admission(q, part)...)
}

// settled is the request with its defaults, and with scopes that are whole.
func settled(q Request) (Request, error) {
	if q.Engine == "" {
		q.Engine = Admission
	}
	if q.Failure == "" {
		q.Failure = Fail
	}
	if q.APIVersion == "" {
		q.APIVersion = Versions()[0].Name
	}
	if problems := validation.NameIsDNSSubdomain(q.Name, false); len(problems) > 0 {
		return q, fmt.Errorf("policy name %q: %s", q.Name, problems[0])
	}
	if len(q.Scopes) == 0 {
		return q, errors.New("a policy needs a scope")
	}
	scopes := make([]Scope, 0, len(q.Scopes))
	for _, s := range q.Scopes {
		if s.Namespace == "" {
			s.Namespace = q.Namespace
		}
		if err := s.Check(); err != nil {
			return q, fmt.Errorf("%s: %w", s, err)
		}
		scopes = append(scopes, s.grouped())
	}
	q.Scopes = scopes
	return q, clash(scopes)
}

// clash finds two scopes that send the same pods to different systems.
func clash(scopes []Scope) error {
	for i, a := range scopes {
		for _, b := range scopes[:i] {
			if a.OS != b.OS && a.String() == b.String() {
				return fmt.Errorf("%s is to go to %s and to %s", a, b.OS, a.OS)
			}
		}
	}
	return nil
}

// partName tells apart the policies that a request needs several of: a policy adds one nodeSelector, and has one kind of objects.
func (q Request) partName(os platform.OS, on target) string {
	name := q.Name
	if slices.ContainsFunc(q.Scopes, func(s Scope) bool { return s.OS != os }) {
		name += "-" + string(os)
	}
	mixed := slices.ContainsFunc(q.Scopes, func(s Scope) bool { return s.OS == os && s.daemonSet() != on.daemonSets })
	if on.daemonSets && mixed {
		name += "-daemonsets"
	}
	return name
}
