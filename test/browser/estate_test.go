package browser_test

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// The pools of the estate, by index.
const (
	controlPlane = iota
	linuxPool
	monitoringPool
	win2019
	win2022
	win2025
)

// estate is a cluster as one finds them: pools of several builds, system workloads that run everywhere, and teams whose workloads
// are placed well, badly and not at all. More copies of the teams' namespaces make it larger.
func estate(copies int) *printer.Checked {
	inv := &inventory.Inventory{Source: "context prod", Today: "2026-11-23", Version: "v1.34.1+rke2r1", Pools: estatePools()}
	for i, of := range []struct{ pool, nodes, cores, gi int }{
		{controlPlane, 3, 8, 32}, {linuxPool, 5, 16, 64}, {monitoringPool, 2, 16, 128}, {win2019, 2, 16, 64}, {win2022, 4, 32, 128}, {win2025, 1, 32, 128},
	} {
		for n := range of.nodes {
			node := inventory.Node{
				Name: fmt.Sprintf("%s-%d", inv.Pools[of.pool].Name, n), Pool: of.pool, OS: inv.Pools[of.pool].OS(), Build: inv.Pools[of.pool].Build(),
				Runtime: "containerd://2.1.4-k3s1", Kubelet: "v1.34.1+rke2r1", Ready: i != win2019 || n > 0, Unschedulable: i == win2022 && n == 3,
				CPU: *resource.NewQuantity(int64(of.cores), resource.DecimalSI), Memory: *resource.NewQuantity(int64(of.gi)<<30, resource.BinarySI), MaxPods: 110,
			}
			inv.Pools[of.pool].Nodes = append(inv.Pools[of.pool].Nodes, node.Name)
			inv.Nodes = append(inv.Nodes, node)
		}
	}
	b := builder{inv: inv}
	b.system()
	for i := range copies {
		suffix := ""
		if i > 0 {
			suffix = fmt.Sprintf("-%d", i+1)
		}
		b.teams(suffix)
	}
	s := survey.Of(inv)
	c := &printer.Checked{Tool: "v0.4.0", Rules: estateRules(), Picture: survey.Summarize(inv, s)}
	c.Report = judged(inv, s, c.Rules)
	return c
}

func estatePools() []placement.Pool {
	windows := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	pool := func(name string, os platform.OS, build platform.Build, taints ...corev1.Taint) placement.Pool {
		p := placement.Pool{Name: name, Labels: map[string]string{platform.LabelOS: string(os), "pool": name}, Taints: taints}
		if build != "" {
			p.Labels[platform.LabelWindowsBuild] = string(build)
		}
		return p
	}
	return []placement.Pool{
		pool("control-plane", platform.Linux, "", corev1.Taint{Key: "node-role.kubernetes.io/control-plane", Effect: corev1.TaintEffectNoSchedule}),
		pool("linux-general", platform.Linux, ""),
		pool("linux-monitoring", platform.Linux, "", corev1.Taint{Key: "dedicated", Value: "monitoring", Effect: corev1.TaintEffectNoSchedule}),
		pool("win-2019-legacy", platform.Windows, "10.0.17763", windows),
		pool("win-2022", platform.Windows, "10.0.20348"),
		pool("win-2025-canary", platform.Windows, "10.0.26100", windows),
	}
}

