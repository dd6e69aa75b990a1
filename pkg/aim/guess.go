package aim

import (
	"slices"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// undecided is the reason of a target that nothing tells of but that most pods are for Linux.
const undecided = "names no OS"

// guess decides by what the pod says itself, by the names of its images, by what their registries say, else Linux.
func (c *Chooser) guess(w workload.Workload) Target {
	if os, by := placement.NamedOS(&w.Spec); os != "" {
		return Target{os, by}
	}
	if class := w.Spec.RuntimeClassName; class != nil && namesWindows(*class) {
		return Target{platform.Windows, "runtimeClassName " + *class}
	}
	images := workload.Images(&w.Spec)
	for _, image := range images {
		if os, why, known := platform.ImageOS(image); known {
			return Target{os, why}
		}
	}
	return c.asked(images)
}

// asked decides by what registries say: the one operating system of all images that are for one only. Where they differ the pod can
// run nowhere, and it is not for this package to say so.
func (c *Chooser) asked(images []string) Target {
	target := Target{platform.Linux, undecided}
	for _, name := range images {
		os, why, known := c.images[name].OS()
		switch {
		case !known:
		case target.Why == undecided:
			target = Target{os, why}
		case target.OS != os:
			return Target{platform.Linux, undecided + ", and its images are for different ones"}
		}
	}
	return target
}

// Undecided are the images of the workloads of which nothing tells the OS but, perhaps, a registry; each once, sorted. The error is
// that of Target.
func (q Request) Undecided(workloads []workload.Workload) ([]string, error) {
	c, err := q.Chooser()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, w := range workloads {
		t, err := c.Target(w)
		if err != nil {
			return nil, err
		}
		if t.Why == undecided {
			out = append(out, workload.Images(&w.Spec)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
