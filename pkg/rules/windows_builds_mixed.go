package rules

import (
	"slices"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var windowsBuildsMixed = &rule.Rule{
	ID: "WR117", Name: "windows-builds-mixed", Category: rule.Placement, Severity: finding.Error,
	Title: "Pods may land on Windows nodes of a build that cannot run their image",
	Rationale: "The scheduler does not look at the Windows build of an image. Where nodes of several builds accept a pod, and the pod does not " +
		"select one, it lands on any of them; on some its image cannot run. A multi-platform image that has a variant for each build is " +
		"fine, which its registry tells, with --registry.",
	Remedy: "Select nodes by node.kubernetes.io/windows-build, or with a RuntimeClass for each build. A selector is stricter than Windows: it " +
		"keeps an image of 2022 off nodes of 2025, which would run it.",
	Since: "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/windows/user-guide/#handling-multiple-windows-versions-in-the-same-cluster",
		"https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility",
		"https://github.com/containerd/platforms/blob/v0.2.1/platform_compat_windows.go",
	},
	Needs:  []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Images},
	Behind: []string{"WR116", "WR404"},
	Check:  checkWindowsBuildsMixed,
}

func checkWindowsBuildsMixed(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		pools := windowsHomes(at)
		if !ofSeveralBuilds(pools) {
			continue
		}
		images := ofEachBuild(p, at.Spec)
		for _, c := range images {
			unfit := slices.DeleteFunc(slices.Clone(pools), c.runsOn)
			if len(unfit) == 0 || len(unfit) == len(pools) {
				continue
			}
			where := onImageOf(at, c.container)
			if len(c.builds) == 1 {
				where = where.Fix("nodeSelector: {%s: %s}", platform.LabelWindowsBuild, c.builds[0])
			}
			p.Reportf(where, "image %s is of Windows build %s, and pools accept the pod that cannot run it: %s",
				c.Image, c.called(), few(poolBuilds(unfit), len(unfit)))
		}
		if len(images) == 0 && !at.ForBoth && !everywhere(at, pools) {
			p.Reportf(rule.On(at.Workload, "nodeSelector").As(finding.Info),
				"selects no Windows build, and pools of several accept it: %s", few(poolBuilds(pools), len(pools)))
		}
	}
}

func ofSeveralBuilds(pools []placement.Pool) bool {
	return slices.ContainsFunc(pools, func(pool placement.Pool) bool {
		return pool.Build() != "" && pools[0].Build() != "" && pool.Build() != pools[0].Build()
	})
}

// everywhere tells whether a workload has pods in all of some pools already: if they did not start, that is seen.
func everywhere(at *survey.Placement, pools []placement.Pool) bool {
	for i, v := range at.Verdicts {
		counts := slices.ContainsFunc(pools, func(pool placement.Pool) bool { return pool.Name == v.Pool.Name })
		if counts && at.Runs[i] == 0 {
			return false
		}
	}
	return true
}
