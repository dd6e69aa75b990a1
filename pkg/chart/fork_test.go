package chart_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/lint/support"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/fork"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// complaints are what helm lint says of a chart, but for what is only advice, and for where it is.
func complaints(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	for _, m := range action.NewLint().Run([]string{dir}, nil).Messages {
		if m.Severity >= support.WarningSev {
			out = append(out, lineNumber.ReplaceAllString(m.Err.Error(), ":N"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var lineNumber = regexp.MustCompile(`:\d+(:\d+)?`)

// TestForks: forks of our charts for all of their pods are charts that Helm lints no worse than what they are forks of, packs, and
// renders alike from the folder and from the package.
func TestForks(t *testing.T) {
	t.Parallel()
	goal := aim.Request{Pools: []placement.Pool{
		{Name: "linux", Labels: map[string]string{platform.LabelOS: "linux"}},
		{Name: "windows", Labels: map[string]string{platform.LabelOS: "windows"}, Taints: []corev1.Taint{{Key: "os", Value: "windows", Effect: "NoSchedule"}}},
	}}.Goal(platform.Windows, nil)
	for _, name := range []string{"all-kinds", "broken-line-ends", "hooks", "library", "os-by-affinity", "subcharts"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join("..", "..", "test", "charts", name)
			rel := chart.Release{Name: "rel", Namespace: "default"}
			f, err := fork.Make(t.Context(), fork.Input{
				Chart: load(t, dir), Release: rel, Plan: func(w workload.Workload) (steer.Plan, bool) { return steer.Place(w, goal), true },
			})
			if err != nil || len(f.Placed) == 0 {
				t.Fatalf("placed %d, %v", len(f.Placed), err)
			}
			text := files{}
			for name, data := range f.Files {
				text[name] = string(data)
			}
			forked := text.write(t, filepath.Join(t.TempDir(), f.Name))
			had := complaints(t, dir)
			fresh := slices.DeleteFunc(complaints(t, forked), func(c string) bool { return slices.Contains(had, c) })
			if len(fresh) > 0 {
				t.Errorf("helm lint: %s", strings.Join(fresh, "\n"))
			}
			pack := action.NewPackage()
			pack.Destination = t.TempDir()
			packed, err := pack.Run(forked, nil)
			if err != nil {
				t.Fatalf("helm package: %v", err)
			}
			if want := fmt.Sprintf("%s-%s.tgz", f.Name, f.Version); filepath.Base(packed) != want {
				t.Errorf("helm package wrote %s, want %s", filepath.Base(packed), want)
			}
			inFolder, _, err := template(t, forked, rel, nil)
			if err != nil {
				t.Fatal(err)
			}
			inPackage, _, err := template(t, packed, rel, nil)
			if diff := cmp.Diff(inPackage, inFolder); err != nil || diff != "" {
				t.Errorf("the package renders another text, %v (-package +folder):\n%s", err, diff)
			}
		})
	}
}