func estateRules() []*rule.Rule {
	return []*rule.Rule{
		{
			ID: "WR101", Name: "no-operating-system", Category: rule.Placement, Severity: finding.Error,
			Title:      "a pod names no operating system and nodes of both would take it",
			Rationale:  "The scheduler does not look at images. It may put the pod on a node whose operating system its containers are not for, where they never start.",
			Remedy:     "Set nodeSelector kubernetes.io/os to the operating system that the images are for. For a chart, kubectl winready patch finds the value that does it.",
			References: []string{"https://kubernetes.io/docs/concepts/windows/user-guide/#ensuring-os-specific-workloads-land-on-the-appropriate-container-host"},
		},
		{
			ID: "WR104", Name: "fits-no-pool", Category: rule.Placement, Severity: finding.Error, Title: "no node of any pool accepts the pod",
			Remedy: "Make nodeSelector, affinity and tolerations agree with the labels and taints of a pool, or add one.",
		},
		{
			ID: "WR402", Name: "pod-on-wrong-system", Category: rule.Cluster, Severity: finding.Error, Title: "a pod is bound to a node that cannot run it",
			Remedy: "Place the workload, then delete the pod: a pod that is bound to a node never leaves it.",
		},
		{
			ID: "WR405", Name: "build-out-of-mainstream", Category: rule.Cluster, Severity: finding.Info, Title: "nodes run a Windows past its mainstream support",
			Remedy: "Plan to replace the nodes.",
		},
		{ID: "WR406", Name: "server-version", Category: rule.Cluster, Severity: finding.Warning, Title: "the API server is older than its Windows nodes allow", Remedy: "Upgrade it."},
		{ID: "WR501", Name: "catalogue-without-os", Category: rule.Rancher, Severity: finding.Warning, Title: "a chart of the catalogue names no operating system", Remedy: "Annotate it."},
	}
}

// builder adds workloads to an inventory.
type builder struct{ inv *inventory.Inventory }

// add is one workload; runs are its pods by pool, -1 for those that are pending.
func (b *builder) add(kind, namespace, name, image string, runs map[int]int, change func(*corev1.PodSpec)) {
	w := workload.Workload{Object: object.Ref{APIVersion: apiVersion(kind), Kind: kind, Namespace: namespace, Name: name}, SpecPath: object.Path{"spec", "template", "spec"}}
	w.Spec.Containers = []corev1.Container{{Name: "main", Image: image}}
	if change != nil {
		change(&w.Spec)
	}
	for pool := -1; pool <= win2025; pool++ {
		if runs[pool] == 0 {
			continue
		}
		g := inventory.PodGroup{Workload: len(b.inv.Workloads), Pool: pool, Phase: corev1.PodRunning, Started: pool >= 0, Ready: true, Count: runs[pool]}
		if pool >= win2019 && !strings.Contains(image, "windows") || pool >= 0 && pool < win2019 && strings.Contains(image, "windows") {
			g.Started, g.Ready, g.Phase, g.Reason = false, false, corev1.PodPending, "ErrImagePull"
		}
		b.inv.Pods = append(b.inv.Pods, g)
	}
	b.inv.Workloads = append(b.inv.Workloads, inventory.Workload{Workload: w})
}

func apiVersion(kind string) string {
	switch kind {
	case "Job", "CronJob":
		return "batch/v1"
	case "Pod":
		return "v1"
	default:
		return "apps/v1"
	}
}

func on(os platform.OS) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) { s.NodeSelector = map[string]string{platform.LabelOS: string(os)} }
}

// tolerant is on an operating system, and tolerates every taint.
func tolerant(os platform.OS) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		on(os)(s)
		s.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	}
}

func everywhere(s *corev1.PodSpec) {
	s.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
}

func in(pool string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		everywhere(s)
		s.NodeSelector = map[string]string{"pool": pool}
	}
}

const winImage = "registry.example.com/windows/servercore/app:ltsc2022"

