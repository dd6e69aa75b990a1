package windowspod_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/windowspod"
)

// fieldsOf are the fields of a pod spec, each as "effect path shown", with the version that refuses it where one does.
func fieldsOf(t *testing.T, text string) []string {
	t.Helper()
	var spec corev1.PodSpec
	if err := yaml.UnmarshalStrict([]byte(text), &spec); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range windowspod.Fields(&spec) {
		if (f.What == "") != (f.Effect == windowspod.Ignored) || (f.Refused > 0) != (f.Says != "") {
			t.Errorf("%+v: want words for what is not ignored, and for what is refused", f)
		}
		effect := map[windowspod.Effect]string{windowspod.Ignored: "ignored", windowspod.MayFail: "may fail", windowspod.Fails: "fails"}[f.Effect]
		line := fmt.Sprintf("%s: %s (%s)", effect, f.Path, f.Shown())
		if f.Refused > 0 {
			line += fmt.Sprintf(" refused since 1.%d", f.Refused)
		}
		out = append(out, line)
	}
	return out
}

func TestFields(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spec string
		want []string
	}{
		"nothing": {"containers: [{name: c, image: i}]", nil},
		"the pod's security": {
			"securityContext: {runAsUser: 0, supplementalGroups: [], sysctls: [{name: a, value: b}], supplementalGroupsPolicy: Merge, seLinuxChangePolicy: Recursive}",
			[]string{
				"ignored: securityContext.sysctls (sysctls) refused since 1.24",
				"ignored: securityContext.runAsUser (runAsUser 0) refused since 1.24",
				"ignored: securityContext.supplementalGroups (supplementalGroups []) refused since 1.24",
				"ignored: securityContext.supplementalGroupsPolicy (supplementalGroupsPolicy Merge) refused since 1.33",
				"ignored: securityContext.seLinuxChangePolicy (seLinuxChangePolicy Recursive) refused since 1.33",
			},
		},
		"what is as good as nothing": {"hostPID: false\nhostIPC: false\nhostNetwork: false\nsecurityContext: {sysctls: []}", nil},
		"what is set at all": {"hostUsers: true\nshareProcessNamespace: false", []string{
			"ignored: hostUsers (hostUsers true) refused since 1.33",
			"ignored: shareProcessNamespace (shareProcessNamespace false) refused since 1.24",
		}},
		"the host's network": {"hostNetwork: true\ncontainers: [{name: c}]", []string{"fails: hostNetwork (hostNetwork true)"}},
		"the host's network of HostProcess": {
			"hostNetwork: true\nsecurityContext: {runAsNonRoot: true, windowsOptions: {hostProcess: true}}\ncontainers: [{name: c}]", nil,
		},
		"containers of each kind": {
			"initContainers: [{name: a, securityContext: {privileged: false}}]\ncontainers: [{name: b, securityContext: {capabilities: {}}}]\n" +
				"ephemeralContainers: [{name: c, securityContext: {procMount: Default}}]",
			[]string{
				"ignored: initContainers[0].securityContext.privileged (privileged false) refused since 1.24",
				"ignored: containers[0].securityContext.capabilities (capabilities) refused since 1.24",
				"ignored: ephemeralContainers[0].securityContext.procMount (procMount Default) refused since 1.24",
			},
		},
		"commands": {
			"containers: [{name: a, command: [bash]}, {name: b, command: [cmd], startupProbe: {exec: {command: [/usr/bin/test]}}, " +
				"lifecycle: {preStop: {exec: {command: [/bin/sleep]}}, postStart: {exec: {command: [powershell]}}}}, {name: c, command: [/app/run]}]",
			[]string{
				"may fail: containers[0].command (command bash)",
				"may fail: containers[1].lifecycle.preStop.exec.command (command /bin/sleep)",
				"may fail: containers[1].startupProbe.exec.command (command /usr/bin/test)",
			},
		},
		"volumes": {
			"volumes: [{name: a, emptyDir: {medium: Memory}}, {name: b, emptyDir: {medium: HugePages-2Mi}}, {name: c, hostPath: {path: /proc}}, " +
				"{name: d, hostPath: {path: /var/run/docker.sock, type: Socket}}, {name: e, hostPath: {path: /var/log}}, {name: f, emptyDir: {}}, " +
				"{name: g, hostPath: {path: /}}, {name: h, hostPath: {path: /dev/, type: DirectoryOrCreate}}]",
			[]string{
				"ignored: volumes[0].emptyDir.medium (medium Memory)",
				"fails: volumes[1].emptyDir.medium (medium HugePages-2Mi)",
				"may fail: volumes[2].hostPath (hostPath /proc)",
				"fails: volumes[3].hostPath (hostPath /var/run/docker.sock)",
				"may fail: volumes[7].hostPath (hostPath /dev/)",
			},
		},
		"what a container mounts and asks for": {
			"containers: [{name: a, resources: {limits: {hugepages-2Mi: 2Mi, cpu: 1}}, volumeDevices: [{name: d, devicePath: /d}], " +
				"volumeMounts: [{name: v, mountPath: /v, mountPropagation: None}, {name: w, mountPath: /w, mountPropagation: Bidirectional}]}]",
			[]string{
				"fails: containers[0].resources.limits.hugepages-2Mi (hugepages-2Mi)",
				"fails: containers[0].volumeDevices (volumeDevices)",
				"ignored: containers[0].volumeMounts[1].mountPropagation (mountPropagation Bidirectional)",
			},
		},
		"resources of the pod": {
			"resources: {limits: {cpu: 1}}\nresourceClaims: [{name: gpu}]\ndnsPolicy: ClusterFirstWithHostNet",
			[]string{
				"ignored: dnsPolicy (dnsPolicy ClusterFirstWithHostNet)",
				"fails: resources (resources) refused since 1.34",
				"fails: resourceClaims (resourceClaims)",
			},
		},
		"no root, of the pod and of containers": {
			"securityContext: {runAsNonRoot: true}\ncontainers: [{name: a}, {name: b}, {name: c, securityContext: {runAsNonRoot: true}}, " +
				"{name: d, securityContext: {runAsNonRoot: false}}]",
			[]string{
				"may fail: securityContext.runAsNonRoot (runAsNonRoot true)",
				"may fail: containers[2].securityContext.runAsNonRoot (runAsNonRoot true)",
			},
		},
		"no root, and who it is": {
			"securityContext: {runAsNonRoot: true, windowsOptions: {runAsUserName: ContainerUser}}\n" +
				"containers: [{name: a}, {name: b, securityContext: {runAsNonRoot: true, windowsOptions: {runAsUserName: containeradministrator}}}]",
			[]string{"fails: containers[1].securityContext.runAsNonRoot (runAsNonRoot true)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(fieldsOf(t, tc.spec), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}
