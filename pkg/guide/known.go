package guide

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/rancher"
)

// Known is what Rancher knows of a cluster, as a report about that cluster says it at its head.
type Known struct {
	URL     string           `json:"url"`
	Version string           `json:"version,omitempty"` // of Rancher; empty where it does not tell
	Cluster *rancher.Cluster `json:"cluster"`
}

// Registration is whether Rancher offers the command for Windows nodes. It is not among the requirements: where nobody wants Windows
// nodes, nothing is missing.
func Registration(c *Cluster) Requirement {
	q := Requirement{Name: "registration", Status: Skip}
	switch {
	case c.Origin != rancher.Provisioned && c.Origin != rancher.RancherRKE1:
		q.Says = "Rancher registers no nodes of a cluster that it did not make"
		return q
	case len(c.Pools) > 0:
		q.Says = "Rancher makes the nodes, for its machine pools"
		return q
	}
	if _, why, ok := c.hasNodes(); !ok {
		q.Status, q.Says = Unknown, why
		return q
	}
	q.Status, q.Says = Pass, "Rancher offers the command for Windows nodes"
	if missing := Ready(c); len(missing) > 0 {
		q.Status, q.Says = Warn, "Rancher offers no command for Windows nodes: "+strings.Join(missing, "; ")
	}
	return q
}

// WantsWindows tells whether Rancher knows the cluster as one with Windows nodes, or one that is to have them.
func WantsWindows(c *Cluster) bool {
	for _, p := range c.Pools {
		if p.OS == "windows" {
			return true
		}
	}
	return c.WindowsPreferred || len(c.of(windows)) > 0
}

// Deciding is what keeps pods for Windows from running in a cluster that is to have them, and shows on none of its pods and nodes:
// what was chosen when the cluster was made, and that Rancher lets no Windows node in. What decides nothing, and what Rancher does not
// know, is left to preflight; that its nodes could not be read is not.
func Deciding(c *Cluster) []Requirement {
	status, says := atCreation(c)
	out := []Requirement{{"windows at creation", status, says}}
	if status, says = networkPlugin(c); status == Fail || status == Pass {
		out = append(out, Requirement{"network plugin", status, says})
	}
	return append(out, Registration(c))
}
