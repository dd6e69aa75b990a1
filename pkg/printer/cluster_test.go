package printer_test

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

func rules() []*rule.Rule {
	return []*rule.Rule{
		{
			ID: "WR101", Name: "no-operating-system", Category: rule.Placement, Severity: finding.Error,
			Title:      "a pod names no operating system and nodes of both would take it",
			Rationale:  "The scheduler puts it on either. On the wrong one its containers never start.",
			Remedy:     "Set nodeSelector kubernetes.io/os to the operating system that its images are for.",
			References: []string{"https://kubernetes.io/docs/concepts/windows/user-guide/", "pkg/kubelet/lifecycle/predicate.go of k8s.io/kubernetes"},
		},
		{
			ID: "WR102", Name: "tolerates-other-system", Category: rule.Placement, Severity: finding.Warning,
			Title: "a pod tolerates the taint of nodes that cannot run it", Remedy: "Take the toleration away.",
		},
		{ID: "WR401", Name: "server-version", Category: rule.Cluster, Severity: finding.Error, Title: "the API server is too old for Windows nodes", Remedy: "Upgrade it."},
		{ID: "WR402", Name: "pod-on-wrong-system", Category: rule.Cluster, Severity: finding.Error, Title: "a pod is bound to a node that cannot run it", Remedy: "Place its workload, and delete the pod."},
		{ID: "WR403", Name: "build-out-of-support", Category: rule.Cluster, Severity: finding.Info, Title: "a node runs a Windows that Microsoft no longer supports", Remedy: "Replace the node."},
	}
}

// linted is a chart with a finding in a file, two in what a template rendered to, and one in a file that does not parse.
func linted() *printer.Checked {
	web := object.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}
	template := object.Location{File: "shop/templates/web.yaml", Line: 14, Column: 7, Rendered: true}
	return &printer.Checked{
		Tool: "v1.2.3", Rules: rules(),
		Report: finding.Report{
			Target: "chart ./shop",
			Results: []finding.Result{
				{RuleID: "WR101", Status: finding.Fail},
				{RuleID: "WR102", Status: finding.Warn},
				{RuleID: "WR401", Status: finding.Skip, Reason: "a chart has no server"},
				{RuleID: "WR402", Status: finding.Skip, Reason: "a chart has no pods"},
				{RuleID: "WR403", Status: finding.Pass},
			},
			Findings: []finding.Finding{
				{
					RuleID: "WR101", Severity: finding.Error, Object: object.Ref{}, Message: "does not parse: yaml: line 3: did not find expected key",
					Location: object.Location{File: `shop\crds,100%:x.yaml`, Line: 3},
				},
				{
					RuleID: "WR101", Severity: finding.Error, Object: web, Field: "spec.template.spec", Location: template,
					Message: "names no operating system, and pools linux (linux) and windows (windows) would take it",
					Fix:     "spec.template.spec.nodeSelector: {kubernetes.io/os: windows}",
				},
				{
					RuleID: "WR102", Severity: finding.Warning, Object: web, Field: "spec.template.spec.tolerations[0]", Location: template,
					Message: "tolerates os=windows:NoSchedule",
				},
				{
					RuleID: "WR403", Severity: finding.Info, Object: object.Ref{Kind: "Chart", Name: "shop"}, Message: "50% of\nit\x1b[31m, is <odd> & \"quoted\"",
					Location: object.Location{File: "shop/values.yaml", Line: 2, Column: 3},
				},
			},
		},
	}
}

// clean is a report without findings.
func clean() *printer.Checked {
	return &printer.Checked{
		Tool: "v1.2.3", Rules: rules()[:1],
		Report: finding.Report{Target: "chart ./shop", Results: []finding.Result{{RuleID: "WR101", Status: finding.Pass}}},
	}
}

// audited is a cluster whose pods run where they should, where they should not, and nowhere; of which not all could be read.
func audited() *printer.Checked {
	agent := object.Ref{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "shop", Name: "agent"}
	web := object.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}
	return &printer.Checked{
		Tool: "v1.2.3", Rules: rules(), ShowPassed: true, Picture: picture(agent, web),
		Report: finding.Report{
			Target: "context prod",
			Results: []finding.Result{
				{RuleID: "WR101", Status: finding.Fail},
				{RuleID: "WR102", Status: finding.Incomplete, Reason: "listing pods: pods is forbidden"},
				{RuleID: "WR401", Status: finding.Pass},
				{RuleID: "WR402", Status: finding.Incomplete, Reason: "listing pods: pods is forbidden"},
				{RuleID: "WR403", Status: finding.Warn},
			},
			Findings: []finding.Finding{
				{
					RuleID: "WR403", Severity: finding.Info, Object: object.Ref{APIVersion: "v1", Kind: "Node", Name: "win-old-1"},
					Field: "status.nodeInfo.kernelVersion", Message: "Windows Server, version 20H2 ended 2022-08-09",
				},
				{
					RuleID: "WR402", Severity: finding.Error, Object: agent, Message: "2 pods on pool windows, which cannot run its linux images",
				},
				{
					RuleID: "WR101", Severity: finding.Error, Object: web, Field: "spec.template.spec", Message: "names no operating system",
					Fix: "spec.template.spec.nodeSelector: {kubernetes.io/os: windows}",
				},
			},
		},
	}
}

func picture(agent, web object.Ref) *survey.Summary {
	taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	return &survey.Summary{
		Pools: []survey.PoolSummary{
			{
				Name: "linux", OS: platform.Linux, Taints: []corev1.Taint{}, Nodes: 3, Ready: 3,
				CPU: resource.MustParse("24"), Memory: resource.MustParse("98765432Ki"), MaxPods: 330,
				Kubelets: []string{"v1.34.1+rke2r1"}, Runtimes: []string{"containerd://2.1.4-k3s1"}, Workloads: 3, Pods: 6,
			},
			{
				Name: "windows", OS: platform.Windows, Build: "10.0.20348", Product: "Windows Server 2022", Support: platform.Mainstream,
				SupportEnd: "2026-10-13", Taints: []corev1.Taint{taint}, Nodes: 2, Ready: 1, Cordoned: 1,
				CPU: resource.MustParse("16"), Memory: resource.MustParse("64Gi"), MaxPods: 220,
				Kubelets: []string{"v1.33.5+rke2r1", "v1.34.1+rke2r1"}, Runtimes: []string{"containerd://2.1.4-k3s1"}, Workloads: 2, Pods: 3,
			},
			{
				Name: "windows-old", OS: platform.Windows, Build: "10.0.19042", Product: "Windows Server, version 20H2", Support: platform.OutOfSupport,
				SupportEnd: "2022-08-09", Taints: []corev1.Taint{taint}, Nodes: 1, Ready: 1, Kubelets: []string{}, Runtimes: []string{},
			},
		},
		Workloads: []survey.WorkloadSummary{
			{
				Ref: object.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "kube-system", Name: "kube-proxy"}, Static: true, OS: platform.Linux, By: "nodeName",
				Pools: survey.InPools{Fits: []string{"linux"}, Runs: map[string]int{"linux": 3}},
			},
			{
				Ref: agent, OS: platform.Linux, By: "image agent:1",
				Pools: survey.InPools{Fits: []string{"linux", "windows"}, Runs: map[string]int{"linux": 3, "windows": 2}},
			},
			{
				Ref: web, Pools: survey.InPools{Fits: []string{"linux", "windows", "windows-old"}, Runs: map[string]int{"windows": 1}}, Pending: 2,
			},
		},
		Unread: []survey.Unread{{Part: "pods", Reason: "listing pods: pods is forbidden"}},
	}
}
