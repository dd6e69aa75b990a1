package preflight

import "github.com/winready/kubectl-winready/pkg/rule"

// borrowed is a rule of another category that is a requirement of a cluster, too.
type borrowed struct{ id, group, requirement string }

// borrowedRules are those of package rules that say what a requirement of the guide says: it is not said twice. Their titles name the fault.
func borrowedRules() []borrowed {
	return []borrowed{
		{"WR102", Taints, "Linux workloads tolerate the taint of Linux nodes"},
		{"WR116", Windows, "Images are of a Windows build that the nodes run"},
		{"WR117", Windows, "Workloads for Windows choose a build where nodes have several"},
		{"WR118", Architecture, "The cluster's DNS, metrics, ingress and Rancher's agent have Linux nodes, and go nowhere else"},
		{"WR401", Architecture, "No pod runs on nodes of the operating system it is not for"},
		{"WR409", Windows, "Windows nodes are of one build"},
		{"WR410", Windows, "The builds of Windows nodes are in support"},
		{"WR411", Architecture, "Every node says which operating system it has"},
	}
}

// Borrowed are the IDs of the rules of other categories that belong to the requirements.
func Borrowed() []string {
	var ids []string
	for _, b := range borrowedRules() {
		ids = append(ids, b.id)
	}
	return ids
}

// Heading is the group of a rule, and the requirement it is about.
func Heading(r *rule.Rule) (group, requirement string) {
	for _, b := range borrowedRules() {
		if b.id == r.ID {
			return b.group, b.requirement
		}
	}
	if r.Group == "" {
		return "Other", r.Title
	}
	return r.Group, r.Title
}
