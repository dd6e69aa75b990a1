package plugin_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update is pkg/internal/golden's flag once more: that package is internal to pkg, and this one is beside pkg.
var update = flag.Bool("update", false, "rewrite golden files and generated documents")

// check fails t unless the file at path holds got. With -update it makes it so.
func check(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, string(want)); diff != "" {
		t.Errorf("%s is not what was made (-got +want); make update rewrites it:\n%s", path, diff)
	}
}
