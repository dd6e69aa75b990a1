package plugin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/plugin"
)

// contents are the files of dir and what is in them; a link is followed.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		if data, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil {
			files[e.Name()] = string(data)
		}
	}
	return files
}

func TestWriteFilesAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("old"), []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	err := plugin.WriteFiles(t.Context(), append(plugin.Files(at("old"), "new"), plugin.Files(at("missing/x"), "new")...))
	if err == nil || !strings.Contains(err.Error(), "writing "+at("missing/x")+": ") || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("got error %v, want one that names the file, and not the temporary one", err)
	}
	if diff := cmp.Diff(contents(t, dir), map[string]string{"old": "old"}); diff != "" {
		t.Error(diff)
	}
}

func TestWriteFilesInterrupted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := plugin.WriteFiles(ctx, plugin.Files(filepath.Join(dir, "x"), "new"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
	if diff := cmp.Diff(contents(t, dir), map[string]string{}); diff != "" {
		t.Error(diff)
	}
}

func TestWriteFilesKeepsModeAndLink(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("file"), []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", at("link")); err != nil {
		t.Fatal(err)
	}
	if err := plugin.WriteFiles(t.Context(), plugin.Files(at("link"), "new")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(contents(t, dir), map[string]string{"file": "new", "link": "new"}); diff != "" {
		t.Error(diff)
	}
	info, err := os.Lstat(at("file"))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode(); got != 0o640 {
		t.Errorf("mode %v, want 0640", got)
	}
}

func TestWriteFilesLeavesDevicesInPlace(t *testing.T) {
	if err := plugin.WriteFiles(t.Context(), plugin.Files(os.DevNull, "new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().IsRegular() {
		t.Errorf("%s has become a file", os.DevNull)
	}
}

func TestToleration(t *testing.T) {
	for _, tt := range []struct {
		spec string
		want corev1.Toleration
	}{
		{"os=windows:NoSchedule", corev1.Toleration{Key: "os", Operator: "Equal", Value: "windows", Effect: "NoSchedule"}},
		{"example.com/win:NoExecute", corev1.Toleration{Key: "example.com/win", Operator: "Exists", Effect: "NoExecute"}},
		{"os=:PreferNoSchedule", corev1.Toleration{Key: "os", Operator: "Equal", Effect: "PreferNoSchedule"}},
		{"os=windows", corev1.Toleration{}},
		{"os=windows:Never", corev1.Toleration{}},
		{"=windows:NoSchedule", corev1.Toleration{}},
		{"os=two words:NoSchedule", corev1.Toleration{}},
		{":NoSchedule", corev1.Toleration{}},
	} {
		t.Run(tt.spec, func(t *testing.T) {
			got, err := plugin.Toleration(tt.spec)
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Error(diff)
			}
			if refused := err != nil; refused != (tt.want == corev1.Toleration{}) {
				t.Errorf("error %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), "KEY[=VALUE]:EFFECT") {
				t.Errorf("error %v does not name the form", err)
			}
		})
	}
}
