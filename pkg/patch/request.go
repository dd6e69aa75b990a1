package patch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Auto decides the OS of each workload from the workload itself.
const Auto = "auto"

// Request says what goes where.
type Request struct {
	OS                    string   // auto, windows or linux: for what no pattern chooses
	Windows, Linux, Leave []string // KIND/NAME globs; letter case of the kind does not count
	Pools                 []placement.Pool
	WindowsBuild          platform.Build      // only Windows nodes of this build; empty: any
	Tolerations           []corev1.Toleration // taints of the Windows nodes that Pools do not tell of
	SetOSName, FixFields  bool
}

// PatternError is a pattern that chooses nothing, or two that choose one workload differently.
type PatternError struct {
	Flag, Pattern string
	Malformed     bool     // it is no glob
	Clash         string   // the other flag and pattern; empty when nothing matched
	Workloads     []string // what there is to choose from, or the workload that is chosen twice
}

func (e *PatternError) Error() string {
	if e.Malformed {
		return fmt.Sprintf("--%s %q is no pattern, want KIND/NAME with *, ? and [a-z]", e.Flag, e.Pattern)
	}
	if e.Clash != "" {
		return fmt.Sprintf("--%s %q and %s both choose %s", e.Flag, e.Pattern, e.Clash, strings.Join(e.Workloads, ", "))
	}
	if len(e.Workloads) == 0 {
		return fmt.Sprintf("--%s %q chooses nothing: the chart renders no workloads", e.Flag, e.Pattern)
	}
	return fmt.Sprintf("--%s %q chooses nothing, want a KIND/NAME pattern that matches one of: %s", e.Flag, e.Pattern, strings.Join(e.Workloads, ", "))
}

// target is where a workload is to go.
type target struct {
	os  platform.OS // empty: it stays as it is
	why string
}

// choice is one pattern of one flag.
type choice struct {
	flag, pattern string
	os            platform.OS
}

func (q Request) choices() []choice {
	var out []choice
	for _, p := range q.Windows {
		out = append(out, choice{"windows", p, platform.Windows})
	}
	for _, p := range q.Linux {
		out = append(out, choice{"linux", p, platform.Linux})
	}
	for _, p := range q.Leave {
		out = append(out, choice{"leave", p, ""})
	}
	return out
}

// targets decides the OS of every pod.
func (q Request) targets(pods []chart.Pod) ([]target, error) {
	choices := q.choices()
	hits := make([]int, len(choices))
	out := make([]target, len(pods))
	for i, p := range pods {
		chosen := -1
		for c, ch := range choices {
			if !ch.matches(p) {
				continue
			}
			hits[c]++
			if chosen >= 0 && choices[chosen].flag != ch.flag {
				first := choices[chosen]
				return nil, &PatternError{Flag: first.flag, Pattern: first.pattern, Clash: fmt.Sprintf("--%s %q", ch.flag, ch.pattern), Workloads: []string{p.Key}}
			}
			chosen = c
		}
		switch {
		case chosen >= 0:
			out[i] = target{choices[chosen].os, fmt.Sprintf("--%s %s", choices[chosen].flag, choices[chosen].pattern)}
		case q.OS == Auto || q.OS == "":
			out[i] = guess(p)
		default:
			out[i] = target{platform.OS(q.OS), "--os " + q.OS}
		}
	}
	for c, n := range hits {
		if _, err := path.Match(choices[c].pattern, ""); err != nil {
			return nil, &PatternError{Flag: choices[c].flag, Pattern: choices[c].pattern, Malformed: true}
		}
		if n == 0 {
			return nil, &PatternError{Flag: choices[c].flag, Pattern: choices[c].pattern, Workloads: names(pods)}
		}
	}
	return out, nil
}

func (c choice) matches(p chart.Pod) bool {
	kind, name, ok := strings.Cut(c.pattern, "/")
	if !ok {
		return false
	}
	kindOK, err := path.Match(strings.ToLower(kind), strings.ToLower(p.Object.Kind))
	if err != nil || !kindOK {
		return false
	}
	nameOK, err := path.Match(name, p.Object.Name)
	return err == nil && nameOK
}

func names(pods []chart.Pod) []string {
	out := make([]string, 0, len(pods))
	for _, p := range pods {
		out = append(out, strings.ToLower(p.Object.Kind)+"/"+p.Object.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// guess decides offline: by what the pod says itself, by its images, else Linux.
func guess(p chart.Pod) target {
	if os, by := placement.NamedOS(&p.Spec); os != "" {
		return target{os, by}
	}
	if class := p.Spec.RuntimeClassName; class != nil && namesWindows(*class) {
		return target{platform.Windows, "runtimeClassName " + *class}
	}
	for _, image := range images(&p.Spec) {
		if os, why, known := platform.ImageOS(image); known {
			return target{os, why}
		}
	}
	return target{platform.Linux, "names no OS"}
}

// namesWindows knows RuntimeClasses by the names of hcsshim's handlers and by the word; the class itself is in the cluster.
// Source: https://kubernetes.io/docs/concepts/windows/user-guide/ (runhcs-wcow-process, windows-2019).
func namesWindows(class string) bool {
	c := strings.ToLower(class)
	return strings.Contains(c, "wcow") || strings.Contains(c, "windows")
}

func images(spec *corev1.PodSpec) []string {
	var out []string
	for _, list := range [][]corev1.Container{spec.Containers, spec.InitContainers} {
		for _, c := range list {
			if c.Image != "" && !slices.Contains(out, c.Image) {
				out = append(out, c.Image)
			}
		}
	}
	return out
}
