package azurefile

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// ProbeRequest says how a volume is to be tried.
type ProbeRequest struct {
	Namespace, Class, Size string
	Image                  string // empty: Nano Server for the build of the nodes
}

// Pool is Windows nodes of one build.
type Pool struct {
	Build  string // "10.0.20348"
	Taints []corev1.Taint
}

// Probe is a claim, and a pod that writes to its volume.
type Probe struct {
	Claim map[string]any
	// Pod is a pod with the volume of a claim: the name of the claim is known once it was made.
	Pod func(claim string) map[string]any
}

// nanoServer are the tags of mcr.microsoft.com/windows/nanoserver by build: of each build there is an image that its nodes run.
func nanoServer(build string) string {
	tags := map[string]string{"10.0.17763": "1809", "10.0.19042": "20H2", "10.0.20348": "ltsc2022", "10.0.25398": "ltsc2022", "10.0.26100": "ltsc2025"}
	tag, known := tags[build]
	if !known {
		return ""
	}
	return "mcr.microsoft.com/windows/nanoserver:" + tag
}

// NewProbe makes a probe for the first of some pools that it knows an image for. The error is a *RefusedError.
func NewProbe(r ProbeRequest, pools []Pool) (*Probe, error) {
	if len(pools) == 0 {
		return nil, &RefusedError{Reason: "the cluster has no Windows node to try a volume on"}
	}
	at := 0
	if r.Image == "" {
		at = slices.IndexFunc(pools, func(p Pool) bool { return nanoServer(p.Build) != "" })
		if at < 0 {
			return nil, &RefusedError{Reason: "no image is known for the Windows build of the nodes", Hint: "--image names one"}
		}
		r.Image = nanoServer(pools[at].Build)
	}
	return &Probe{Claim: r.claim(), Pod: func(claim string) map[string]any { return r.pod(claim, pools[at], r.Image) }}, nil
}

func (r ProbeRequest) meta() map[string]any {
	return map[string]any{"generateName": "winready-probe-", "namespace": r.Namespace, "labels": map[string]any{"app.kubernetes.io/managed-by": Manager}}
}

func (r ProbeRequest) claim() map[string]any {
	return map[string]any{
		"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": r.meta(),
		"spec": map[string]any{
			"accessModes": []any{"ReadWriteMany"}, "storageClassName": r.Class,
			"resources": map[string]any{"requests": map[string]any{"storage": r.Size}},
		},
	}
}

// pod writes a file to the volume, reads it again and deletes it. It names its system, so that the restricted level of PodSecurity
// takes it without fields that Windows does not have: policy/check_allowPrivilegeEscalation.go of
// k8s.io/pod-security-admission@v0.37.2 and the like.
func (r ProbeRequest) pod(claim string, pool Pool, image string) map[string]any {
	selector := map[string]any{"kubernetes.io/os": "windows"}
	if pool.Build != "" {
		selector["node.kubernetes.io/windows-build"] = pool.Build
	}
	var tolerations []any
	for _, t := range pool.Taints {
		tolerations = append(tolerations, map[string]any{"key": t.Key, "operator": "Exists", "effect": string(t.Effect)})
	}
	container := map[string]any{
		"name": "probe", "image": image, "command": []any{"cmd.exe", "/c", `echo winready> C:\volume\winready-probe.txt && type C:\volume\winready-probe.txt && del C:\volume\winready-probe.txt`},
		"volumeMounts": []any{map[string]any{"name": "volume", "mountPath": `C:\volume`}},
	}
	return map[string]any{
		"apiVersion": "v1", "kind": "Pod", "metadata": r.meta(),
		"spec": map[string]any{
			"os": map[string]any{"name": "windows"}, "restartPolicy": "Never", "nodeSelector": selector, "tolerations": tolerations,
			"terminationGracePeriodSeconds": int64(0), "automountServiceAccountToken": false,
			"securityContext": map[string]any{"runAsNonRoot": true},
			"containers":      []any{container},
			"volumes":         []any{map[string]any{"name": "volume", "persistentVolumeClaim": map[string]any{"claimName": claim}}},
		},
	}
}
