package hostprocess_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/platform"
)

func security(t *testing.T, server string) *hostprocess.PodSecurity {
	t.Helper()
	v, err := platform.ParseVersion(server)
	if err != nil {
		t.Fatal(err)
	}
	p, err := hostprocess.NewPodSecurity(v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const refusedAs = `host namespaces (hostNetwork=true), hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)`

func TestNamespace(t *testing.T) {
	t.Parallel()
	const byDefault = " (no label says what is enforced: the server's default does, which is privileged unless it is configured otherwise)"
	for name, tc := range map[string]struct {
		labels map[string]string
		want   string
	}{
		"none":       {nil, "privileged:latest runs" + byDefault},
		"other ones": {map[string]string{"team": "a"}, "privileged:latest runs" + byDefault},
		"privileged": {map[string]string{"pod-security.kubernetes.io/enforce": "privileged"}, "privileged:latest runs"},
		"baseline, pinned": {
			map[string]string{"pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/enforce-version": "v1.24"},
			`baseline:v1.24 does not run: violates PodSecurity "baseline:v1.24": ` + refusedAs,
		},
		"only warned": {
			map[string]string{"pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/warn": "baseline"},
			`privileged:latest runs (warns: would violate PodSecurity "baseline:latest": ` + refusedAs + `)`,
		},
		"a level that is none": {
			map[string]string{"pod-security.kubernetes.io/enforce": "strict"},
			`restricted:latest does not run: violates PodSecurity "restricted:latest": ` + refusedAs +
				` (a label does not parse, and the server takes the strictest ` +
				`instead: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := security(t, "v1.34.1").Namespace("shop", tc.labels)
			if diff := cmp.Diff(n.Enforce+" "+said(n.Judgement), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

// TestHardened is RKE2 with a profile cis: restricted without a label, but not everywhere.
func TestHardened(t *testing.T) {
	t.Parallel()
	p := security(t, "v1.34.1+rke2r1")
	p.Hardened("RKE2 runs with the profile cis")
	for _, tc := range []struct {
		name   string
		labels map[string]string
		want   hostprocess.Verdict
	}{
		{"shop", nil, hostprocess.RunsNot},
		{"kube-system", nil, hostprocess.Runs},
		{"shop", map[string]string{"pod-security.kubernetes.io/enforce": "privileged"}, hostprocess.Runs},
	} {
		if got := p.Namespace(tc.name, tc.labels); got.Verdict != tc.want {
			t.Errorf("%s %v: got %s", tc.name, tc.labels, said(got.Judgement))
		}
	}
}

// TestOldServers: a standard has what the server of its day knew, and an old server does not know later ones.
func TestOldServers(t *testing.T) {
	t.Parallel()
	// Probes to another host are forbidden since 1.34: policy/check_hostProbesAndhostLifecycle.go of k8s.io/pod-security-admission.
	spec := &corev1.PodSpec{Containers: []corev1.Container{{
		Name: "c", LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "192.0.2.1"}}},
	}}}
	for _, tc := range []struct {
		server, version string
		refused         bool
	}{{"v1.37.2", "latest", true}, {"v1.37.2", "v1.33", false}, {"v1.33.6", "latest", false}, {"v1.30.0", "v1.36", false}, {"v2.0.0", "latest", true}} {
		p := security(t, tc.server)
		in := p.Of("n", map[string]string{"pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/enforce-version": tc.version})
		if got := p.Violation(in.Enforce, nil, spec); (got != "") != tc.refused {
			t.Errorf("server %s, version %s: got %q", tc.server, tc.version, got)
		}
	}
}
