package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules/preflight"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// preflightOptions are the flags of preflight, as they were given.
type preflightOptions struct {
	check   checkOptions
	cluster clusterOptions
	fleet   clustersOptions
	answers answerOptions
	distro  string
}

func newPreflightCmd(deps Deps) *cobra.Command {
	var o preflightOptions
	cmd := &cobra.Command{
		Use:   "preflight",
		Short: "Look at the requirements of a cluster with Windows nodes, one by one",
		Long: `Look at what a cluster has to meet for Windows nodes, requirement by requirement, in the groups of Rancher's guide: its
layout, its version and distribution, its network, the size of its nodes, their Windows builds and updates, the machines
they are, and their taints. Which requirements count goes by the distribution, which is detected or named by --distro.

Each is met, met with a note, met in a way that may go wrong, not met, or cannot be told, for what it takes could not be
read. What no API shows is a thing to check by hand, with how: --write-answers writes a file of these to fill in, and
--answers takes it, so that the report says who looked, when, and what was found. Where the pages of Rancher, RKE2 and
Kubernetes disagree, the rule says both and which of them it follows: kubectl winready rules ID.

Where Rancher is behind the current context, its own record of the cluster is looked at too; it is found as by rancher.
With --filename a saved cluster is looked at, and with it the output of kubectl version and rancher cluster show as JSON.

With --contexts or --rancher-clusters several are, in one report: the clusters with how many requirements each meets, and
the requirements that some cluster does not meet, with which and why. Nothing is changed.

Exit status: 0 all that could be told is met, 1 something is not, 2 wrong usage, 3 something could not be told.`,
		Example: `  # The cluster of the current context
  kubectl winready preflight

  # A report for somebody else, and a list of what is to be checked by hand
  kubectl winready preflight --output html --write-answers answers.yaml > preflight.html

  # Again, with what was found
  kubectl winready preflight --answers answered.yaml

  # A cluster that somebody saved
  kubectl version --output json > version.json
  kubectl get nodes,pods,deployments,daemonsets,statefulsets,networkpolicies -A -o json > saved.json
  kubectl get helmcharts,installations,ippools,ipamconfigs -A -o json > network.json   # as far as it has them
  kubectl get configmap kube-flannel-cfg -n kube-system -o json > flannel.json         # with Flannel
  kubectl winready preflight --filename version.json --filename saved.json --filename network.json --filename flannel.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.begin(cmd, deps) },
	}
	o.check.addFlags(cmd)
	o.addFlags(cmd)
	o.cluster.addFlags(cmd)
	o.fleet.addFlags(cmd)
	cmd.AddCommand(newPreflightFixCmd(deps))
	return cmd
}

// begin runs the command when all its flags are understood.
func (o *preflightOptions) begin(cmd *cobra.Command, deps Deps) error {
	var p problems
	if len(o.check.rules) == 0 {
		o.check.rules = append([]string{string(rule.Preflight)}, preflight.Borrowed()...)
	}
	c := o.check.validate(&p)
	o.cluster.parts = c.parts()
	selector := o.cluster.scope(&p)
	distro := o.profile(&p)
	o.fleet.alone, o.fleet.record = true, wholeRecord
	o.fleet.validate(&p, cmd, &o.cluster, "answers", "write-answers")
	given := o.answers.read(&p, deps.today())
	if err := p.err(cmd); err != nil {
		return err
	}
	return o.run(cmd.Context(), deps, c, selector, distro, given)
}

func (o *preflightOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Requirements", func(f *pflag.FlagSet) {
		f.StringVar(&o.distro, "distro", "", "the `DISTRIBUTION` whose requirements count: "+strings.Join(distroNames(), ", ")+" (default: the one detected)")
		o.answers.addFlags(f)
	})
	words(cmd, "distro", cobra.ShellCompDirectiveNoFileComp, distroNames()...)
	words(cmd, "answers", cobra.ShellCompDirectiveDefault)
	words(cmd, "write-answers", cobra.ShellCompDirectiveDefault)
}

func distroNames() []string {
	var names []string
	for _, d := range platform.Distros() {
		names = append(names, string(d))
	}
	slices.Sort(names)
	return names
}

// profile is the distribution that was named; empty when it is to be detected.
func (o *preflightOptions) profile(p *problems) platform.Distro {
	if o.distro == "" {
		return ""
	}
	d, err := platform.ParseDistro(o.distro)
	p.check("distro", err)
	return d
}

func (o *preflightOptions) run(ctx context.Context, deps Deps, c check, selector labels.Selector, distro platform.Distro, given []answer) error {
	if o.fleet.on() {
		return o.together(ctx, deps, c, distro)
	}
	inv, known, err := o.fleet.single(ctx, deps, c, &o.cluster, selector)
	if err != nil {
		return err
	}
	inv.Distro = distro
	var list checklist.List
	c.also = func(checked *printer.Checked) {
		for _, a := range checklist.Apply(&checked.Report, checked.Rules, given) {
			fmt.Fprintf(deps.ErrOut, "%s:%d: the answer to %s%s is about nothing that has to be checked by hand here\n", o.answers.file, a.Line, a.Rule, aboutNode(a))
		}
		list = checklist.Of(checked.Report, checked.Rules, preflight.Groups(), preflight.Heading, given)
		list.Distro, list.Why, list.Product = detected(inv)
		checked.Checklist, checked.Rancher = &list, known
	}
	result := c.run(ctx, deps, inv.Source, []*inventory.Inventory{inv}, false)
	if err := o.answers.write(ctx, deps, &list); err != nil {
		return err
	}
	return result
}

// together looks at several clusters. Each has a list of its own.
func (o *preflightOptions) together(ctx context.Context, deps Deps, c check, distro platform.Distro) error {
	c.member = func(inv *inventory.Inventory, _ *survey.Survey, report finding.Report, m *printer.Member) {
		list := checklist.Of(report, c.rules, preflight.Groups(), preflight.Heading, nil)
		if inv.Unreachable == "" {
			list.Distro, list.Why, list.Product = detected(inv)
		}
		m.Checklist = &list
	}
	return o.fleet.together(ctx, deps, c, &o.cluster, func(all []*inventory.Inventory) error {
		for _, inv := range all {
			inv.Distro = distro
		}
		return nil
	})
}

// detected is the distribution, by what it was told, and what people call it with its version.
func detected(inv *inventory.Inventory) (distro, why, product string) {
	d, why := preflight.Distro(inv)
	return string(d), why, strings.TrimSpace(d.String() + " " + inv.Version)
}
