package survey_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// mixed is a cluster of two pools, with a workload on one, one on both, and one that is pending.
func mixed() *inventory.Inventory {
	taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	node := func(name string, pool int) inventory.Node {
		return inventory.Node{
			Name: name, Pool: pool, Ready: true, Kubelet: "v1.34.1", Runtime: "containerd://2.1.4",
			CPU: resource.MustParse("8"), Memory: resource.MustParse("32Gi"), MaxPods: 110,
		}
	}
	old := node("win-2", 1)
	old.Ready, old.Unschedulable, old.Kubelet, old.CPU = false, true, "v1.33.5", resource.MustParse("500m")
	made := func(kind, name, image string, spec corev1.PodSpec) inventory.Workload {
		spec.Containers = []corev1.Container{{Image: image}}
		return inventory.Workload{Workload: workload.Workload{Object: object.Ref{Kind: kind, Namespace: "shop", Name: name}, Spec: spec}}
	}
	flink := made("FlinkDeployment", "etl", "flink", corev1.PodSpec{NodeSelector: map[string]string{platform.LabelOS: "linux"}})
	flink.Custom, flink.SpecPath = true, object.Path{"spec", "taskManager", "podTemplate", "spec"}
	return &inventory.Inventory{
		Today: "2026-11-23",
		Pools: []placement.Pool{
			{Name: "linux", Labels: map[string]string{platform.LabelOS: "linux"}, Nodes: []string{"lin-1"}},
			{Name: "windows", Labels: map[string]string{platform.LabelOS: "windows", platform.LabelWindowsBuild: "10.0.20348"}, Taints: []corev1.Taint{taint}, Nodes: []string{"win-1", "win-2"}},
		},
		Nodes: []inventory.Node{node("lin-1", 0), node("win-1", 1), old},
		Workloads: []inventory.Workload{
			made("Deployment", "web", "nginx", corev1.PodSpec{Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}}}),
			made("DaemonSet", "agent", "mcr.microsoft.com/windows/nanoserver:ltsc2022", corev1.PodSpec{}),
			flink,
		},
		Pods: []inventory.PodGroup{
			{Workload: 0, Pool: 0, Count: 2, Started: true},
			{Workload: 0, Pool: 1, Count: 1},
			{Workload: 1, Pool: -1, Count: 3},
			{Workload: 2, Pool: 0, Count: 4, Started: true},
		},
		Gaps: map[inventory.Kind]inventory.Gap{
			inventory.Pods:   {Reason: "listing pods: forbidden", Unread: true},
			inventory.Events: {Reason: "listing events: forbidden", Unread: true},
		},
	}
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	inv := mixed()
	got := survey.Summarize(inv, survey.Of(inv))
	want := &survey.Summary{
		Pools: []survey.PoolSummary{
			{
				Name: "linux", OS: platform.Linux, Taints: []corev1.Taint{}, Nodes: 1, Ready: 1,
				CPU: resource.MustParse("8"), Memory: resource.MustParse("32Gi"), MaxPods: 110,
				Kubelets: []string{"v1.34.1"}, Runtimes: []string{"containerd://2.1.4"}, Workloads: 2, Pods: 6,
			},
			{
				Name: "windows", OS: platform.Windows, Build: "10.0.20348", Product: "Windows Server 2022", Support: platform.Extended, SupportEnd: "2031-10-14",
				Taints: inv.Pools[1].Taints, Nodes: 2, Ready: 1, Cordoned: 1,
				CPU: resource.MustParse("8500m"), Memory: resource.MustParse("64Gi"), MaxPods: 220,
				Kubelets: []string{"v1.33.5", "v1.34.1"}, Runtimes: []string{"containerd://2.1.4"}, Workloads: 1, Pods: 1,
			},
		},
		Workloads: []survey.WorkloadSummary{
			{
				Ref: inv.Workloads[1].Object, OS: platform.Windows, By: got.Workloads[0].By,
				Pools: survey.InPools{Fits: []string{"linux"}, Runs: map[string]int{}}, Pending: 3,
			},
			{
				Ref: inv.Workloads[0].Object, OS: platform.Linux, By: "its containers started there",
				Pools: survey.InPools{Fits: []string{"linux", "windows"}, Runs: map[string]int{"linux": 2, "windows": 1}},
			},
			{
				Ref: inv.Workloads[2].Object, Field: "spec.taskManager.podTemplate.spec", OS: platform.Linux, By: got.Workloads[2].By,
				Pools: survey.InPools{Fits: []string{"linux"}, Runs: map[string]int{"linux": 4}},
			},
		},
		Unread: []survey.Unread{{Part: inventory.Pods, Reason: "listing pods: forbidden"}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestSummaryOfNothing(t *testing.T) {
	t.Parallel()
	inv := &inventory.Inventory{}
	data, err := json.Marshal(survey.Summarize(inv, survey.Of(inv)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(data), `{"pools":[],"workloads":[]}`); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	data, err = json.Marshal(survey.Summarize(mixed(), survey.Of(mixed())))
	if err != nil || strings.Contains(string(data), "null") {
		t.Errorf("got %s, %v; want no null", data, err)
	}
}
