package aim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

func made(name string, selector map[string]string, images ...string) workload.Workload {
	w := workload.Workload{Object: object.Ref{Kind: "Deployment", Name: name}, Spec: corev1.PodSpec{NodeSelector: selector}}
	for _, image := range images {
		w.Spec.Containers = append(w.Spec.Containers, corev1.Container{Image: image})
	}
	return w
}

// TestRegistriesDecideLast: what a registry says counts where the pod, a pattern and the names of images say nothing, and only then.
func TestRegistriesDecideLast(t *testing.T) {
	t.Parallel()
	of := func(name string, systems ...platform.OS) platform.Image {
		i := platform.Image{Name: name, Source: platform.FromRegistry}
		for _, os := range systems {
			i.Variants = append(i.Variants, platform.Variant{OS: os})
		}
		return i
	}
	q := aim.Request{Linux: []string{"deployment/chosen"}, Images: map[string]platform.Image{
		"win": of("win", platform.Windows), "lin": of("lin", platform.Linux), "both": of("both", platform.Linux, platform.Windows),
		"dark": {Name: "dark", Unknown: "registry.example hangs up"},
	}}
	workloads := []workload.Workload{
		made("windows", nil, "win"),
		made("linux", nil, "lin"),
		made("with-sidecar", nil, "both", "win"),
		made("both", nil, "both"),
		made("dark", nil, "dark"),
		made("torn", nil, "lin", "win"),
		made("chosen", nil, "win"),
		made("selects", map[string]string{platform.LabelOS: "linux"}, "win"),
		made("named", nil, "win", "python:3-bookworm"),
	}
	c, err := q.Chooser()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]aim.Target{}
	for _, w := range workloads {
		if got[w.Object.Name], err = c.Target(w); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]aim.Target{
		"windows":      {OS: platform.Windows, Why: "image win is a Windows image by its registry"},
		"linux":        {OS: platform.Linux, Why: "image lin is a Linux image by its registry"},
		"with-sidecar": {OS: platform.Windows, Why: "image win is a Windows image by its registry"},
		"both":         {OS: platform.Linux, Why: "names no OS"},
		"dark":         {OS: platform.Linux, Why: "names no OS"},
		"torn":         {OS: platform.Linux, Why: "names no OS, and its images are for different ones"},
		"chosen":       {OS: platform.Linux, Why: "--linux deployment/chosen"},
		"selects":      {OS: platform.Linux, Why: "nodeSelector kubernetes.io/os"},
		"named":        {OS: platform.Linux, Why: "image python:3-bookworm is a Linux image by its tag bookworm"},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	q.Images = nil
	undecided, err := q.Undecided(workloads)
	if diff := cmp.Diff(undecided, []string{"both", "dark", "lin", "win"}); diff != "" || err != nil {
		t.Errorf("undecided: %v (-got +want):\n%s", err, diff)
	}
	q.OS = "windows"
	if undecided, err = q.Undecided(workloads); len(undecided) != 0 || err != nil {
		t.Errorf("undecided with --os windows: %v, %v", undecided, err)
	}
}
