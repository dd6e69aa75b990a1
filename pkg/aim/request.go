// Package aim says where workloads are to go: the operating system of each, and the node pools that have it.
// It must not change anything: it is given workloads and pools, and judges.
package aim

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Auto decides the OS of each workload from the workload itself.
const Auto = "auto"

// Request says what goes where.
type Request struct {
	OS                    string   // auto, windows or linux: for what no pattern chooses; empty is auto
	Windows, Linux, Leave []string // KIND/NAME globs; letter case of the kind does not count
	Pools                 []placement.Pool
	PoolsAssumed          bool                // Pools are a preset: nodes may have labels that they do not tell of
	WindowsBuild          platform.Build      // only Windows nodes of this build; empty: any
	Tolerations           []corev1.Toleration // taints of the Windows nodes that Pools do not tell of
	// Images are what registries say of images, by their names: for workloads that nothing else tells of. See Undecided.
	Images map[string]platform.Image
}

// Target is where a workload is to go.
type Target struct {
	OS  platform.OS // empty: it stays as it is
	Why string      // "--os windows", "image nginx:1.27 ...", "nodeSelector kubernetes.io/os"
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
		return fmt.Sprintf("--%s %q chooses nothing: there are no workloads", e.Flag, e.Pattern)
	}
	return fmt.Sprintf("--%s %q chooses nothing, want a KIND/NAME pattern that matches one of: %s", e.Flag, e.Pattern, strings.Join(e.Workloads, ", "))
}

// choice is one pattern of one flag.
type choice struct {
	flag, pattern string
	os            platform.OS
	used          bool
}

// Chooser decides the OS of one workload after the other.
type Chooser struct {
	os      string
	choices []choice
	names   []string
	images  map[string]platform.Image
}

// Chooser is ready for the first workload. The error is a *PatternError for a pattern that is none.
func (q Request) Chooser() (*Chooser, error) {
	c := &Chooser{os: q.OS, images: q.Images}
	for _, f := range []struct {
		flag     string
		patterns []string
		os       platform.OS
	}{{"windows", q.Windows, platform.Windows}, {"linux", q.Linux, platform.Linux}, {"leave", q.Leave, ""}} {
		for _, p := range f.patterns {
			if _, err := path.Match(p, ""); err != nil {
				return nil, &PatternError{Flag: f.flag, Pattern: p, Malformed: true}
			}
			c.choices = append(c.choices, choice{flag: f.flag, pattern: p, os: f.os})
		}
	}
	return c, nil
}

// Target decides the OS of a workload: by the patterns, else by the request's OS. The error is a *PatternError for patterns of
// two flags that both choose it.
func (c *Chooser) Target(w workload.Workload) (Target, error) {
	c.names = append(c.names, strings.ToLower(w.Object.Kind)+"/"+w.Object.Name)
	chosen := -1
	for i := range c.choices {
		if !c.choices[i].matches(w) {
			continue
		}
		c.choices[i].used = true
		if chosen >= 0 && c.choices[chosen].flag != c.choices[i].flag {
			first, second := c.choices[chosen], c.choices[i]
			return Target{}, &PatternError{
				Flag: first.flag, Pattern: first.pattern, Clash: fmt.Sprintf("--%s %q", second.flag, second.pattern), Workloads: []string{w.ID()},
			}
		}
		chosen = i
	}
	switch {
	case chosen >= 0:
		return Target{c.choices[chosen].os, fmt.Sprintf("--%s %s", c.choices[chosen].flag, c.choices[chosen].pattern)}, nil
	case c.os == Auto || c.os == "":
		return c.guess(w), nil
	default:
		return Target{platform.OS(c.os), "--os " + c.os}, nil
	}
}

// Unused is a *PatternError for the first pattern that chose none of the workloads so far; nil without one.
func (c *Chooser) Unused() error {
	for _, ch := range c.choices {
		if !ch.used {
			slices.Sort(c.names)
			return &PatternError{Flag: ch.flag, Pattern: ch.pattern, Workloads: slices.Compact(c.names)}
		}
	}
	return nil
}

func (c choice) matches(w workload.Workload) bool {
	kind, name, ok := strings.Cut(c.pattern, "/")
	if !ok {
		return false
	}
	kindOK, err := path.Match(strings.ToLower(kind), strings.ToLower(w.Object.Kind))
	if err != nil || !kindOK {
		return false
	}
	nameOK, err := path.Match(name, w.Object.Name)
	return err == nil && nameOK
}

// namesWindows knows RuntimeClasses by the names of hcsshim's handlers and by the word; the class itself is in the cluster.
// Source: https://kubernetes.io/docs/concepts/windows/user-guide/ (runhcs-wcow-process, windows-2019).
func namesWindows(class string) bool {
	c := strings.ToLower(class)
	return strings.Contains(c, "wcow") || strings.Contains(c, "windows")
}
