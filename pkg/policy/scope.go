package policy

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// Scope are pods of one namespace. Those among them that say where they run are left alone all the same.
type Scope struct {
	Namespace string
	// Kind and Name are of what the pods are of; all pods when Kind is empty. For a Deployment, a CronJob or a kind that is known to
	// do so they are not in the pod's ownerReferences, and the policy looks for what it makes in between. A Pod is one that
	// nothing owns. Name may be a pattern: *, ? and [a-z].
	Kind, Name string
	Group      string          // of the kind, without a version; Kubernetes' own kinds have theirs without it, others go by Kind alone
	Labels     labels.Selector // of the pods, besides; nil for any
	OS         platform.OS     // where they are to go

	of string // what the labels stand for, as String has it
}

// kubeSystem is where a policy for all pods would move the parts of the cluster itself.
const kubeSystem = "kube-system"

// boundPods is why there are no policies for the DaemonSets of other groups.
const boundPods = "its pods are bound to their nodes before a policy sees them, and its template is not one that is known"

// String names the pods of the scope to a user.
func (s Scope) String() string {
	if s.of != "" {
		return s.of
	}
	text := "all pods"
	if s.Kind != "" {
		text = s.kindName() + "/" + s.Name
	}
	if s.selects() {
		text += " with " + s.Labels.String()
	}
	return text + " in namespace " + s.Namespace
}

func (s Scope) kindName() string {
	if s.Group == "" || s.Group == builtinGroup(s.Kind) {
		return s.Kind
	}
	return s.Kind + "." + s.Group
}

func (s Scope) selects() bool { return s.Labels != nil && !s.Labels.Empty() }

func (s Scope) is(o owner) bool { return s.Kind == o.kind && s.Group == o.group }

// daemonSet tells a scope whose placement is not the pods': see daemonSetTarget.
func (s Scope) daemonSet() bool { return s.Kind == "DaemonSet" && s.Group == builtinGroup(s.Kind) }

// grouped is the scope with the group of its kind, where the kind is one of Kubernetes' own.
func (s Scope) grouped() Scope {
	if s.Group == "" {
		s.Group = builtinGroup(s.Kind)
	}
	return s
}

// Check says what is wrong with a scope; nil when a policy can be made of it.
func (s Scope) Check() error {
	s = s.grouped()
	if s.Namespace == "" {
		return errors.New("it needs a namespace")
	}
	if problems := validation.ValidateNamespaceName(s.Namespace, false); len(problems) > 0 {
		return fmt.Errorf("namespace %q: %s", s.Namespace, problems[0])
	}
	if s.OS != platform.Windows && s.OS != platform.Linux {
		return fmt.Errorf("system %q: want windows or linux", s.OS)
	}
	if s.Kind == "" && !s.selects() && s.Namespace == kubeSystem {
		return errors.New("a policy for all pods there would move parts of the cluster itself: name owners or labels")
	}
	if strings.EqualFold(s.Kind, "DaemonSet") && !s.daemonSet() {
		return errors.New(boundPods)
	}
	return errors.Join(s.checkName(), s.checkLabels())
}

func (s Scope) checkName() error {
	if s.Kind == "" {
		return nil
	}
	_, err := path.Match(s.Name, "")
	_, noExpression := regexp.Compile(glob(s.Name))
	if err != nil || noExpression != nil || s.Name == "" || strings.ContainsFunc(s.Name, func(r rune) bool { return !inPattern(r) }) {
		return fmt.Errorf("%q is no name, nor a pattern of *, ? and [a-z]", s.Name)
	}
	return nil
}

func (s Scope) checkLabels() error {
	if s.Labels == nil {
		return nil
	}
	requirements, selectable := s.Labels.Requirements()
	if !selectable {
		return errors.New("its labels choose nothing")
	}
	for _, r := range requirements {
		if op := r.Operator(); op == selection.GreaterThan || op == selection.LessThan {
			return fmt.Errorf("labels %s: < and > are not for pods", s.Labels)
		}
	}
	return nil
}

