package patch_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
)

const (
	charts    = "../../test/charts"
	mixedShop = "../../charts/mixed-shop"
)

// chartDirs are the folders of all charts of ours.
func chartDirs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(charts, "*", "Chart.yaml"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d charts in %s, %v", len(files), charts, err)
	}
	dirs := []string{mixedShop}
	for _, f := range files {
		dirs = append(dirs, filepath.Dir(f))
	}
	return dirs
}

// baseValues are the values a chart of ours is rendered with: those of the file that its trap.txt names.
func baseValues(t *testing.T, dir string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "trap.txt"))
	if err != nil && dir != mixedShop {
		t.Fatal(err)
	}
	var v chart.Values
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "values: "); ok {
			v.Files = append(v.Files, filepath.Join(dir, name))
		}
	}
	tree, err := v.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func release() chart.Release { return chart.Release{Name: "rel", Namespace: "default"} }

// open loads a chart anew, so that nothing is left of an earlier render.
func open(t *testing.T, dir string, values map[string]any) *chart.Renderer {
	t.Helper()
	chart.LogTo(io.Discard)
	c, err := chart.Load(t.Context(), chart.Source{Ref: dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Renderer(release(), values)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func run(t *testing.T, dir string, q patch.Request) *patch.Result {
	t.Helper()
	result, err := patch.Run(t.Context(), open(t, dir, baseValues(t, dir)), q)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func poolsFile(t *testing.T) []placement.Pool {
	t.Helper()
	name := filepath.Join(charts, "pools.yaml")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	pools, err := placement.ReadPools(data, name)
	if err != nil {
		t.Fatal(err)
	}
	return pools
}

func preset(t *testing.T, name string) []placement.Pool {
	t.Helper()
	pools, ok := placement.Preset(name)
	if !ok {
		t.Fatalf("no preset %s", name)
	}
	return pools
}

// TestCharts compares what is found out about each chart, and what is made of it, with what was reviewed: for Windows on pools that
// are tainted on both sides, and by auto on pools without taints.
func TestCharts(t *testing.T) {
	t.Parallel()
	for _, dir := range chartDirs(t) {
		if dir == mixedShop {
			continue // the README and the scripts of plugin show it
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			inspection, err := patch.Inspect(t.Context(), open(t, dir, baseValues(t, dir)))
			if err != nil {
				t.Fatal(err)
			}
			out := &txtar.Archive{Files: []txtar.File{{Name: "inspect.json", Data: byLine(t, inspection)}}}
			for _, way := range []struct {
				name string
				q    patch.Request
			}{
				{"windows", patch.Request{Request: aim.Request{OS: "windows", Pools: poolsFile(t)}}},
				{"auto", patch.Request{Request: aim.Request{OS: aim.Auto, Pools: preset(t, "rke2")}}},
			} {
				result := run(t, dir, way.q)
				overlay, err := result.Overlay.YAML()
				if err != nil {
					t.Fatal(err)
				}
				out.Files = append(out.Files,
					txtar.File{Name: way.name + ".yaml", Data: overlay},
					txtar.File{Name: way.name + ".json", Data: byLine(t, result.Report)},
				)
			}
			golden.Check(t, filepath.Join(dir, "golden.txtar"), maskRandom(txtar.Format(out)))
		})
	}
}

var randomName = regexp.MustCompile(`\brel-init-[a-z0-9]{5}\b`)

func maskRandom(text []byte) []byte { return randomName.ReplaceAll(text, []byte("rel-init-RANDOM")) }

// byLine writes JSON with one workload and one knob per line, which is what a review wants.
func byLine(t *testing.T, v any) []byte {
	t.Helper()
	compact, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(compact, &top); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	out.WriteString("{")
	sep := "\n"
	for _, key := range []string{"apiVersion", "kind", "chart", "renders", "warnings", "workloads", "knobs"} {
		raw, ok := top[key]
		delete(top, key)
		if !ok {
			continue
		}
		out.WriteString(sep + `"` + key + `": `)
		sep = ",\n"
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil || len(items) == 0 {
			out.Write(raw)
			continue
		}
		for i, item := range items {
			items[i] = slices.Concat([]byte("\n  "), item)
		}
		out.Write(slices.Concat([]byte("["), bytes.Join(rawBytes(items), []byte(",")), []byte("\n]")))
	}
	if len(top) > 0 {
		t.Fatalf("fields that this test does not know: %v", top)
	}
	out.WriteString("\n}\n")
	if !json.Valid(out.Bytes()) {
		t.Fatalf("no JSON:\n%s", out.Bytes())
	}
	return out.Bytes()
}

func rawBytes(items []json.RawMessage) [][]byte {
	out := make([][]byte, 0, len(items))
	for _, i := range items {
		out = append(out, i)
	}
	return out
}
