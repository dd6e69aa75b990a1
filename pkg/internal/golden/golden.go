// Package golden compares output with files that are reviewed like code.
// It holds the one -update flag of the tests, and must not be imported by anything else.
package golden

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The test binary parses its flags before a test runs, and a flag must be declared before that.
var update = flag.Bool("update", false, "rewrite golden files and generated documents") //nolint:gochecknoglobals // see above

// Update says whether the tests were asked to rewrite what they compare with.
func Update() bool { return *update }

// Check fails t unless the file at path holds got. With -update it makes it so.
func Check(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), string(want)); diff != "" {
		t.Errorf("%s is not what was made (-got +want); make update rewrites it:\n%s", path, diff)
	}
}
