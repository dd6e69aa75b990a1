package rules

import (
	"fmt"
	"slices"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var systemComponent = &rule.Rule{
	ID: "WR118", Name: "system-component", Category: rule.Placement, Severity: finding.Error,
	Title: "A component that the cluster needs can land on Windows nodes, or has no Linux node",
	Rationale: "Rancher's cluster agent, the cluster's DNS, the metrics server and the ingress controller are for Linux. When their pods land on a " +
		"Windows node the cluster drops out of Rancher, names no longer resolve, autoscaling stops or nothing gets in. They need a Linux " +
		"node that takes ordinary pods: one of the control plane that is tainted does not do.",
	Remedy: "Set the nodeSelector kubernetes.io/os: linux in what installs the component, a HelmChartConfig with RKE2. Add a Linux worker " +
		"when no Linux node takes it.",
	Since: "v0.1.0",
	References: []string{
		"https://ranchermanager.docs.rancher.com/how-to-guides/new-user-guides/kubernetes-clusters-in-rancher-setup/use-windows-clusters",
		"https://docs.rke2.io/networking/networking_services",
	},
	Needs:  []inventory.Kind{inventory.Workloads, inventory.Pools},
	Behind: []string{"WR102", "WR103"},
	Check:  checkSystemComponent,
}

func checkSystemComponent(p *rule.Pass) {
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		what := systemComponentOf(at.Workload.Object)
		// What an unknown RuntimeClass adds is not known. The nodes of a preset are workers, so that none can be lacking.
		if what == "" || unscheduled(at) || at.ClassUnknown || at.Conflict != "" || at.Named == platform.Windows {
			continue
		}
		switch {
		case at.Fits(platform.Windows):
			p.Reportf(onSelector(at), "is %s, and pools of windows accept it%s", what, alreadyThere(at))
		case !at.Fits(platform.Linux) && !p.PoolsAssumed() && labelsKnown(s, at.Spec) && slices.Contains(s.Systems(), platform.Linux):
			p.Reportf(rule.On(at.Workload), "is %s, and no pool of linux accepts it: %s", what, refusals(at))
		}
	}
}

// alreadyThere counts the pods that are on Windows nodes.
func alreadyThere(at *survey.Placement) string {
	n := 0
	for i, v := range at.Verdicts {
		if v.Pool.OS() == platform.Windows {
			n += at.Runs[i]
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s there now)", counted(n, "pod"))
}

// systemComponentOf says what a workload is to its cluster; empty for one that is nothing special. The names are those that Rancher,
// RKE1, RKE2, K3s and kubeadm install them by, in their namespaces.
func systemComponentOf(o object.Ref) string {
	for _, c := range []struct {
		what, namespace string
		names           []string
	}{
		// pkg/systemtemplate/template.go of rancher/rancher.
		{"the agent by which Rancher manages the cluster", "cattle-system", []string{"cattle-cluster-agent"}},
		// CoreDNSDeployment in cmd/kubeadm of kubernetes/kubernetes; rke/templates of rancher/kontainer-driver-metadata; the chart
		// rke2-coredns of rancher/rke2-charts.
		{"the cluster's DNS", "kube-system", []string{"coredns", "kube-dns", "rke2-coredns-rke2-coredns"}},
		// deploy/ of kubernetes-sigs/metrics-server; the chart rke2-metrics-server.
		{"the metrics server", "kube-system", []string{"metrics-server", "rke2-metrics-server"}},
		// The charts rke2-ingress-nginx and rke2-traefik of rancher/rke2-charts; manifests/traefik.yaml of k3s-io/k3s.
		{"the ingress controller", "kube-system", []string{"rke2-ingress-nginx-controller", "rke2-traefik", "traefik"}},
		// rke/templates of rancher/kontainer-driver-metadata for RKE1; the chart of kubernetes/ingress-nginx.
		{"the ingress controller", "ingress-nginx", []string{"nginx-ingress-controller", "ingress-nginx-controller"}},
	} {
		if c.namespace == o.Namespace && slices.Contains(c.names, o.Name) {
			return c.what
		}
	}
	return ""
}
