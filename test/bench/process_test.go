package bench_test

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// atLeast is how many pairs of processes a median is taken of, however short the benchmark's time.
const atLeast = 7

// BenchmarkProcess runs our patch and helm template of the same chart in turn, so that both see the same machine.
func BenchmarkProcess(b *testing.B) {
	ours, helm := programs(b)
	for _, s := range sizes(b) {
		b.Run("patch/"+s.name, func(b *testing.B) {
			inTurn(b,
				[]string{ours, "patch", s.dir, "--os", "windows", "--kube-version", chart.DefaultKubeVersion},
				[]string{helm, "template", s.dir, "--kube-version", chart.DefaultKubeVersion},
			)
		})
	}
	b.Run("version", func(b *testing.B) { inTurn(b, []string{ours, "version"}, []string{helm, "version"}) })
}

// programs builds both the same way: ours, and Helm's CLI as the pinned module has it, with the dependencies of its own go.mod.
func programs(b *testing.B) (ours, helm string) {
	b.Helper()
	dir := b.TempDir()
	build := func(name, at, pkg string) string {
		out := filepath.Join(dir, name)
		if runtime.GOOS == "windows" {
			out += ".exe"
		}
		output(b, "go", "build", "-C", at, "-trimpath", "-ldflags=-s -w", "-o", out, pkg)
		return out
	}
	pinned := strings.TrimSpace(output(b, "go", "list", "-m", "-f", "{{.Dir}}", "helm.sh/helm/v3"))
	return build("ours", "../..", "./cmd/kubectl-winready"), build("helm", pinned, "./cmd/helm")
}

func output(b *testing.B, name string, args ...string) string {
	b.Helper()
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(b.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s", cmd, err, errOut.Bytes())
	}
	return out.String()
}

// cost is what a process took: time on the clock, and time of all processors, which a busy machine changes less.
type cost struct{ wall, cpu time.Duration }

// inTurn reports the medians of both, and the ratio of these.
func inTurn(b *testing.B, ours, helm []string) {
	b.Helper()
	start(b, ours) // what they read is in memory from here on
	start(b, helm)
	var a, h []cost
	pair := func() {
		a = append(a, start(b, ours))
		h = append(h, start(b, helm))
	}
	for b.Loop() {
		pair()
	}
	for len(a) < atLeast {
		pair()
	}
	b.ReportMetric(0, "ns/op") // of both together: nothing to know
	wall, cpu := func(c cost) time.Duration { return c.wall }, func(c cost) time.Duration { return c.cpu }
	b.ReportMetric(milliseconds(median(a, wall)), "ms-ours")
	b.ReportMetric(milliseconds(median(h, wall)), "ms-helm")
	b.ReportMetric(float64(median(a, wall))/float64(median(h, wall)), "x-helm")
	b.ReportMetric(float64(median(a, cpu))/float64(median(h, cpu)), "x-helm-cpu")
}

// start runs a process to its end. Status 1 of patch says that a workload is not placed.
func start(b *testing.B, args []string) cost {
	b.Helper()
	var errOut bytes.Buffer
	cmd := exec.CommandContext(b.Context(), args[0], args[1:]...)
	cmd.Stderr = &errOut
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1 || args[1] != "patch") {
		b.Fatalf("%s: %v\n%s", cmd, err, errOut.Bytes())
	}
	return cost{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
}

func median(costs []cost, of func(cost) time.Duration) time.Duration {
	var d []time.Duration
	for _, c := range costs {
		d = append(d, of(c))
	}
	slices.Sort(d)
	return d[len(d)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