// parseOwner reads KIND[.GROUP]/NAME as kubectl has it: job/migrate, cloneset.apps.kruise.io/web. Letter case of Kubernetes' own
// kinds does not count.
func parseOwner(text string) (Scope, error) {
	kind, name, _ := strings.Cut(text, "/")
	kind, group, _ := strings.Cut(kind, ".")
	if kind == "" || name == "" || strings.ContainsFunc(kind+group, func(r rune) bool { return !allowed(r) }) {
		return Scope{}, fmt.Errorf("%q: want KIND/NAME or KIND.GROUP/NAME", text)
	}
	s := Scope{Kind: kind, Name: name, Group: group}
	for _, k := range builtins() {
		if k.called(kind) && (group == "" || group == k.group) {
			s.Kind, s.Group = k.kind, k.group
		}
	}
	return s, s.checkName()
}

func inPattern(r rune) bool { return allowed(r) || strings.ContainsRune("*?[]^", r) }

func allowed(r rune) bool {
	return r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// area are the pods of one namespace, or of several that have the same.
type area struct {
	namespaces []string
	clauses    []clause // one of them has to hold; none: all pods
}

// clause are the pods of owners of one kind.
type clause struct {
	group, kind string   // empty: of any
	names       []string // sorted; exact ones
	patterns    []string // sorted
	labels      labels.Requirements
}

// areasOf sorts the scopes of one target, so that the same scopes make the same policy in whatever order they come.
func areasOf(scopes []Scope, on target) []area {
	byNamespace := map[string][]Scope{}
	var namespaces []string
	for _, s := range scopes {
		if s.daemonSet() == on.daemonSets {
			byNamespace[s.Namespace] = append(byNamespace[s.Namespace], s)
			namespaces = append(namespaces, s.Namespace)
		}
	}
	slices.Sort(namespaces)
	var areas []area
	for _, n := range slices.Compact(namespaces) {
		clauses := clausesOf(byNamespace[n])
		same := func(a area) bool { return slices.EqualFunc(a.clauses, clauses, clause.equal) }
		if i := slices.IndexFunc(areas, same); i >= 0 {
			areas[i].namespaces = append(areas[i].namespaces, n)
			continue
		}
		areas = append(areas, area{[]string{n}, clauses})
	}
	return areas
}

// clausesOf are the clauses of one namespace's scopes; none when one of them is all pods.
func clausesOf(scopes []Scope) []clause {
	var clauses []clause
	for _, s := range scopes {
		if s.Kind == "" && !s.selects() {
			return nil
		}
		c := clause{group: s.Group, kind: s.Kind}
		if s.selects() {
			c.labels, _ = s.Labels.Requirements()
		}
		i := slices.IndexFunc(clauses, c.alike)
		if i < 0 {
			clauses, i = append(clauses, c), len(clauses)
		}
		clauses[i].name(s.Name)
	}
	slices.SortFunc(clauses, func(a, b clause) int { return strings.Compare(a.key(), b.key()) })
	return clauses
}

// name adds a name or a pattern.
func (c *clause) name(name string) {
	list := &c.names
	if strings.ContainsAny(name, "*?[") {
		list = &c.patterns
	}
	if name != "" && !slices.Contains(*list, name) {
		*list = append(*list, name)
		slices.Sort(*list)
	}
}

// key is what two clauses share that can be one.
func (c clause) key() string {
	return c.kind + "." + c.group + " " + labels.NewSelector().Add(c.labels...).String()
}

func (c clause) alike(d clause) bool { return c.key() == d.key() }

func (c clause) equal(d clause) bool {
	return c.alike(d) && slices.Equal(c.names, d.names) && slices.Equal(c.patterns, d.patterns)
}

// namespaces are all of the areas, sorted.
func namespaces(areas []area) []string {
	var all []string
	for _, a := range areas {
		all = append(all, a.namespaces...)
	}
	slices.Sort(all)
	return all
}
