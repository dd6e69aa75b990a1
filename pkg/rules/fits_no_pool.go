package rules

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var fitsNoPool = &rule.Rule{
	ID: "WR104", Name: "fits-no-pool", Category: rule.Placement, Severity: finding.Error,
	Title:     "No node pool accepts the pods",
	Rationale: "The pods stay Pending until there is a node with the labels that they ask for, and without a taint that they do not tolerate.",
	Remedy: "Change the selector or the toleration that the message names, or label the nodes. Where an autoscaler is to make the " +
		"node, there is nothing to do.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools},
	Behind:     []string{"WR102", "WR103", "WR118", "WR402"},
	Check:      checkFitsNoPool,
}

func checkFitsNoPool(p *rule.Pass) {
	// The nodes of a preset have other labels than those that any node has, and of these the build and the name are made up.
	if p.PoolsAssumed() {
		return
	}
	s := p.Survey()
	homeless := map[platform.OS][]*survey.Placement{}
	for i := range s.Placements {
		at := &s.Placements[i]
		// A DaemonSet for nodes that there are none of has nothing to do. A RuntimeClass may bring tolerations along.
		if len(s.Pools) == 0 || unscheduled(at) || at.FitsAny() || daemonSet(at) || at.ClassUnknown || at.Conflict != "" {
			continue
		}
		if at.Named != "" && !slices.Contains(s.Systems(), at.Named) {
			homeless[at.Named] = append(homeless[at.Named], at)
			continue
		}
		if !labelsKnown(s, at.Spec) {
			continue
		}
		where, yet := rule.On(at.Workload), ""
		if n := running(at); n > 0 {
			where, yet = where.As(finding.Warning), "; still running from before: "+counted(n, "pod")
		}
		p.Reportf(where, "no pool accepts it: %s%s", refusals(at), yet)
	}
	for _, os := range []platform.OS{platform.Linux, platform.Windows} {
		// That a whole system is missing is one thing to know, however many workloads are for it.
		if all := homeless[os]; len(all) > 0 {
			more := ""
			if n := len(all) - 1; n > 0 {
				more = "; the same holds for " + counted(n, "other workload")
			}
			p.Reportf(rule.On(all[0].Workload), "names %s (%s), and there is no pool of %s nodes%s", os, all[0].By, os, more)
		}
	}
}

// labelsKnown tells whether it is known which nodes have the labels that a pod asks for: nodes that were read have those that they
// have, while a description of pools need not have all, nor the names of nodes.
func labelsKnown(s *survey.Survey, spec *corev1.PodSpec) bool {
	if slices.ContainsFunc(s.Pools, func(pool placement.Pool) bool { return len(pool.Nodes) > 0 }) {
		return true
	}
	known := true
	placement.Mentions(spec, func(label string) {
		has := func(pool placement.Pool) bool { _, ok := pool.Labels[label]; return ok }
		known = known && slices.ContainsFunc(s.Pools, has)
	})
	return known
}

// refusals are the reasons why the pools refuse a workload, those of the operating system that it names if there are such. Pools
// that refuse it for the same reason are named together.
func refusals(at *survey.Placement) string {
	var order []string
	pools := map[string][]string{}
	for _, v := range at.Verdicts {
		if at.Named != "" && v.Pool.OS() != at.Named {
			continue
		}
		why := strings.Join(slices.Compact(shortened(v.Reasons)), ", ")
		if pools[why] == nil {
			order = append(order, why)
		}
		pools[why] = append(pools[why], v.Pool.Name)
	}
	texts := make([]string, 0, len(order))
	for _, why := range order {
		texts = append(texts, fmt.Sprintf("%s: %s", few(pools[why], len(pools[why])), why))
	}
	if len(texts) > fewPools {
		texts = append(texts[:fewPools], fmt.Sprintf("and %d more", len(texts)-fewPools))
	}
	return strings.Join(texts, "; ")
}

// shortened are the scheduler's reasons without what every one of them begins with.
func shortened(reasons []string) []string {
	out := make([]string, 0, len(reasons))
	for _, r := range reasons {
		r = strings.TrimPrefix(r, "node(s) didn't match Pod's node affinity/selector: ")
		out = append(out, strings.TrimPrefix(r, "node(s) had "))
	}
	return out
}
