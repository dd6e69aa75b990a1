package policy_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/test/e2e/command"
)

// chosen are pods that say where they run, each way.
func chosen() map[string]string {
	required := func(term string) string {
		return "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [" + term + "]}}}, "
	}
	return map[string]string{
		"selects linux":            "nodeSelector: {kubernetes.io/os: linux}, ",
		"selects windows":          "nodeSelector: {kubernetes.io/os: windows}, ",
		"selects nothing known":    `nodeSelector: {kubernetes.io/os: ""}, `,
		"selects by the old name":  "nodeSelector: {beta.kubernetes.io/os: linux}, ",
		"selects a build":          "nodeSelector: {node.kubernetes.io/windows-build: 10.0.20348}, ",
		"selects a node":           "nodeSelector: {kubernetes.io/hostname: lin-1}, ",
		"In linux":                 required("{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}"),
		"NotIn windows":            required("{matchExpressions: [{key: a, operator: Exists}, {key: kubernetes.io/os, operator: NotIn, values: [windows]}]}"),
		"Exists":                   required("{matchExpressions: [{key: a, operator: Exists}]}, {matchExpressions: [{key: kubernetes.io/os, operator: Exists}]}"),
		"In linux by the old name": required("{matchExpressions: [{key: beta.kubernetes.io/os, operator: In, values: [linux]}]}"),
		"bound to a node":          required("{matchFields: [{key: metadata.name, operator: In, values: [lin-1]}]}"),
		"os.name linux":            "os: {name: linux}, ",
		"os.name windows":          "os: {name: windows}, ",
		"HostProcess":              "hostNetwork: true, securityContext: {windowsOptions: {hostProcess: true}}, ",
		"a class":                  "runtimeClassName: plain, ",
		"a class of linux":         "runtimeClassName: of-linux, ",
		"a node by name":           "nodeName: lin-1, ",
	}
}

// pod is a pod without what the server makes up anew each time: the name of its token's volume.
func pod(namespace, spec string) string {
	return fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: %s}, spec: {%sautomountServiceAccountToken: false, containers: [{name: c, image: i}]}}",
		namespace, spec)
}

// made is what the API server makes of a pod, without what is new each time.
func made(t *testing.T, text string) string {
	t.Helper()
	out, err := answer(t, plane, text)
	if err != nil {
		t.Fatalf("%v: %s: %s", err, out, text)
	}
	var p map[string]any
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	metadata, _ := p["metadata"].(map[string]any)
	for _, field := range []string{"uid", "creationTimestamp", "managedFields"} {
		delete(metadata, field)
	}
	if out, err = json.Marshal(p); err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// classes are the RuntimeClasses that chosen names.
const classes = `{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: plain}, handler: runc}
---
{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: of-linux}, handler: runc, scheduling: {nodeSelector: {kubernetes.io/os: linux}}}`

// TestChosenPodsAreLeftAlone: the server makes the same of them as without the policy, to the byte.
func TestChosenPodsAreLeftAlone(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	plane.Apply(t, classes)
	texts := map[string]string{}
	for name, spec := range chosen() {
		texts[name] = pod(namespace, spec)
	}
	texts["HostProcess of one container"] = strings.Replace(pod(namespace, "hostNetwork: true, "), "image: i", "image: i, securityContext: {windowsOptions: {hostProcess: true}}", 1)
	texts["a label of another system"] = strings.Replace(pod(namespace, ""), "name: p,", "name: p, labels: {kubernetes.io/os: linux},", 1)
	before := map[string]string{}
	for name, text := range texts {
		before[name] = made(t, text)
	}
	text, _ := command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "windows", "--toleration", "os=windows:NoSchedule", "--set-os-name", "-n", namespace)
	apply(t, plane, text, pod(namespace, ""))
	for name, text := range texts {
		var p corev1.Pod
		decode(t, text, &p)
		if policy.Left(&p.Spec, p.Labels["kubernetes.io/os"], platform.Windows) == "" {
			t.Errorf("%s: Left says that it is placed", name)
		}
		if diff := cmp.Diff(made(t, text), before[name]); diff != "" {
			t.Errorf("%s: with the policy -, without +:\n%s", name, diff)
		}
	}
}

