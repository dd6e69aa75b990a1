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

var imageBuildUnrunnable = &rule.Rule{
	ID: "WR116", Name: "image-build-unrunnable", Category: rule.Placement, Severity: finding.Error,
	Title: "No Windows pool that accepts the pods can run the image's Windows build",
	Rationale: "A process-isolated container shares the kernel of its node. Nodes older than Windows Server 2022 run images of their own build " +
		"only; those from 2022 on run images from 2022 up to their own. Kubernetes has no Hyper-V isolation to get around it. The image " +
		"is not pulled, with no match for platform in manifest, or its container does not start.",
	Remedy: "Build the image for the build of the nodes, or as a multi-platform image with a variant for each build. HostProcess " +
		"containers run on any build.",
	Since: "v0.1.0",
	References: []string{
		"https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility",
		"https://github.com/containerd/platforms/blob/v0.2.1/platform_compat_windows.go",
		"https://kubernetes.io/docs/concepts/windows/intro/",
	},
	Needs:  []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Images},
	Behind: []string{"WR404"}, // which says it of pods that did not start
	Check:  checkImageBuildUnrunnable,
}

func checkImageBuildUnrunnable(p *rule.Pass) {
	// The build of a preset's Windows nodes is made up.
	if p.PoolsAssumed() {
		return
	}
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		pools := windowsHomes(at)
		if len(pools) == 0 {
			continue
		}
		for _, c := range ofEachBuild(p, at.Spec) {
			if !slices.ContainsFunc(pools, c.runsOn) {
				p.Reportf(onImageOf(at, c.container), "image %s is of Windows build %s, and the pools that accept the pod are of others: %s",
					c.Image, c.called(), few(poolBuilds(pools), len(pools)))
			}
		}
	}
}

// built is a container whose image is known to be of certain Windows builds.
type built struct {
	container
	builds []platform.Build
}

// runsOn tells whether the nodes of a pool run one of them.
func (b built) runsOn(pool placement.Pool) bool {
	return slices.ContainsFunc(b.builds, pool.Build().Runs)
}

// called are the builds as people call them: 10.0.17763 (2019) or 10.0.20348 (2022).
func (b built) called() string {
	out := make([]string, 0, len(b.builds))
	for _, build := range b.builds {
		out = append(out, named(build))
	}
	return strings.Join(out, " or ")
}

// ofEachBuild are containers of a pod, one for each set of Windows builds that its images are known to be of.
func ofEachBuild(p *rule.Pass, spec *corev1.PodSpec) []built {
	var out []built
	seen := map[string]bool{"": true}
	for _, c := range containersOf(spec) {
		b := built{c, p.Image(c.Image).Builds()}
		if !seen[b.called()] {
			seen[b.called()] = true
			out = append(out, b)
		}
	}
	return out
}

// windowsHomes are the Windows pools that accept a workload which is for Windows and whose containers share a kernel with their
// node in the way that images have to fit: those of HostProcess containers need not.
func windowsHomes(at *survey.Placement) []placement.Pool {
	var out []placement.Pool
	if at.OS != platform.Windows || placement.HostProcess(at.Spec) {
		return nil
	}
	for _, v := range at.Verdicts {
		if v.Fits && v.Pool.OS() == platform.Windows {
			out = append(out, v.Pool)
		}
	}
	return out
}

// named is a build as people call it: 10.0.20348 (2022).
func named(build platform.Build) string {
	if release := build.Release(); release != "" {
		return fmt.Sprintf("%s (%s)", build, release)
	}
	return string(build)
}

// poolBuilds are pools with their builds: pool iis 10.0.17763 (2019).
func poolBuilds(pools []placement.Pool) []string {
	out := make([]string, 0, len(pools))
	for _, pool := range pools {
		out = append(out, strings.TrimSpace(pool.Name+" "+named(pool.Build())))
	}
	return out
}
