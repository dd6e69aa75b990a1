package guide

import "github.com/winready/kubectl-winready/pkg/rancher"

// Report is a cluster held against the guide, as it is printed.
type Report struct {
	APIVersion   string           `json:"apiVersion"`
	Kind         string           `json:"kind"`
	Rancher      rancher.Place    `json:"rancher"`
	Cluster      *rancher.Cluster `json:"cluster"`
	Nodes        []rancher.Node   `json:"nodes"`
	Requirements []Requirement    `json:"requirements"`
	// Missing is what has to come before Windows nodes can be registered; empty when nothing has to.
	Missing []string `json:"missingBeforeWindows"`
}

// Make is the report of a cluster.
func Make(place rancher.Place, c *Cluster) *Report {
	r := &Report{
		APIVersion: "winready.dev/v1alpha1", Kind: "ClusterReport", Rancher: place, Cluster: c.Cluster, Nodes: c.Nodes,
		Requirements: Requirements(c), Missing: Ready(c),
	}
	if r.Nodes == nil {
		r.Nodes = []rancher.Node{}
	}
	if r.Missing == nil {
		r.Missing = []string{}
	}
	return r
}
