package preflight

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// updated reports the Windows nodes without an update. Builds that have it from the beginning pass; so do those that never get it, of which
// other requirements tell.
func updated(p *rule.Pass, name string) {
	byBuild := builds(p)
	for _, u := range platform.Updates() {
		if u.Name != name {
			continue
		}
		for _, n := range byBuild[u.Build] {
			switch {
			case n.Revision == 0:
				p.Unknownf("node %s: its revision cannot be read: kernelVersion %q, want %s.NNNN", n.Name, n.Kernel, u.Build)
			case n.Revision < u.Revision:
				p.Reportf(onKernel(n), "the node has build %s, older than %s.%d: %s", windowsBuild(n), u.Build, u.Revision, u.Name)
			}
		}
	}
	var seen []string
	for _, n := range windowsNodes(p) {
		if n.Build != "" {
			seen = append(seen, n.Name+" "+windowsBuild(n))
		}
	}
	if len(seen) > 0 {
		p.Sawf("%s", strings.TrimSpace(few(seen)))
	}
}