func (b *builder) system() {
	all := map[int]int{controlPlane: 3, linuxPool: 5, monitoringPool: 2}
	wins := map[int]int{win2019: 2, win2022: 4, win2025: 1}
	b.add("DaemonSet", "calico-system", "calico-node", "calico/node:v3.30", all, tolerant(platform.Linux))
	b.add("DaemonSet", "calico-system", "calico-node-windows", "calico/node-windows:v3.30", wins, tolerant(platform.Windows))
	b.add("Deployment", "calico-system", "calico-typha", "calico/typha:v3.30", map[int]int{controlPlane: 3}, tolerant(platform.Linux))
	b.add("Deployment", "cattle-system", "rancher-webhook", "rancher/rancher-webhook:v0.7", map[int]int{linuxPool: 1}, on(platform.Linux))
	b.add("DaemonSet", "kube-system", "rke2-ingress-nginx-controller", "rancher/nginx-ingress-controller:v1.12", map[int]int{linuxPool: 5, win2022: 4}, nil)
	b.add("Deployment", "kube-system", "rke2-coredns-rke2-coredns", "rancher/hardened-coredns:v1.12", map[int]int{linuxPool: 2}, on(platform.Linux))
	b.add("Deployment", "kube-system", "rke2-metrics-server", "rancher/hardened-metrics-server:v0.8", map[int]int{linuxPool: 1}, on(platform.Linux))
	b.add("DaemonSet", "kube-system", "csi-azurefile-node-win", "mcr.microsoft.com/oss/kubernetes-csi/azurefile-csi:windows-hp", wins, tolerant(platform.Windows))
	b.add("StatefulSet", "monitoring", "prometheus-rancher-monitoring-prometheus", "prom/prometheus:v3", map[int]int{monitoringPool: 2}, in("linux-monitoring"))
	b.add("DaemonSet", "monitoring", "rancher-monitoring-prometheus-node-exporter", "prom/node-exporter:v1", map[int]int{controlPlane: 3, linuxPool: 5, monitoringPool: 2, win2019: 2, win2022: 3, win2025: 1}, everywhere)
	b.add("DaemonSet", "monitoring", "rancher-monitoring-windows-exporter", "rancher/windows-exporter:v0.30", wins, tolerant(platform.Windows))
	b.add("Deployment", "monitoring", "rancher-monitoring-grafana", "grafana/grafana:12", map[int]int{linuxPool: 1}, on(platform.Linux))
	b.add("Deployment", "monitoring", "thanos-query", "thanos/thanos:v0.39", map[int]int{-1: 2}, func(s *corev1.PodSpec) { s.NodeSelector = map[string]string{"pool": "linux-observability"} })
}

// teams are the namespaces of those who use the cluster.
func (b *builder) teams(suffix string) {
	for _, name := range []string{"cart", "catalog", "checkout", "search", "recommendations", "payments", "mail", "gateway", "sessions", "inventory"} {
		b.add("Deployment", "shop"+suffix, name, "registry.example.com/shop/"+name+":4.2", map[int]int{linuxPool: 2 + len(name)%3}, on(platform.Linux))
	}
	b.add("Deployment", "shop"+suffix, "legacy-iis", winImage, map[int]int{win2022: 3}, nil)
	b.add("Deployment", "shop"+suffix, "image-resizer", "registry.example.com/shop/resizer:1", map[int]int{linuxPool: 1, win2022: 1}, nil)
	b.add("CronJob", "shop"+suffix, "nightly-reports", winImage, nil, on(platform.Windows))
	b.add("StatefulSet", "shop"+suffix, "postgres", "postgres:17", map[int]int{linuxPool: 3}, on(platform.Linux))
	for _, name := range []string{"ledger", "invoices", "reconciler", "tax-engine", "fx-rates", "statements"} {
		b.add("Deployment", "finance"+suffix, name, winImage, map[int]int{win2022: 2}, on(platform.Windows))
	}
	b.add("StatefulSet", "finance"+suffix, "sqlserver", winImage, map[int]int{win2019: 1}, in("win-2019-legacy"))
	b.add("Deployment", "finance"+suffix, "audit-trail", winImage, map[int]int{-1: 2}, in("win-2016"))
	b.add("Deployment", "finance"+suffix, "export-api", winImage, map[int]int{linuxPool: 1, win2022: 1}, nil)
	for _, name := range []string{"collector", "router", "transform", "archive", "replay", "schema-registry", "kafka-ui", "connect"} {
		b.add("Deployment", "telemetry"+suffix, name, "registry.example.com/telemetry/"+name+":2", map[int]int{linuxPool: 2}, on(platform.Linux))
	}
	b.add("StatefulSet", "telemetry"+suffix, "kafka", "kafka:4", map[int]int{linuxPool: 3}, on(platform.Linux))
	b.add("DaemonSet", "telemetry"+suffix, "fluent-bit", "fluent/fluent-bit:4", map[int]int{linuxPool: 5}, on(platform.Linux))
	b.add("DaemonSet", "telemetry"+suffix, "fluent-bit-windows", "fluent/fluent-bit:windows-2022-4", map[int]int{win2022: 4}, on(platform.Windows))
	for i := range 9 {
		b.add("Deployment", "build"+suffix, fmt.Sprintf("runner-linux-%d", i+1), "ci/runner:7", map[int]int{linuxPool: 1}, on(platform.Linux))
	}
	for i := range 4 {
		b.add("Deployment", "build"+suffix, fmt.Sprintf("runner-windows-%d", i+1), "ci/runner:7-windowsservercore-ltsc2022", map[int]int{win2022: 1}, on(platform.Windows))
	}
	b.add("Pod", "build"+suffix, "debug-shell", "busybox:1", map[int]int{-1: 1}, on("Windows"))
}

