package plugin_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreflightOfSavedClusters has a cluster of each distribution, as it is to be and broken in each way that the rules know.
func TestPreflightOfSavedClusters(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1795392000") // 2026-11-23
	const clusters = "../test/clusters/preflight"
	files, err := filepath.Glob(clusters + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			status, text, errOut := run(t.Context(), strings.NewReader(""), "preflight", "--filename", file)
			check(t, filepath.Join("testdata", "preflight", name+".txt"), text+errOut)
			// A cluster that is named for being broken is not fine, and no other fails for what the rules know.
			if strings.Contains(name, "broken") && status == 0 {
				t.Errorf("got status %d", status)
			}
			_, out, _ := run(t.Context(), strings.NewReader(""), "preflight", "--filename", file, "--output", "json")
			sameInJSON(t, text, out)
			if strings.HasPrefix(name, "rke2-broken") || name == "generic" {
				check(t, filepath.Join("testdata", "preflight", name+".json"), out)
			}
		})
	}
}

// sameInJSON holds the two formats against each other: each requirement is in the same state in both.
func sameInJSON(t *testing.T, text, out string) {
	t.Helper()
	var report struct {
		Checklist struct {
			Tally  map[string]int
			Groups []struct {
				Name         string
				Requirements []struct{ RuleID, State string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, g := range report.Checklist.Groups {
		for _, r := range g.Requirements {
			seen[r.State]++
			shown := false
			for line := range strings.Lines(text) {
				state, rest, has := strings.Cut(strings.TrimSpace(line), "  ")
				shown = shown || has && state == r.State && strings.HasPrefix(strings.TrimSpace(rest), r.RuleID+" ")
			}
			if shown == (r.State == "does not apply") {
				t.Errorf("%s is %q in JSON, and in the text that is %v", r.RuleID, r.State, shown)
			}
		}
	}
	for state, n := range seen {
		if report.Checklist.Tally[state] != n {
			t.Errorf("%q is told %d times, and is there %d times", state, report.Checklist.Tally[state], n)
		}
	}
}

// TestPreflightWhatCannotBeReadNeverPasses takes the parts of a cluster away one by one: no requirement that had failed passes without
// what it failed by.
func TestPreflightWhatCannotBeReadNeverPasses(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1795392000")
	data, err := os.ReadFile("../test/clusters/preflight/rke2-calico-broken.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for kind, ids := range map[string][]string{
		"kind: IPPool": {"WR629", "WR630"}, "kind: IPAMConfig": {"WR628"}, "kind: Installation": {"WR631", "WR632"},
	} {
		var kept []string
		for doc := range strings.SplitSeq(string(data), "---\n") {
			if !strings.Contains(doc, kind+"\n") {
				kept = append(kept, doc)
			}
		}
		status, out, _ := run(t.Context(), strings.NewReader(strings.Join(kept, "---\n")), "preflight", "--filename", "-")
		if status != 3 {
			t.Errorf("%s: got status %d", kind, status)
		}
		for _, id := range ids {
			if !strings.Contains(out, "  cannot tell  "+id+"  ") {
				t.Errorf("%s: it is not said that %s cannot be told:\n%s", kind, id, out)
			}
		}
	}
}
