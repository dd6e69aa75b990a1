package plugin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/pkg/postrender"
)

// policyScope says whose pods a policy places.
type policyScope struct {
	namespaces []string
	owners     []string
	selector   string
	rules      string

	notes   []string
	outside []string // workloads of the rules that are not in the policy, and why
}

func (o *policyScope) flags(f *pflag.FlagSet) {
	f.StringArrayVarP(&o.namespaces, "namespace", "n", nil, "`NAMESPACE` of the pods (repeatable)")
	f.StringArrayVar(&o.owners, "owner", nil, "`KIND/NAME` that the pods are of, the name or a pattern: job/shop-migrate, 'statefulset/db-*', cloneset.apps.kruise.io/web (repeatable)")
	f.StringVarP(&o.selector, "selector", "l", "", "`SELECTOR` of the labels of the pods: app=web,tier!=test")
	f.StringVar(&o.rules, "rules", "", "`FILE` that patch --fallback post-render wrote: its workloads are the owners, and it says where they go")
}

// scopes are what the flags choose; none with rules. What is wrong with the flags goes to p.
func (o *policyScope) scopes(cmd *cobra.Command, system string, p *problems) []policy.Scope {
	if len(o.namespaces) == 0 {
		p.add("--namespace: want at least one, as a policy for all would change parts of the cluster itself")
	}
	var selector labels.Selector
	if o.selector != "" {
		var err error
		selector, err = labels.Parse(o.selector)
		p.check("selector", err)
	}
	if o.rules != "" {
		o.besideRules(cmd, p)
		return nil
	}
	if system != string(platform.Windows) && system != string(platform.Linux) {
		p.add(`--os %q: want "linux" or "windows"`, system)
	}
	var all []policy.Scope
	for _, n := range o.namespaces {
		pods := policy.Scope{Namespace: n, Labels: selector, OS: platform.OS(system)}
		if len(o.owners) == 0 {
			all = append(all, o.checked(pods, p)...)
		}
		for _, owner := range o.owners {
			s, note, err := policy.OwnerScope(owner, pods)
			p.check("owner", err)
			if note != "" && !slices.Contains(o.notes, note) {
				o.notes = append(o.notes, note)
			}
			if err == nil {
				all = append(all, o.checked(s, p)...)
			}
		}
	}
	return all
}

// checked is a list of the scope, or of none when it cannot be.
func (o *policyScope) checked(s policy.Scope, p *problems) []policy.Scope {
	if err := s.Check(); err != nil {
		p.add("%s: %v", s, err)
		return nil
	}
	return []policy.Scope{s}
}

// besideRules refuses flags that say what the rules say.
func (o *policyScope) besideRules(cmd *cobra.Command, p *problems) {
	for _, flag := range []string{"os", "owner", "selector", "pools", "windows-build", "toleration", "set-os-name"} {
		if cmd.Flags().Changed(flag) {
			p.add("--%s and --rules: the rules say it", flag)
		}
	}
}

// read makes the workloads of the rules scopes of the request.
func (o *policyScope) read(q *policy.Request) error {
	data, err := os.ReadFile(o.rules)
	if err != nil {
		return fmt.Errorf("reading rules: %w", err)
	}
	rules, err := postrender.ReadRules(data, o.rules)
	if err != nil {
		return err
	}
	request, also, err := rules.Request()
	if err != nil {
		return err
	}
	q.Aim, q.SetOSName = request, also.OSName
	for _, w := range rules.Workloads {
		o.add(q, w)
	}
	o.notes = append(o.notes, fmt.Sprintf("names are those of release %s of chart %s: another release has others", rules.Release, rules.Chart.Name))
	return nil
}

// add adds the pods of one ruled workload, in its own namespace or in each that was given.
func (o *policyScope) add(q *policy.Request, w postrender.Rule) {
	in := o.namespaces
	if w.Namespace != "" {
		in = []string{w.Namespace}
	}
	for _, n := range in {
		ref := object.Ref{Kind: w.Kind, Namespace: n, Name: w.Name}
		s, reason := policy.ScopeOf(ref, w.Field != "", platform.OS(w.OS))
		if reason == "" {
			if err := s.Check(); err != nil {
				reason = err.Error()
			}
		}
		if reason != "" {
			o.outside = append(o.outside, ref.String()+": "+reason)
			continue
		}
		q.Scopes = append(q.Scopes, s)
	}
}

// name is that of a policy which was given none: the same for the same flags, and another for others, as it is the cluster's.
func (o *policyScope) name(q policy.Request, system string) string {
	if len(o.namespaces) == 1 && len(o.owners) == 0 && o.selector == "" && o.rules == "" {
		return "winready-" + system + "-" + o.namespaces[0]
	}
	var all []string
	for _, s := range q.Scopes {
		all = append(all, s.String()+" on "+string(s.OS))
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(all), "\n")))
	words := []string{"winready", system, o.namespaces[0], hex.EncodeToString(sum[:4])}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "-")
}

// left says what there is to say beside the policy, and that some workloads are not in it.
func (o *policyScope) left(deps Deps, notes []string) error {
	for _, n := range append(notes, o.notes...) {
		fmt.Fprintln(deps.ErrOut, "note: "+n)
	}
	for _, w := range o.outside {
		fmt.Fprintln(deps.ErrOut, "not in the policy: "+w)
	}
	if len(o.outside) > 0 {
		return errFindings
	}
	return nil
}