// tolerating are pods that do not say where they run. Those with a dash tolerate no os=windows:NoSchedule.
func tolerating() map[string]string {
	return map[string]string{
		"-nothing":                 "",
		"everything":               "tolerations: [{operator: Exists}], ",
		"every effect":             "tolerations: [{key: os, operator: Exists}], ",
		"the taint":                "tolerations: [{key: os, value: windows, effect: NoSchedule}], ",
		"the taint, in full":       "tolerations: [{key: os, operator: Equal, value: windows, effect: NoSchedule}], ",
		"-another effect":          "tolerations: [{key: os, operator: Exists, effect: NoExecute}], ",
		"-another value":           "tolerations: [{key: os, operator: Equal, value: Windows, effect: NoSchedule}], ",
		"-another key":             "tolerations: [{key: OS, operator: Exists, effect: NoSchedule}], ",
		"-a preference for linux":  "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}}]}}, ",
		"-another selector":        "nodeSelector: {disk: ssd}, ",
		"-another affinity":        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: Exists}]}]}}, podAffinity: {}}, ",
		"-no HostProcess":          "securityContext: {windowsOptions: {hostProcess: false}}, ",
		"-no HostProcess anywhere": "hostNetwork: false, securityContext: {windowsOptions: {runAsUserName: u}}, initContainers: [{name: i, image: i, securityContext: {windowsOptions: {hostProcess: false}}}], ",
	}
}

// TestOtherPodsArePlaced, and nothing else of them changes.
func TestOtherPodsArePlaced(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	const added = `{"key":"os","operator":"Equal","value":"windows","effect":"NoSchedule"}`
	texts, before := map[string]string{}, map[string]string{}
	for name, spec := range tolerating() {
		texts[name] = pod(namespace, spec)
	}
	texts["-a label of its own system"] = strings.Replace(pod(namespace, ""), "name: p,", "name: p, labels: {kubernetes.io/os: windows},", 1)
	texts["-no name yet"] = strings.Replace(pod(namespace, ""), "name: p,", "generateName: p-,", 1)
	texts["-huge"] = huge(namespace)
	for name, text := range texts {
		before[name] = made(t, text)
	}
	text, _ := command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "windows", "--toleration", "os=windows:NoSchedule", "-n", namespace)
	apply(t, plane, text, pod(namespace, ""))
	for name, text := range texts {
		var p, want, got corev1.Pod
		decode(t, text, &p)
		if why := policy.Left(&p.Spec, p.Labels["kubernetes.io/os"], platform.Windows); why != "" {
			t.Errorf("%s: Left says that it is not placed: %s", name, why)
		}
		decode(t, before[name], &want)
		decode(t, made(t, text), &got)
		if want.Spec.NodeSelector == nil {
			want.Spec.NodeSelector = map[string]string{}
		}
		want.Spec.NodeSelector["kubernetes.io/os"] = "windows"
		if strings.HasPrefix(name, "-") {
			var toleration corev1.Toleration
			decode(t, added, &toleration)
			want.Spec.Tolerations = append(want.Spec.Tolerations, toleration)
		}
		if want.GenerateName != "" {
			want.Name, got.Name = "", ""
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s: got -, want +:\n%s", name, diff)
		}
	}
}

