package rules

import (
	"fmt"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var wrongSystem = &rule.Rule{
	ID: "WR401", Name: "wrong-system", Category: rule.Cluster, Severity: finding.Error,
	Title: "Pods are on nodes of the wrong operating system",
	Rationale: "The image of a pod has to be for the operating system of its node. Else it cannot be pulled, or its processes " +
		"cannot be created, and the pod stays as it is: neither the scheduler nor its controller moves it. Which system a workload " +
		"is for is told by its template, by where its containers have started, by the name of its image or by the way in which it fails.",
	Remedy: "Set the nodeSelector kubernetes.io/os in the template; its controller then makes the pods anew. Delete those of a StatefulSet, which " +
		"waits for a pod that never starts, and make a pod that has no controller anew yourself.",
	Since: "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host",
		"https://github.com/nginx/nginx-gateway-fabric/issues/3661",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Pods, inventory.Events},
	Check: checkWrongSystem,
}

func checkWrongSystem(p *rule.Pass) {
	// Where the pool refuses the template as it is now the pods are from before, and whoever changed it knows.
	before := func(b *bound) bool { return !b.verdict.Fits && !unscheduled(b.at) }
	reportPods(p, func(b *bound) bool { return b.astray() && !before(b) }, func(pods []bound) {
		target := rule.On(pods[0].at.Workload, "nodeSelector")
		if !unscheduled(pods[0].at) {
			target = target.Fix("nodeSelector: {%s: %s}", platform.LabelOS, other(pods[0].os()))
		}
		p.Reportf(target, "%s: %s", who(pods), whyAstray(pods))
	})
	reportPods(p, func(b *bound) bool { return b.astray() && before(b) }, func(pods []bound) {
		target := rule.On(pods[0].at.Workload, "nodeSelector").As(finding.Warning)
		p.Reportf(target, "%s, where the template would no longer land: %s", who(pods), whyAstray(pods))
	})
}

// whyAstray says by what pods are known to be on the wrong nodes.
func whyAstray(pods []bound) string {
	at, said := pods[0].at, ""
	for i := range pods {
		if pods[i].ofPlatform() {
			said = "; " + pods[i].symptom.Said
		}
	}
	if at.OS == "" || at.By == survey.ByFailure {
		return calledImage(imageOf(pods)) + " has no variant for them" + said
	}
	return fmt.Sprintf("the workload is for %s (%s)%s", at.OS, at.By, said)
}
