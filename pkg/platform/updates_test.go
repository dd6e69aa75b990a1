package platform_test

import (
	"testing"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestUpdates(t *testing.T) {
	t.Parallel()
	seen := map[platform.Build]int{}
	for _, u := range platform.Updates() {
		if u.Build.Release() == "" || u.Name == "" || u.What == "" || u.Source == "" || u.Revision <= seen[u.Build] {
			t.Errorf("%+v is not whole, of no known build, or not after the one before", u)
		}
		seen[u.Build] = u.Revision
	}
	if u, ok := platform.UpdateFor("10.0.17763", platform.OverlayUpdate); !ok || u.Revision != 379 || !u.Confirmed {
		t.Errorf("got %+v, %v", u, ok)
	}
	if u, ok := platform.UpdateFor("10.0.20348", platform.OverlayUpdate); ok {
		t.Errorf("got %+v, which that build has from the beginning", u)
	}
}

func TestParseKernel(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"10.0.20348.2527": 2527, "10.0.20348": 0, "10.0.29999.1": 1} {
		build, got, err := platform.ParseKernel(s)
		if got != want || string(build) != s[:10] || err != nil {
			t.Errorf("%q: got %s and %d, %v", s, build, got, err)
		}
	}
	for _, s := range []string{"", "6.8.0-45-generic", "10.0.20348.", "10.0.20348.x", "10.0", "10.0.20348.99999999999999999999"} {
		if build, revision, err := platform.ParseKernel(s); err == nil {
			t.Errorf("%q: got %s and %d", s, build, revision)
		}
	}
}

// TestBuildsOfTheTable: a build newer than the table has none of its properties, and is said to be newer.
func TestBuildsOfTheTable(t *testing.T) {
	t.Parallel()
	for build, want := range map[platform.Build]platform.Channel{
		"10.0.17763": platform.LongTerm, "10.0.19042": platform.SemiAnnual, "10.0.25398": platform.Annual, "10.0.29999": "",
	} {
		if got := build.Channel(); got != want {
			t.Errorf("%s: got %q, want %q", build, got, want)
		}
	}
	if platform.Build("10.0.29999").Channel() != "" || !platform.Build("10.0.29999").Newer(platform.Newest()) || platform.Newest().Newer("10.0.26100") {
		t.Errorf("the newest build of the table is %s", platform.Newest())
	}
}
