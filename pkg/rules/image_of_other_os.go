package rules

import (
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var imageOfOtherOS = &rule.Rule{
	ID: "WR115", Name: "image-of-other-os", Category: rule.Placement, Severity: finding.Error,
	Title: "An image is for another operating system than the pod names",
	Rationale: "The image cannot be pulled, for want of a variant for the node, or its processes cannot be created. Which operating system an " +
		"image is for is told by its registry, with --registry, or by its name alone: a repository that has only Windows images, or a tag " +
		"that names a base image.",
	Remedy: "Select nodes of the image's operating system, or take the image that is for the nodes.",
	Since:  "v0.1.0",
	References: []string{
		"https://learn.microsoft.com/virtualization/windowscontainers/manage-containers/container-base-images",
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Images},
	Check: checkImageOfOtherOS,
}

func checkImageOfOtherOS(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		// Of a pod that names nothing the image is what tells.
		if at.Named == "" {
			continue
		}
		for _, c := range containersOf(at.Spec) {
			if os, why, known := p.Image(c.Image).OS(); known && os != at.Named {
				p.Reportf(onImageOf(at, c), "%s, and the pod names %s (%s)", why, at.Named, at.By)
			}
		}
	}
}
