// Package module builds programs of Go modules beside this one, whose dependencies and ours would be in each other's way, and finds the
// files of modules that nothing imports. It must not know the product.
package module

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Go runs the Go command in the folder of a module, and returns what it wrote to stdout. The error has what it wrote to stderr.
func Go(ctx context.Context, dir string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = dir
	c.Env = append(c.Environ(), "GOWORK=off")
	out, err := c.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	if err != nil {
		return out, fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return out, nil
}

// Build builds a program from its package, with what the module in a folder requires, and returns its path. Programs are found by name,
// each in a folder of its own.
func Build(tb testing.TB, dir, pkg, name string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if _, err := Go(tb.Context(), dir, "build", "-o", path, pkg); err != nil {
		tb.Fatalf("building %s: %v", name, err)
	}
	return path
}

// Folder is where the files of a module are, in the version that the go.mod in a folder requires. It is downloaded by itself, with
// nothing of what it imports.
func Folder(ctx context.Context, dir, path string) (string, error) {
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := decoded(ctx, &mod, dir, "mod", "edit", "-json"); err != nil {
		return "", err
	}
	for _, r := range mod.Require {
		if r.Path == path {
			var got struct{ Dir string }
			err := decoded(ctx, &got, dir, "mod", "download", "-json", r.Path+"@"+r.Version)
			return got.Dir, err
		}
	}
	return "", fmt.Errorf("%s/go.mod has no %s", dir, path)
}

// decoded decodes what the Go command writes.
func decoded(ctx context.Context, into any, dir string, args ...string) error {
	out, err := Go(ctx, dir, args...)
	if err != nil {
		return fmt.Errorf("%w%s", err, out) // which has the reason, in JSON
	}
	return json.Unmarshal(out, into)
}
