package plugin_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/fork"
	"github.com/winready/kubectl-winready/plugin"
)

const ofWeb = "# Fork of web 1.2.3 by kubectl winready\n"

func forkOfWeb() *fork.Fork {
	return &fork.Fork{Name: "web", From: "1.2.3", Files: map[string][]byte{
		"Chart.yaml": []byte("name: web\n"), "templates/web.yaml": []byte("kind: Pod\n"), "UPSTREAM.md": []byte(ofWeb),
	}}
}

// filesBelow is every file below a folder, and what is in it.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWriteFork(t *testing.T) {
	t.Parallel()
	written := map[string]string{"fork/Chart.yaml": "name: web\n", "fork/templates/web.yaml": "kind: Pod\n", "fork/UPSTREAM.md": ofWeb}
	with := func(more map[string]string) map[string]string {
		out := map[string]string{}
		for _, m := range []map[string]string{written, more} {
			maps.Copy(out, m)
		}
		return out
	}
	for name, tc := range map[string]struct {
		have    map[string]string // in the parent of the fork's folder
		want    map[string]string
		refused string
	}{
		"where nothing is": {want: written},
		"over an earlier fork": {
			have: map[string]string{"fork/UPSTREAM.md": ofWeb, "fork/templates/web.yaml": "old"}, want: written,
		},
		"what is git's stays": {
			have: map[string]string{"fork/UPSTREAM.md": ofWeb, "fork/.git/config": "mine", "fork/.gitignore": "x"},
			want: with(map[string]string{"fork/.git/config": "mine", "fork/.gitignore": "x"}),
		},
		"not over a fork with a file of somebody's": {
			have: map[string]string{"fork/UPSTREAM.md": ofWeb, "fork/prod.yaml": "mine"}, refused: "prod.yaml in it is no file of the fork",
		},
		"not over a fork of another chart": {
			have: map[string]string{"fork/UPSTREAM.md": strings.Replace(ofWeb, "web", "db", 1)}, refused: "it is not empty",
		},
		"not over the chart itself": {have: map[string]string{"fork/Chart.yaml": "name: web\n"}, refused: "it is not empty"},
		"not over a file":           {have: map[string]string{"fork": "a file"}, refused: "it is no folder"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			fill(t, dir, tc.have)
			err := plugin.WriteFork(t.Context(), filepath.Join(dir, "fork"), forkOfWeb())
			if tc.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tc.refused) {
					t.Errorf("got error %v, want %q in it", err, tc.refused)
				}
				tc.want = tc.have
			} else if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(filesBelow(t, dir), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestWriteForkIntoEmptyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := plugin.WriteFork(t.Context(), dir, forkOfWeb()); err != nil {
		t.Fatal(err)
	}
	if got := len(filesBelow(t, dir)); got != 3 {
		t.Errorf("got %d files, want 3", got)
	}
}

// TestWriteForkAllOrNothing: whatever stops it, what was there before is there afterwards, and nothing else.
func TestWriteForkAllOrNothing(t *testing.T) {
	t.Parallel()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	outside := forkOfWeb()
	outside.Files["../evil"] = []byte("x")
	folder := forkOfWeb()
	folder.Files["Chart.yaml/x"] = []byte("a folder where a file is")
	for name, tc := range map[string]struct {
		ctx  context.Context
		fork *fork.Fork
		want error
	}{
		"interrupted":             {canceled, forkOfWeb(), context.Canceled},
		"a path that leads out":   {t.Context(), outside, nil},
		"what cannot be a folder": {t.Context(), folder, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			have := map[string]string{"fork/UPSTREAM.md": ofWeb, "fork/templates/web.yaml": "old"}
			fill(t, dir, have)
			err := plugin.WriteFork(tc.ctx, filepath.Join(dir, "fork"), tc.fork)
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) || strings.Contains(err.Error(), ".tmp") {
				t.Errorf("got error %v, want one that names no temporary file", err)
			}
			if diff := cmp.Diff(filesBelow(t, dir), have); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}
