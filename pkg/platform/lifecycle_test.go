package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestSupport(t *testing.T) {
	t.Parallel()
	type on struct {
		build platform.Build
		day   string
	}
	for when, want := range map[on]platform.Support{
		{"10.0.20348", "2026-10-13"}: {Product: "Windows Server 2022", State: platform.Mainstream, Until: "2026-10-13"},
		{"10.0.20348", "2026-10-14"}: {
			Product: "Windows Server 2022", State: platform.Extended, Until: "2031-10-14",
		},
		{"10.0.20348", "2031-10-15"}: {
			Product: "Windows Server 2022", State: platform.OutOfSupport, Until: "2031-10-14",
		},
		{"10.0.26100", "2026-11-23"}: {
			Product: "Windows Server 2025", State: platform.Mainstream, Until: "2029-10-09",
			Otherwise: platform.Claim{Day: "2029-11-13", Source: "the Windows Server release information of Microsoft"},
		},
		{"10.0.17763", "2026-11-23"}: {Product: "Windows Server 2019", State: platform.Extended, Until: "2029-01-09"},
		// A channel has no extended support.
		{"10.0.19042", "2026-11-23"}: {Product: "Windows Server, version 20H2", State: platform.OutOfSupport, Until: "2022-08-09"},
		// One that is newer than this tool.
		{"10.0.29000", "2026-11-23"}: {State: platform.Unknown},
		{"", "2026-11-23"}:           {State: platform.Unknown},
	} {
		if diff := cmp.Diff(when.build.Support(when.day), want); diff != "" {
			t.Errorf("%s on %s: got -, want +:\n%s", when.build, when.day, diff)
		}
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		host, image platform.Build
		want        bool
	}{
		{"10.0.17763", "10.0.17763", true},
		{"10.0.17763", "10.0.20348", false},
		{"10.0.20348", "10.0.17763", false},
		{"10.0.20348", "10.0.20348", true},
		{"10.0.20348", "10.0.26100", false}, // never a newer one
		{"10.0.26100", "10.0.20348", true},
		{"10.0.26100", "10.0.17763", false}, // from before the stable ABI
		{"10.0.26100", "", true},            // not known
		{"", "10.0.17763", true},
	} {
		if got := tc.host.Runs(tc.image); got != tc.want {
			t.Errorf("%q runs %q: got %v, want %v", tc.host, tc.image, got, tc.want)
		}
	}
}

func TestImageBuild(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]platform.Build{
		"mcr.microsoft.com/windows/servercore:ltsc2022":                              "10.0.20348",
		"mcr.microsoft.com/windows/nanoserver:10.0.26100.4349":                       "10.0.26100",
		"mcr.microsoft.com/windows/nanoserver:1809":                                  "10.0.17763",
		"mcr.microsoft.com/dotnet/framework/aspnet:4.8.1-windowsservercore-ltsc2025": "10.0.26100",
		"mcr.microsoft.com/dotnet/framework/aspnet:4.8.1":                            "",
		"golang:1.26-nanoserver-ltsc2022@sha256:0a":                                  "10.0.20348",
		"web:2022":                     "", // a year, of an image that may be anything
		"web:v1.2.3-linux":             "",
		"rancher/wins:v0.4.18-2004x":   "",
		"rancher/agent:windows-20H2":   "10.0.19042",
		"registry:5000/windows/nano":   "",
		"example/app-windows:ltsc2016": "10.0.14393",
	} {
		if got := platform.ImageBuild(image); got != want {
			t.Errorf("%s: got %q, want %q", image, got, want)
		}
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	for build, want := range map[platform.Build]string{"10.0.20348": "2022", "10.0.19042": "20H2", "10.0.29000": "", "": ""} {
		if got := build.Release(); got != want {
			t.Errorf("%q: got %q, want %q", build, got, want)
		}
	}
}
