package chart_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// TestMain keeps Helm off the files of whoever runs the tests.
func TestMain(m *testing.M) {
	home, err := os.MkdirTemp("", "helm")
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	for name, path := range helmFiles(home) {
		os.Setenv(name, path)
	}
	chart.LogTo(io.Discard)
	status := m.Run()
	os.RemoveAll(home)
	os.Exit(status)
}

// helmFiles are the places that Helm reads and writes, all below one folder.
func helmFiles(home string) map[string]string {
	return map[string]string{
		"HELM_REPOSITORY_CONFIG": filepath.Join(home, "repositories.yaml"),
		"HELM_REPOSITORY_CACHE":  filepath.Join(home, "repository"),
		"HELM_REGISTRY_CONFIG":   filepath.Join(home, "registry.json"),
		"HELM_CACHE_HOME":        filepath.Join(home, "cache"),
		"HELM_CONFIG_HOME":       filepath.Join(home, "config"),
		"HELM_DATA_HOME":         filepath.Join(home, "data"),
		"HELM_PLUGINS":           filepath.Join(home, "plugins"),
	}
}

// files is a folder's content by path.
type files map[string]string

// write puts the files into a folder.
func (f files) write(t *testing.T, dir string) string {
	t.Helper()
	for name, text := range f {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// chart writes the files as a chart named web, with a Chart.yaml where they have none, and says where.
func (f files) chart(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "web")
	f.write(t, dir)
	if _, ok := f["Chart.yaml"]; !ok {
		files{"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n"}.write(t, dir)
	}
	return dir
}

func load(t *testing.T, path string) *chart.Chart {
	t.Helper()
	c, err := chart.Load(t.Context(), chart.Source{Ref: path}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func renderer(t *testing.T, path string, rel chart.Release, values map[string]any) *chart.Renderer {
	t.Helper()
	if rel.Name == "" {
		rel.Name = "rel"
	}
	r, err := load(t, path).Renderer(rel, values)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type vals = map[string]any
