package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCorpus runs over our own charts, one that asks for values and one folder that is no chart among them.
func TestCorpus(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "out.json")
	var out, errOut strings.Builder
	args := []string{"-os", "windows", "-pools", "../charts/pools.yaml", "-json", file, "../charts"}
	if err := run(t.Context(), &out, &errOut, args); err != nil {
		t.Fatalf("%v\n%s%s", err, &out, &errOut)
	}
	for _, line := range []string{
		"1 of them with values of their ci folder", "failed to render     0", "panics               0", "out of time          0",
		"knob refused: the schema refuses it", "at most 3 on ",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("not printed: %q\n%s", line, &out)
		}
	}
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), `"values": "ci/values.yaml"`) {
		t.Errorf("%v: %d bytes that do not name the values of needs-values", err, len(data))
	}
}

func TestCorpusUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"a", "b"}, {"-os", "beos", "../charts"}, {"-pools", "none", "../charts"}, {t.TempDir()}} {
		var out, errOut strings.Builder
		if err := run(t.Context(), &out, &errOut, args); err == nil {
			t.Errorf("%q: no error\n%s", args, &out)
		}
	}
}

// TestClasses: messages that differ in names only are counted together.
func TestClasses(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"no value reaches its tolerations": "no value reaches its tolerations",
		"its template names linux by nodeSelector kubernetes.io/os, and no value changes that; no value reaches its tolerations":                                                                                   "the template names another OS + no value reaches its tolerations",
		`no combination of values places it: pool "w" (windows): a; pool "x" (windows): b`:                                                                                                                         "what can be set does not suffice",
		"a.b cannot be used: the chart's schema refuses it: /a: got object, want string":                                                                                                                           "knob refused: the schema refuses it",
		"a cannot be used: x writes kubernetes.io/os itself, setting it would give two equal keys in one map; b cannot be used: y writes kubernetes.io/os itself, setting it would give two equal keys in one map": "knob refused: its template writes the OS label itself: two equal keys",
	} {
		if got := obstacles(message); got != want {
			t.Errorf("obstacles(%q) = %q, want %q", message, got, want)
		}
	}
	if got, want := failure(`rendering chart "x": execution error at (x/templates/a.yaml:1:1): give me a`), "the chart asks for a value"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