// huge is a pod as large as etcd takes one, in what the expressions go through.
func huge(namespace string) string {
	var tolerations, terms, containers []string
	for i := range 3000 {
		tolerations = append(tolerations, fmt.Sprintf("{key: key-%d, operator: Exists, effect: NoSchedule}", i))
		terms = append(terms, fmt.Sprintf("{matchExpressions: [{key: key-%d, operator: Exists}, {key: other-%d, operator: Exists}]}", i, i))
	}
	for i := range 500 {
		containers = append(containers, fmt.Sprintf("{name: i%d, image: i, securityContext: {runAsUser: 1}}", i))
	}
	return pod(namespace, "tolerations: ["+strings.Join(tolerations, ", ")+"], initContainers: ["+strings.Join(containers, ", ")+
		"], affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["+strings.Join(terms, ", ")+"]}}}, ")
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// foreign are pods each with one field that the server refuses beside os.name windows.
func foreign() []string {
	all := []string{
		"hostPID: true, ", "hostIPC: true, ", "hostUsers: true, ", "shareProcessNamespace: false, ", "resources: {limits: {cpu: 1}}, ",
	}
	for _, field := range []string{
		"appArmorProfile: {type: RuntimeDefault}", "fsGroup: 1", "fsGroupChangePolicy: Always", "runAsGroup: 1", "runAsUser: 1", "seLinuxOptions: {level: s0}",
		"seLinuxChangePolicy: Recursive", "seccompProfile: {type: RuntimeDefault}", "supplementalGroups: [1]", "supplementalGroupsPolicy: Merge",
		"sysctls: [{name: kernel.shm_rmid_forced, value: '1'}]",
	} {
		all = append(all, "securityContext: {"+field+"}, ")
	}
	for _, field := range []string{
		"allowPrivilegeEscalation: false", "appArmorProfile: {type: RuntimeDefault}", "capabilities: {drop: [ALL]}", "privileged: false", "procMount: Default",
		"readOnlyRootFilesystem: false", "runAsGroup: 1", "runAsUser: 1", "seLinuxOptions: {level: s0}", "seccompProfile: {type: RuntimeDefault}",
	} {
		all = append(all, "initContainers: [{name: x, image: i, securityContext: {"+field+"}}], ")
	}
	return all
}

// TestOSName is set where the server takes it: it refuses a pod otherwise, which dryRun does not let pass.
func TestOSName(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	text, _ := command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "windows", "--set-os-name", "-n", namespace)
	apply(t, plane, text, pod(namespace, ""))
	for _, spec := range foreign() {
		if got := dryRun(t, plane, pod(namespace, spec)); got.Spec.OS != nil || got.Spec.NodeSelector["kubernetes.io/os"] != "windows" {
			t.Errorf("%s: got os %v, nodeSelector %v", spec, got.Spec.OS, got.Spec.NodeSelector)
		}
		// That the server refuses os.name beside it is why; it says so of the pod that names it.
		if _, err := answer(t, plane, pod(namespace, "os: {name: windows}, "+spec)); !apierrors.IsInvalid(err) {
			t.Errorf("%s: beside os.name windows got %v", spec, err)
		}
	}
	for _, spec := range []string{"", "hostPID: false, ", "securityContext: {windowsOptions: {runAsUserName: u}}, ", "securityContext: {runAsNonRoot: true}, "} {
		if got := dryRun(t, plane, pod(namespace, spec)); got.Spec.OS == nil || got.Spec.OS.Name != corev1.Windows {
			t.Errorf("%q: got os %v", spec, got.Spec.OS)
		}
	}
	linux := plane.Namespace(t, nil)
	text, _ = command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "linux", "--set-os-name", "-n", linux)
	apply(t, plane, text, pod(linux, ""))
	if got := dryRun(t, plane, pod(linux, "hostPID: true, ")); got.Spec.OS == nil || got.Spec.OS.Name != corev1.Linux {
		t.Errorf("got os %v", got.Spec.OS)
	}
	for _, spec := range []string{"securityContext: {windowsOptions: {runAsUserName: u}}, ", "initContainers: [{name: x, image: i, securityContext: {windowsOptions: {}}}], "} {
		if got := dryRun(t, plane, pod(linux, spec)); got.Spec.OS != nil {
			t.Errorf("%s: got os %v", spec, got.Spec.OS)
		}
	}
}
