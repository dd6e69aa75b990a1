package plugin_test

import (
	"os"
	"strings"
	"testing"
)

// TestKrew holds the manifest to what the program says of itself and to the archives that make dist builds.
func TestKrew(t *testing.T) {
	t.Parallel()
	manifest, err := os.ReadFile("../krew/winready.yaml")
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(makefile), "\nPLATFORMS := ")
	platforms, _, _ := strings.Cut(rest, "\n")
	want := []string{"shortDescription: " + tree().Short + "\n"}
	for p := range strings.FieldsSeq(platforms) {
		want = append(want, "kubectl-winready-"+strings.ReplaceAll(p, "/", "-")+".tar.gz")
	}
	for _, w := range want {
		if !strings.Contains(string(manifest), w) {
			t.Errorf("krew/winready.yaml does not have %q", w)
		}
	}
	if len(want) != 7 {
		t.Errorf("%d platforms in the Makefile, want 6", len(want)-1)
	}
}
