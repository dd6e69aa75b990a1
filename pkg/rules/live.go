package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
	"github.com/winready/kubectl-winready/pkg/symptom"
)

// bound is a group of pods of one workload on the nodes of one pool.
type bound struct {
	inventory.PodGroup
	at      *survey.Placement
	verdict placement.Verdict // whether the pool accepts the template as it is now
	symptom symptom.Symptom   // what their trouble means; zero when that is not known
	mixed   bool              // there are pools of both operating systems
	// atHome tells that some pod of the workload has started on the operating system of the pool.
	atHome bool
}

func (b *bound) os() platform.OS { return b.verdict.Pool.OS() }

// boundPods are the pods on nodes whose operating system is known, by workload.
func boundPods(p *rule.Pass) [][]bound {
	s := p.Survey()
	var out [][]bound
	last := -1
	for _, g := range p.Troubles() {
		if g.Pool < 0 || !slices.Contains(s.Systems(), s.Pools[g.Pool].OS()) {
			continue
		}
		at := &s.Placements[g.Workload]
		b := bound{PodGroup: g, at: at, verdict: at.Verdicts[g.Pool], mixed: s.Mixed()}
		b.symptom, _ = symptom.Decode(g.Reason, g.Message)
		if g.Workload != last {
			out, last = append(out, nil), g.Workload
		}
		out[len(out)-1] = append(out[len(out)-1], b)
	}
	for _, pods := range out {
		for i := range pods {
			pods[i].atHome = slices.ContainsFunc(pods, func(b bound) bool { return b.Started && b.os() == pods[i].os() })
		}
	}
	return out
}

// reportPods calls report for each workload that has pods of which is holds, with those.
func reportPods(p *rule.Pass, is func(*bound) bool, report func(pods []bound)) {
	for _, pods := range boundPods(p) {
		if pods = slices.DeleteFunc(pods, func(b bound) bool { return !is(&b) }); len(pods) > 0 {
			report(pods)
		}
	}
}

// astray tells pods on nodes of an operating system that their workload is not for.
func (b *bound) astray() bool {
	switch os := b.os(); {
	case b.symptom.ID == symptom.OSRefused || b.symptom.ID == symptom.LabelRefused:
		return false // which has a rule of its own
	case b.at.Named != "":
		// Pods that have come to an end are left from before, unless it is why they ended.
		return b.at.Named != os && (b.Phase == corev1.PodPending || b.Phase == corev1.PodRunning || b.ofPlatform())
	case b.atHome:
		return false // an image for both
	case b.at.OS != "":
		return b.at.OS != os && (b.ofPlatform() || b.vague())
	case b.symptom.ID == symptom.OtherSystem:
		return true
	default:
		// Nothing tells what the image is for but that it has no variant for these nodes. On Linux nodes that may as well be one
		// for another architecture.
		return b.symptom.ID == symptom.NoVariant && os == platform.Windows && b.mixed
	}
}

// ofPlatform tells whether the trouble is one that comes of the wrong platform.
func (b *bound) ofPlatform() bool {
	return slices.Contains([]symptom.ID{
		symptom.NoVariant, symptom.OtherSystem, symptom.OtherBuild, symptom.NoProcess, symptom.OtherProgram, symptom.RootRefused,
	}, b.symptom.ID)
}

var vaguePull = regexp.MustCompile(`^Back-off pulling image "[^"]*"$`)

// vague tells pods whose image cannot be pulled, and nothing says why: kubelets before Kubernetes 1.31 say that in events alone,
// which are gone after an hour.
func (b *bound) vague() bool {
	return b.Reason == "ImagePullBackOff" && vaguePull.MatchString(b.Message)
}

// fewPools is how many pools a message names.
const fewPools = 3

// who are the pods of a finding and where they are: 2 pods (web-1, web-2) on windows nodes (pool "iis").
func who(pods []bound) string {
	var named, pools, systems []string
	count := 0
	for i := range pods {
		b := &pods[i]
		count += b.Count
		named = append(named, b.Names...)
		systems = append(systems, string(b.os()))
		if b.verdict.Pool.Name != string(b.os()) {
			pools = append(pools, fmt.Sprintf("%q", b.verdict.Pool.Name))
		}
	}
	slices.Sort(systems)
	text := fmt.Sprintf("%s (%s) on %s nodes", counted(count, "pod"), few(named, count), strings.Join(slices.Compact(systems), " and "))
	switch pools = slices.Compact(pools); len(pools) {
	case 0:
		return text
	case 1:
		return text + " (pool " + pools[0] + ")"
	default:
		return text + " (pools " + few(pools, len(pools)) + ")"
	}
}

// counted is "1 pod" or "2 pods".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// few are the first of some names, and how many more there are.
func few(names []string, all int) string {
	slices.Sort(names)
	shown := names[:min(len(names), fewPools)]
	text := strings.Join(shown, ", ")
	if more := all - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// nodesOf is the platform of a pool's nodes: linux/amd64, windows/amd64 10.0.20348.
func nodesOf(pool placement.Pool) string {
	text := string(pool.OS()) + "/" + cmp.Or(pool.Labels[platform.LabelArch], "amd64")
	if pool.Build() != "" {
		text += " " + string(pool.Build())
	}
	return text
}

// imageOf is the image that the trouble of pods is about: the one that was named, or the only one they have; empty when that
// cannot be told.
func imageOf(pods []bound) string {
	for i := range pods {
		if image := pods[i].symptom.Image; image != "" {
			return image
		}
	}
	if all := containersOf(pods[0].at.Spec); len(all) == 1 {
		return all[0].Image
	}
	return ""
}

// calledImage is "image nginx:1.27", or "an image" of those that the pods have.
func calledImage(image string) string {
	if image == "" {
		return "an image"
	}
	return "image " + image
}

// onImage is an image of a workload; its containers when none has it.
func onImage(at *survey.Placement, image string) rule.Target {
	for _, c := range containersOf(&at.Workload.Spec) {
		if c.Image == image {
			return onImageOf(at, c)
		}
	}
	return rule.On(at.Workload, "containers")
}
