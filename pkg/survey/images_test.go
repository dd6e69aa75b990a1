package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// estate is a cluster of Linux nodes and of Windows nodes of two builds, with a workload for each way an image can or cannot run.
func estate() *inventory.Inventory {
	pool := func(name string, os platform.OS, build platform.Build, node string) placement.Pool {
		labels := map[string]string{platform.LabelOS: string(os), platform.LabelArch: "amd64"}
		if build != "" {
			labels[platform.LabelWindowsBuild] = string(build)
		}
		return placement.Pool{Name: name, Labels: labels, Nodes: []string{node}}
	}
	hostProcess := true
	windows := map[string]string{platform.LabelOS: "windows"}
	made := func(name, image string, selector map[string]string, hp *bool) inventory.Workload {
		spec := corev1.PodSpec{NodeSelector: selector, Containers: []corev1.Container{{Image: image}}}
		if hp != nil {
			spec.SecurityContext = &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{HostProcess: hp}}
		}
		return inventory.Workload{Workload: workload.Workload{Object: object.Ref{Kind: "Deployment", Namespace: "shop", Name: name}, Spec: spec}}
	}
	inv := &inventory.Inventory{
		Pools: []placement.Pool{
			pool("linux", platform.Linux, "", "lin-1"),
			pool("old", platform.Windows, "10.0.17763", "win-1"),
			pool("new", platform.Windows, "10.0.26100", "win-2"),
		},
		Nodes: []inventory.Node{
			{Name: "lin-1", Runtime: "containerd://2.1.4"},
			{Name: "win-1", Pool: 1, Runtime: "containerd://1.7.1"},
			{Name: "win-2", Pool: 2, Runtime: "containerd://1.7.1"},
		},
		Workloads: []inventory.Workload{
			made("web", "web", nil, nil),
			made("linux", "web", map[string]string{platform.LabelOS: "linux"}, nil),
			made("iis", "iis", windows, nil),
			made("agent", "iis", windows, &hostProcess),
			made("2022", "2022", map[string]string{platform.LabelWindowsBuild: "10.0.26100"}, nil),
			made("named", "mcr.microsoft.com/windows/nanoserver:ltsc2019", windows, nil),
			made("dark", "dark", nil, nil),
			made("nowhere", "web2", map[string]string{"disk": "ssd"}, nil),
		},
		Gaps: map[inventory.Kind]inventory.Gap{},
	}
	variant := func(os platform.OS, build platform.Build) platform.Variant {
		return platform.Variant{OS: os, Arch: "amd64", Build: build}
	}
	asked := func(name string, variants ...platform.Variant) platform.Image {
		return platform.Image{Name: name, Digest: "sha256:" + name, Source: platform.FromRegistry, Variants: variants}
	}
	return inv.WithImages(map[string]platform.Image{
		"web":  asked("web", variant(platform.Linux, "")),
		"iis":  asked("iis", variant(platform.Windows, "10.0.17763"), variant(platform.Windows, "10.0.26100")),
		"2022": asked("2022", variant(platform.Windows, "10.0.20348")),
		"dark": {Name: "dark", Unknown: "registry.example hangs up"},
	})
}

type told struct {
	Status survey.ImageStatus
	Pools  []survey.ImageOnPool
	Used   int
}

// of are deployments of the estate by name.
func of(names ...string) []string {
	for i, n := range names {
		names[i] = "Deployment/shop/" + n
	}
	return names
}

func TestImages(t *testing.T) {
	t.Parallel()
	inv := estate()
	list := survey.Images(inv, survey.Of(inv))
	got := map[string]told{}
	for _, u := range list.Images {
		got[u.Image] = told{u.Status, u.Pools, len(u.Workloads)}
	}
	const onlyLinux = "it has no variant for windows/amd64, only for linux/amd64"
	want := map[string]told{
		"web":  {survey.ImagePartly, []survey.ImageOnPool{{"linux", platform.Runs, "", of("linux", "web")}, {"old", platform.RunsNot, onlyLinux, of("web")}, {"new", platform.RunsNot, onlyLinux, of("web")}}, 2},
		"iis":  {survey.ImageRuns, []survey.ImageOnPool{{"old", platform.Runs, "", of("agent", "iis")}, {"new", platform.Runs, "", of("agent", "iis")}}, 2},
		"2022": {survey.ImageNowhere, []survey.ImageOnPool{{"new", platform.RunsNot, "containerd 1.7.1 of node win-2 pulls images of its own Windows build only", of("2022")}}, 1},
		"mcr.microsoft.com/windows/nanoserver:ltsc2019": {survey.ImagePartly, []survey.ImageOnPool{
			{"old", platform.Runs, "", of("named")},
			{"new", platform.RunsNot, "its Windows build is 10.0.17763 (2019), and nodes of 10.0.26100 (2025) do not run that", of("named")},
		}, 1},
		"dark": {survey.ImageUnknown, []survey.ImageOnPool{
			{"linux", platform.RunsMaybe, "registry.example hangs up", of("dark")},
			{"old", platform.RunsMaybe, "registry.example hangs up", of("dark")},
			{"new", platform.RunsMaybe, "registry.example hangs up", of("dark")},
		}, 1},
		"web2": {survey.ImageUnplaced, []survey.ImageOnPool{}, 1},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if unknown := list.Unknown(); !list.Wanting() || len(unknown) != 1 || unknown[0].Image != "dark" {
		t.Errorf("unknown: got %+v", unknown)
	}
	if diff := cmp.Diff(list.Unread, []survey.Unread{{Part: inventory.Images, Reason: "image dark: registry.example hangs up"}}); diff != "" {
		t.Errorf("unread (-got +want):\n%s", diff)
	}
	// The build of a preset is made up, so nothing is refused for it; a newer runtime pulls what Windows runs.
	inv = estate()
	inv.PoolsAssumed = true
	inv.Nodes[2].Runtime = "containerd://1.7.27"
	for _, u := range survey.Images(inv, survey.Of(inv)).Images {
		if u.Image == "2022" && u.Status != survey.ImageRuns {
			t.Errorf("2022 on a preset: got %+v", u)
		}
	}
}

// TestRegistriesTellTheSystem: what a registry says of an image counts as its name does, and more than its name.
func TestRegistriesTellTheSystem(t *testing.T) {
	t.Parallel()
	inv := estate()
	s := survey.Of(inv)
	got := map[string]string{}
	for _, p := range s.Placements {
		if p.Named == "" {
			got[p.Workload.Object.Name] = string(p.OS) + " " + p.By
		}
	}
	want := map[string]string{
		"web": "linux image web is a Linux image by its registry", "dark": " ", "nowhere": " ",
		"2022": "windows image 2022 is a Windows image by its registry",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}