// judged finds fault as the rules of the product would.
func judged(inv *inventory.Inventory, s *survey.Survey, rules []*rule.Rule) finding.Report {
	r := finding.Report{Target: inv.Source, Findings: []finding.Finding{{
		RuleID: "WR405", Severity: finding.Info, Object: object.Ref{APIVersion: "v1", Kind: "Node", Name: "win-2019-legacy-0"},
		Field: "status.nodeInfo.kernelVersion", Message: "Windows Server 2019 is in extended support until 2029-01-09, got 10.0.17763",
	}}}
	for i := range s.Placements {
		p := &s.Placements[i]
		for j, pool := range s.Pools {
			if p.Runs[j] > 0 && p.OS != "" && pool.OS() != p.OS {
				r.Findings = append(r.Findings, finding.Finding{
					RuleID: "WR402", Severity: finding.Error, Object: p.Workload.Object,
					Message: fmt.Sprintf("%d pods on pool %s (%s), and the images are for %s: ErrImagePull: no matching manifest for %s in the manifest list entries", p.Runs[j], pool.Name, pool.OS(), p.OS, pool.OS()),
				})
			}
		}
		if p.Named == "" && p.Fits(platform.Linux) && p.Fits(platform.Windows) {
			r.Findings = append(r.Findings, finding.Finding{
				RuleID: "WR101", Severity: finding.Error, Object: p.Workload.Object, Field: p.Workload.SpecPath.String(),
				Message: "names no operating system, and pools linux-general (linux) and win-2022 (windows) would take it",
				Fix:     "spec.template.spec.nodeSelector: {kubernetes.io/os: " + string(p.OS) + "}",
			})
		}
		if !p.FitsAny() {
			r.Findings = append(r.Findings, finding.Finding{
				RuleID: "WR104", Severity: finding.Error, Object: p.Workload.Object, Field: p.Workload.SpecPath.String() + ".nodeSelector",
				Message: "no pool accepts it: " + strings.Join(p.Verdicts[linuxPool].Reasons, "; "),
			})
		}
	}
	slices.SortStableFunc(r.Findings, finding.Compare)
	for i, rule := range rules {
		r.Results = append(r.Results, finding.Result{RuleID: rule.ID, Status: []finding.Status{finding.Fail, finding.Fail, finding.Fail, finding.Warn, finding.Pass, finding.Incomplete}[i]})
	}
	r.Results[5].Reason = "listing catalog.cattle.io/v1 apps: apps.catalog.cattle.io is forbidden: User \"ops\" cannot list resource"
	return r
}
