package azurefile

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/yaml"
)

// The driver's chart: charts/README.md and charts/index.yaml@AZF.
const (
	chartRepo    = "https://raw.githubusercontent.com/kubernetes-sigs/azurefile-csi-driver/master/charts"
	chartName    = "azurefile-csi-driver"
	chartVersion = "1.35.7"
)

// HelmChart is a HelmChart object (helm.cattle.io/v1, which RKE2 and K3s carry out) that installs the driver so that its pods run on
// every node that there is. The error is that of YAML.
func HelmChart(have *Have) (map[string]any, error) {
	values, err := yaml.Marshal(chartValues(have))
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"apiVersion": "helm.cattle.io/v1", "kind": "HelmChart",
		"metadata": map[string]any{"name": chartName, "namespace": "kube-system"},
		"spec": map[string]any{
			"repo": chartRepo, "chart": chartName, "version": chartVersion, "targetNamespace": "kube-system", "valuesContent": string(values),
		},
	}, nil
}

// chartValues are the values that matter: the DaemonSet for Windows tolerates the nodes' taints, which the chart's own toleration, of
// node.kubernetes.io/os, does not; and it runs as HostProcess pods where the nodes can (charts/latest/azurefile-csi-driver/values.yaml).
func chartValues(have *Have) map[string]any {
	windows := map[string]any{"enabled": true, "useHostProcessContainers": hostProcess(have)}
	tolerations := []any{map[string]any{"key": "node.kubernetes.io/os", "operator": "Exists", "effect": "NoSchedule"}}
	for _, t := range lasting(have) {
		tolerations = append(tolerations, map[string]any{"key": t.Key, "operator": "Exists", "effect": string(t.Effect)})
	}
	windows["tolerations"] = tolerations
	return map[string]any{"windows": windows, "linux": map[string]any{"enabled": true}}
}

// hostProcess tells whether every Windows node can run HostProcess pods, which want containerd 1.6: website of kubernetes,
// content/en/docs/tasks/configure-pod-container/create-hostprocess-pod.md. Without nodes it is the chart's default.
func hostProcess(have *Have) bool {
	return !slices.ContainsFunc(have.Nodes, func(n Node) bool { return !RunsHostProcess(n.Runtime) })
}

// RunsHostProcess tells whether a container runtime runs HostProcess pods on Windows: containerd from 1.6 on. It is a runtime as
// nodes report it, "containerd://1.7.23".
func RunsHostProcess(runtime string) bool {
	number, containerd := strings.CutPrefix(runtime, "containerd://")
	v, err := version.ParseGeneric(number)
	return containerd && err == nil && v.AtLeast(version.MustParseGeneric("1.6.0"))
}

// lasting are the taints of Windows nodes that keep pods away and do not come and go with the state of a node, each once.
func lasting(have *Have) []corev1.Taint {
	var out []corev1.Taint
	for _, n := range have.Nodes {
		for _, t := range n.Taints {
			passing := strings.HasPrefix(t.Key, "node.kubernetes.io/") || strings.HasPrefix(t.Key, "node.cloudprovider.kubernetes.io/")
			known := slices.ContainsFunc(out, func(o corev1.Taint) bool { return o.Key == t.Key && o.Effect == t.Effect })
			if !passing && !known && t.Effect != corev1.TaintEffectPreferNoSchedule {
				out = append(out, corev1.Taint{Key: t.Key, Effect: t.Effect})
			}
		}
	}
	slices.SortFunc(out, func(a, b corev1.Taint) int { return strings.Compare(a.Key+string(a.Effect), b.Key+string(b.Effect)) })
	return out
}
