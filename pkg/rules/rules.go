// Package rules is the catalogue: one file per rule. A rule must not read anything but the inventory that it is given; what a
// rule needs to know of Kubernetes, Windows or Rancher is in platform and placement, or cited beside it.
package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules/hostprocess"
	"github.com/winready/kubectl-winready/pkg/rules/preflight"
	"github.com/winready/kubectl-winready/pkg/rules/storage"
)

// All are the rules, in the order of their IDs. An ID is for ever: that of a rule that is withdrawn is not given again.
func All() []*rule.Rule {
	all := slices.Concat(own(), hostprocess.All(), storage.All(), preflight.All())
	slices.SortFunc(all, func(a, b *rule.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// own are the rules of this package: about placement, clusters, Rancher's catalogue and the tool's own input.
func own() []*rule.Rule {
	return []*rule.Rule{
		noOperatingSystem,
		osTaintNotTolerated,
		selectorsContradict,
		fitsNoPool,
		toleratesEverything,
		legacyLabel,
		osFieldContradicts,
		osLabelOnPod,
		linuxFieldRefused,
		linuxOnlyField,
		misplacedWindowsOptions,
		hookWithoutOS,
		daemonSetOnBoth,
		duplicateKey,
		imageOfOtherOS,
		imageBuildUnrunnable,
		windowsBuildsMixed,
		systemComponent,
		runtimeClassUnknown,
		outOfReach,
		breakingValue,
		idleValue,
		wrongSystem,
		pendingForSystem,
		noVariant,
		otherBuild,
		refusedByKubelet,
		noProcess,
		noSandbox,
		rootRefused,
		buildsDiffer,
		unsupportedBuild,
		unlabeledNode,
		shareRefused,
		runtimePullsOwnBuild,
		catalogSystem,
		windowsNotEnabled,
		ignore,
		unreadable,
		undecoded,
	}
}

// Lookup is the rule of an ID or name, in any case; false when there is none.
func Lookup(name string) (*rule.Rule, bool) {
	for _, r := range All() {
		if strings.EqualFold(r.ID, name) || strings.EqualFold(r.Name, name) {
			return r, true
		}
	}
	return nil, false
}

// Select are the rules that are asked for: those of only, without those of skip. Each is an ID, a name or a category. When only is
// empty they are all rules of the categories, or all rules when there are no categories. The error names the first that is none
// of these.
func Select(only, skip []string, categories ...rule.Category) ([]*rule.Rule, error) {
	var out []*rule.Rule
	all := All()
	for _, list := range [][]string{only, skip} {
		for _, name := range list {
			if !slices.ContainsFunc(all, func(r *rule.Rule) bool { return called(r, name) }) {
				return nil, fmt.Errorf("there is no rule %q: want an ID such as %s, its name or a category", name, all[0].ID)
			}
		}
	}
	for _, r := range all {
		is := func(name string) bool { return called(r, name) }
		asked := slices.ContainsFunc(only, is)
		if len(only) == 0 {
			asked = len(categories) == 0 || slices.Contains(categories, r.Category)
		}
		if asked && !slices.ContainsFunc(skip, is) {
			out = append(out, r)
		}
	}
	return out, nil
}

func called(r *rule.Rule, name string) bool {
	return strings.EqualFold(r.ID, name) || strings.EqualFold(r.Name, name) || strings.EqualFold(string(r.Category), name)
}
