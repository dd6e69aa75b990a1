package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestParseBuild(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]platform.Build{
		"10.0.20348":      "10.0.20348",
		"10.0.20348.2527": "10.0.20348",
		"20348":           "10.0.20348",
		"ltsc2022":        "10.0.20348",
		" LTSC2022 ":      "10.0.20348",
		"2022":            "10.0.20348",
		"1809":            "10.0.17763",
		"ltsc2019":        "10.0.17763",
		"20H2":            "10.0.19042",
		"ltsc2025":        "10.0.26100",
		"10.0.29999":      "10.0.29999", // newer than the table
	} {
		got, err := platform.ParseBuild(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestParseBuildNamesWhatIsAccepted(t *testing.T) {
	t.Parallel()
	const accepted = "; known are 10.0.14393 (ltsc2016, 2016, 1607, sac2016), 10.0.17763 (ltsc2019, 2019, 1809), " +
		"10.0.18362 (1903), 10.0.18363 (1909), 10.0.19041 (2004), 10.0.19042 (20h2), 10.0.20348 (ltsc2022, 2022), " +
		"10.0.25398 (23h2), 10.0.26100 (ltsc2025, 2025)"
	for _, s := range []string{"", "windows", "2021", "29999", "10.0.1", "10.0.20348.", "11.0.20348", "10.0.203480"} {
		build, err := platform.ParseBuild(s)
		if err == nil {
			t.Errorf("%q: got %q, want an error", s, build)
			continue
		}
		want := `want a Windows build 10.0.NNNNN or the number or name of a known one, got "` + s + `"` + accepted
		if diff := cmp.Diff(err.Error(), want); diff != "" {
			t.Errorf("got -, want +:\n%s", diff)
		}
	}
}
