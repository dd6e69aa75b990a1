package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func version(t *testing.T, s string) platform.Version {
	t.Helper()
	v, err := platform.ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]platform.Version{
		"v1.34.1+rke2r1": {Major: 1, Minor: 34, Patch: 1, Suffix: "+rke2r1"},
		"1.7.23-k3s2":    {Major: 1, Minor: 7, Patch: 23, Suffix: "-k3s2"},
		"1.6":            {Major: 1, Minor: 6},
		"1.7.0-rc.1":     {Major: 1, Minor: 7, Suffix: "-rc.1"},
		"20.10.9":        {Major: 20, Minor: 10, Patch: 9},
		" v1.26.0 ":      {Major: 1, Minor: 26},
	} {
		got, err := platform.ParseVersion(s)
		if diff := cmp.Diff(got, want); diff != "" || err != nil {
			t.Errorf("%q: %v, got -, want +:\n%s", s, err, diff)
		}
	}
	for _, s := range []string{"", "v", "1", "1.2.3.4", "one.two", "1.-2", "1..2", "v1.x", "99999999999.1"} {
		if got, err := platform.ParseVersion(s); err == nil || got != (platform.Version{}) {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
}

func TestParseRuntime(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"containerd://1.7.23-k3s2": "containerd 1.7.23", "docker://20.10.9": "docker 20.10.9", "cri-o://1.30.2": "cri-o 1.30.2",
		"containerd://Unknown": "error: containerd", "containerd": "error: ", "": "error: ", "://1.7.0": "error: ", "containerd://": "error: containerd",
	} {
		got, err := platform.ParseRuntime(s)
		text := got.String()
		if err != nil {
			text = "error: " + text
		}
		if text != want {
			t.Errorf("%q: got %q (%v), want %q", s, text, err, want)
		}
	}
}

// TestHostProcess holds the history against the sources that the tables cite.
func TestHostProcess(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]platform.Stage{
		"v1.21.14": platform.Absent, "v1.22.17": platform.Alpha, "v1.23.0": platform.Beta, "v1.24.17": platform.Beta, "v1.25.3": platform.Beta,
		"v1.26.0": platform.Stable, "v1.28.15": platform.Stable, "v1.37.2+rke2r1": platform.Stable, "v2.0.0": platform.Stable,
	} {
		if got := platform.HostProcessStage(version(t, s)); got != want {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
	}
	for s, want := range map[string]platform.Mounts{
		"containerd://1.5.16": "", "containerd://1.6.0": platform.SymlinkMounts, "containerd://1.6.38": platform.SymlinkMounts,
		"containerd://1.7.0": platform.BindMounts, "containerd://2.3.4-k3s1": platform.BindMounts, "containerd://9.0.0": platform.BindMounts,
		"docker://26.1.0": "", "cri-o://1.30.2": "",
	} {
		runtime, err := platform.ParseRuntime(s)
		if got := runtime.HostProcess(); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", s, got, err, want)
		}
	}
	for s, want := range map[string]bool{
		"v1.21.1": false, "v1.22.9": true, "v1.23.9": true, "v1.23.10": false, "v1.24.3": true, "v1.24.4+rke2r1": false, "v1.25.0": false,
	} {
		if got := platform.IgnoresContainerHostProcess(version(t, s)); got != want {
			t.Errorf("kubelet %s: got %v, want %v", s, got, want)
		}
	}
}

// TestRKE2 is why RKE2 has HostProcess from 1.24.1 on, and bind mounts in which releases.
func TestRKE2(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]platform.Mounts{
		"v1.22.9+rke2r2": "", "v1.23.6+rke2r1": "", "v1.23.17+rke2r1": "", platform.FirstRKE2: platform.SymlinkMounts,
		"v1.24.13+rke2r1": platform.SymlinkMounts, "v1.24.14+rke2r1": platform.BindMounts, "v1.25.0+rke2r1": platform.SymlinkMounts,
		"v1.25.9+rke2r1": platform.SymlinkMounts, "v1.25.10+rke2r1": platform.BindMounts, "v1.26.4+rke2r1": platform.SymlinkMounts,
		"v1.26.5+rke2r1": platform.BindMounts, "v1.27.1+rke2r1": platform.SymlinkMounts, "v1.27.2+rke2r1": platform.BindMounts,
		"v1.30.0+rke2r1": platform.BindMounts, "v1.37.0+rke2r1": platform.BindMounts,
	} {
		containerd, known := platform.RKE2Containerd(version(t, s))
		if got := (platform.Runtime{Name: platform.Containerd, Version: containerd}).HostProcess(); got != want || !known {
			t.Errorf("%s: containerd %s (%v), got %q, want %q", s, containerd, known, got, want)
		}
	}
	for _, s := range []string{"v1.34.1", "v1.34.1+k3s1", "v1.20.15+rke2r1"} {
		if containerd, known := platform.RKE2Containerd(version(t, s)); known {
			t.Errorf("%s: got %s", s, containerd)
		}
	}
}

// TestRunsOlderBuilds: an image for 2022 on a node of 2025 takes a runtime that pulls it.
func TestRunsOlderBuilds(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][2]bool{
		"containerd://1.5.13": {false, true}, "containerd://1.6.6": {false, true}, "containerd://1.6.22": {false, true}, "containerd://1.6.23": {true, true},
		"containerd://1.7.1": {false, true}, "containerd://1.7.5": {false, true}, "containerd://1.7.6": {true, true}, "containerd://2.1.4": {true, true},
		"docker://26.1.0": {false, false}, "containerd://x": {false, false},
	} {
		r, _ := platform.ParseRuntime(s)
		runs, known := r.RunsOlderBuilds()
		if got := [2]bool{runs, known}; got != want {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
}

// TestRunsWith: a build that Windows runs takes a runtime that pulls it, and no runtime makes Windows run what it does not.
func TestRunsWith(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		host, image platform.Build
		runtime     string
		want        bool
	}{
		{"10.0.26100", "10.0.20348", "containerd://1.7.1", false},
		{"10.0.26100", "10.0.20348", "containerd://1.7.6", true},
		{"10.0.26100", "10.0.26100", "containerd://1.6.6", true},
		{"10.0.26100", "10.0.20348", "docker://26.1.0", true},
		{"10.0.26100", "", "containerd://1.7.1", true},
		{"10.0.20348", "10.0.17763", "containerd://2.1.4", false},
		{"10.0.20348", "10.0.26100", "containerd://2.1.4", false},
	} {
		r, _ := platform.ParseRuntime(tc.runtime)
		if got := tc.host.RunsWith(tc.image, r); got != tc.want {
			t.Errorf("%s on %s with %s: got %v", tc.image, tc.host, tc.runtime, got)
		}
	}
}

func TestBindsMounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		build       platform.Build
		revision    int
		binds, told bool
	}{
		{"10.0.17763", 2000, false, true},
		{"10.0.17763", 3165, true, true},
		{"10.0.17763", 0, false, false},
		{"10.0.20348", 0, true, true},
		{"10.0.29000", 1, true, true},
		{"", 0, true, false},
	} {
		if binds, known := tc.build.BindsMounts(tc.revision); binds != tc.binds || known != tc.told {
			t.Errorf("%s.%d: got %v, %v", tc.build, tc.revision, binds, known)
		}
	}
}
