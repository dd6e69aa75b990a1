package bench_test

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/postrender"
)

//go:embed testdata/documents.txtar
var documents string

// streamSize is how long the stream is that post-render and kustomize are given.
const streamSize = 10 << 20

// rendered is a stream of documents as Helm renders them, of about a size. One in six holds a dashboard, so that a document has 8 kB
// on average: what those of public charts have.
func rendered(size int) []byte {
	var out bytes.Buffer
	kinds := txtar.Parse([]byte(documents)).Files
	for i := 0; out.Len() < size; i++ {
		for _, f := range kinds {
			text := bytes.ReplaceAll(f.Data, []byte("PANELS\n"), bytes.Repeat([]byte(panel), 170))
			out.Write(bytes.ReplaceAll(text, []byte("NAME"), fmt.Appendf(nil, "service%04d", i)))
		}
	}
	return out.Bytes()
}

const panel = `    {"type": "graph", "title": "Requests", "datasource": "${DS}", "fill": 1, "gridPos": {"h": 7, "w": 8, "x": 0, "y": 0},
     "targets": [{"expr": "sum(rate(http_requests_total{app=\"NAME\"}[5m])) by (code)", "legendFormat": "{{code}}"}]},
`

func windows(b *testing.B) postrender.Request {
	b.Helper()
	pools, ok := placement.Preset("gke")
	if !ok {
		b.Fatal("no preset gke")
	}
	return postrender.Request{Request: aim.Request{OS: "windows", Pools: pools, PoolsAssumed: true}}
}

// kustomization is the same patch for kustomize, a part for each kind.
const kustomization = `
resources: [stream.yaml]
patches:
  - target: {kind: Deployment}
    patch: |
      - {op: add, path: /spec/template/spec/nodeSelector/kubernetes.io~1os, value: windows}
      - {op: add, path: /spec/template/spec/tolerations/-, value: {key: node.kubernetes.io/os, operator: Equal, value: windows, effect: NoSchedule}}
  - target: {kind: DaemonSet}
    patch: |
      - {op: remove, path: /spec/template/spec/affinity}
      - {op: add, path: /spec/template/spec/nodeSelector, value: {kubernetes.io/os: windows}}
  - target: {kind: CronJob}
    patch: |
      - {op: add, path: /spec/jobTemplate/spec/template/spec/nodeSelector, value: {kubernetes.io/os: windows}}
      - {op: add, path: /spec/jobTemplate/spec/template/spec/tolerations, value: [{key: node.kubernetes.io/os, operator: Equal, value: windows, effect: NoSchedule}]}
`

func kustomize(b *testing.B, stream []byte) []byte {
	b.Helper()
	files := filesys.MakeFsInMemory()
	for name, data := range map[string][]byte{"/kustomization.yaml": []byte(kustomization), "/stream.yaml": stream} {
		if err := files.WriteFile(name, data); err != nil {
			b.Fatal(err)
		}
	}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, "/")
	if err != nil {
		b.Fatal(err)
	}
	out, err := resources.AsYaml()
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkPostRender is post-render alone, for its memory.
func BenchmarkPostRender(b *testing.B) {
	q := windows(b)
	for _, size := range []int{1 << 20, streamSize} {
		stream := rendered(size)
		b.Run(fmt.Sprintf("%dMB", size>>20), func(b *testing.B) {
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := postrender.Run(bytes.NewReader(stream), io.Discard, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAgainstKustomize runs post-render and kustomize with the same patch in turn, so that both see the same machine.
func BenchmarkAgainstKustomize(b *testing.B) {
	stream, q := rendered(streamSize), windows(b)
	same(b, q)
	var ours, theirs []time.Duration
	for b.Loop() {
		begin := time.Now()
		if _, err := postrender.Run(bytes.NewReader(stream), io.Discard, q); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		kustomize(b, stream)
		ours, theirs = append(ours, between.Sub(begin)), append(theirs, time.Since(between))
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	a, k := ours[len(ours)/2], theirs[len(theirs)/2]
	b.ReportMetric(0, "ns/op") // of both together: nothing to know
	b.ReportMetric(milliseconds(a), "ms-ours")
	b.ReportMetric(milliseconds(k), "ms-kustomize")
	b.ReportMetric(float64(k)/float64(a), "x-faster")
}

// same holds that both do the same to a short stream: else there is nothing to compare.
func same(b *testing.B, q postrender.Request) {
	b.Helper()
	stream := rendered(1)
	ours, _, err := postrender.Bytes(stream, q)
	if err != nil {
		b.Fatal(err)
	}
	got, want := objects(b, ours), objects(b, kustomize(b, stream))
	if len(got) != len(want) {
		b.Fatalf("%d objects, kustomize has %d", len(got), len(want))
	}
	for name, object := range want {
		for _, d := range manifest.Diff(got[name], object) {
			b.Fatalf("%s: %v differs: %v, kustomize has %v", name, d.Path, d.Old, d.New)
		}
	}
}

func objects(b *testing.B, stream []byte) map[string]map[string]any {
	b.Helper()
	out := map[string]map[string]any{}
	err := manifest.Stream(bytes.NewReader(stream), func(i manifest.Item) error {
		if i.Err == nil {
			kind, _ := i.Object()["kind"].(string)
			out[kind+"/"+manifest.NameOf(i.Object())] = i.Object()
		}
		return i.Err
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkPostRenderProcess is the whole program on streams of three sizes: what it needs of memory must not grow with the stream.
func BenchmarkPostRenderProcess(b *testing.B) {
	ours := filepath.Join(b.TempDir(), "ours")
	output(b, "go", "build", "-C", "../..", "-trimpath", "-ldflags=-s -w", "-o", ours, "./cmd/kubectl-winready")
	for _, size := range []int{1 << 20, streamSize, 10 * streamSize} {
		b.Run(fmt.Sprintf("%dMB", size>>20), func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "stream.yaml")
			if err := os.WriteFile(file, rendered(size), 0o644); err != nil {
				b.Fatal(err)
			}
			peak := int64(0)
			for b.Loop() {
				peak = max(peak, peakMemory(b, file, []string{ours, "post-render", "--os", "windows", "--pools", "gke"}))
			}
			b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
		})
	}
}

// errorText is what a process said, at most some lines of it.
func errorText(b []byte) string {
	lines := strings.SplitAfterN(string(b), "\n", 5)
	return strings.Join(lines[:min(4, len(lines))], "")
}
