package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestImageByName(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]platform.Image{
		"mcr.microsoft.com/windows/nanoserver:ltsc2022": {
			Name: "mcr.microsoft.com/windows/nanoserver:ltsc2022", Source: platform.FromName,
			Variants: []platform.Variant{{OS: platform.Windows, Arch: "amd64", Build: "10.0.20348"}},
			By:       "image mcr.microsoft.com/windows/nanoserver:ltsc2022 is a Windows image by its repository windows/nanoserver",
		},
		"python:3-bookworm": {
			Name: "python:3-bookworm", Source: platform.FromName, Variants: []platform.Variant{{OS: platform.Linux}},
			By: "image python:3-bookworm is a Linux image by its tag bookworm",
		},
		"registry.k8s.io/pause:3.10": {
			Name: "registry.k8s.io/pause:3.10", Source: platform.FromName, By: "image registry.k8s.io/pause:3.10 is for both by its repository",
			Variants: []platform.Variant{{OS: platform.Linux}, {OS: platform.Windows}},
		},
		"registry.example/rancher/hardened-calico:v3.30.2": {
			Name: "registry.example/rancher/hardened-calico:v3.30.2", Source: platform.FromName, Variants: []platform.Variant{{OS: platform.Linux}},
			By: "image registry.example/rancher/hardened-calico:v3.30.2 is a Linux image by its repository rancher/hardened-calico",
		},
		"mcr.microsoft.com/oss/v2/kubernetes-csi/azurefile-csi:v1.34.0-windows-hp": {
			Name: "mcr.microsoft.com/oss/v2/kubernetes-csi/azurefile-csi:v1.34.0-windows-hp", Source: platform.FromName,
			Variants: []platform.Variant{{OS: platform.Windows, Arch: "amd64"}},
			By:       "image mcr.microsoft.com/oss/v2/kubernetes-csi/azurefile-csi:v1.34.0-windows-hp is a Windows image by its tag windows-hp",
		},
		"nginx:1.27": {Name: "nginx:1.27", Unknown: "its name does not tell"},
	} {
		if diff := cmp.Diff(platform.ImageByName(image), want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", image, diff)
		}
	}
}

// TestImageOn: an image for Linux on two processors and for two Windows builds, one of two builds, and what a name alone tells.
func TestImageOn(t *testing.T) {
	t.Parallel()
	linux := func(arch string) platform.Variant { return platform.Variant{OS: platform.Linux, Arch: arch} }
	windows := func(build platform.Build) platform.Variant {
		return platform.Variant{OS: platform.Windows, Arch: "amd64", Build: build}
	}
	all := platform.Image{Name: "all", Source: platform.FromRegistry, Variants: []platform.Variant{
		linux("amd64"), linux("arm"), windows("10.0.17763"), windows("10.0.20348"),
	}}
	old := platform.Image{Name: "old", Source: platform.FromRegistry, Variants: []platform.Variant{windows("10.0.17763"), windows("10.0.20348")}}
	vague := platform.Image{Name: "vague", Source: platform.FromRegistry, Variants: []platform.Variant{windows("")}}
	for _, tt := range []struct {
		name        string
		image       platform.Image
		node        platform.Variant
		hostProcess bool
		want        platform.Answer
		why         string
	}{
		{"its system and processor", all, linux("amd64"), false, platform.Runs, ""},
		{"an older processor of the family", all, linux("arm64"), false, platform.Runs, ""},
		{"another processor", all, linux("s390x"), false, platform.RunsNot, "it has no variant for linux/s390x, only for linux/amd64, linux/arm, windows/amd64"},
		{"the same build", all, windows("10.0.17763"), false, platform.Runs, ""},
		{"an older build that newer Windows runs", old, windows("10.0.26100"), false, platform.Runs, ""},
		{
			"a build of none of them", old, windows("10.0.19042"), false, platform.RunsNot,
			"its Windows build is 10.0.17763 (2019) or 10.0.20348 (2022), and nodes of 10.0.19042 (20H2) do not run that",
		},
		{"HostProcess containers", old, windows("10.0.19042"), true, platform.Runs, ""},
		{"HostProcess containers elsewhere", old, linux("amd64"), true, platform.RunsNot, "it has no variant for linux/amd64, only for windows/amd64"},
		{"nodes of no known build", old, windows(""), false, platform.Runs, ""},
		{"a variant of no known build", vague, windows("10.0.20348"), false, platform.RunsMaybe, "which Windows build it is of is not told"},
		{"a HostProcess base image has no build", vague, windows("10.0.20348"), true, platform.Runs, ""},
		{"a name that tells", platform.ImageByName("python:3-bookworm"), linux("amd64"), false, platform.Runs, ""},
		{"a name tells no processor", platform.ImageByName("python:3-bookworm"), linux("arm64"), false, platform.RunsMaybe, "its name does not tell whether it has a variant for arm64"},
		{"a name that tells nothing", platform.ImageByName("nginx"), linux("amd64"), false, platform.RunsMaybe, "its name does not tell"},
	} {
		got, why := tt.image.On(tt.node, tt.hostProcess)
		if got != tt.want || why != tt.why {
			t.Errorf("%s: got %s %q, want %s %q", tt.name, got, why, tt.want, tt.why)
		}
	}
}

func TestImageSystems(t *testing.T) {
	t.Parallel()
	both := platform.Image{Name: "both", Source: platform.FromRegistry, Variants: []platform.Variant{
		{OS: platform.Windows, Build: "10.0.26100"}, {OS: platform.Linux}, {OS: platform.Windows, Build: "10.0.20348"}, {OS: platform.Windows, Build: "10.0.20348"},
	}}
	if _, _, known := both.OS(); known || !both.Both() {
		t.Error("an image for both systems is for one")
	}
	if diff := cmp.Diff(both.Builds(), []platform.Build{"10.0.20348", "10.0.26100"}); diff != "" {
		t.Errorf("builds (-got +want):\n%s", diff)
	}
	one := platform.Image{Name: "one", Source: platform.FromRegistry, Variants: []platform.Variant{{OS: platform.Windows, Build: "10.0.20348"}, {OS: platform.Windows}}}
	os, why, known := one.OS()
	if os != platform.Windows || why != "image one is a Windows image by its registry" || !known || one.Both() || one.Builds() != nil {
		t.Errorf("got %s %q %v %v", os, why, known, one.Builds())
	}
	if _, _, known := (platform.Image{}).OS(); known || (platform.Image{}).Both() {
		t.Error("something is known of nothing")
	}
}
