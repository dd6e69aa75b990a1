package controlplane

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The files of a control plane, in its folder.
const (
	certificateFile = "tls.crt"
	keyFile         = "tls.key"
	tokenFile       = "tokens.csv"
	admissionFile   = "admission.yaml"
)

// etcdURL is a socket in the folder, which nobody else can take as they can a port; commands run there.
const etcdURL = "unix://etcd.sock"

// etcdFlags make etcd never wait for a disk.
func etcdFlags() []string {
	const peer = "unix://peer.sock"
	return []string{
		"etcd", "--data-dir=etcd", "--unsafe-no-fsync", "--log-level=warn",
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
		"--listen-client-urls=" + etcdURL, "--advertise-client-urls=" + etcdURL,
	}
}

// apiserverFlags are those of a server on loopback with RBAC; one key is the server's and signs the tokens of service accounts.
func apiserverFlags(folder string, port int, o Options) ([]string, error) {
	flags := []string{
		"kube-apiserver", "--etcd-servers=" + etcdURL,
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port=" + strconv.Itoa(port),
		"--tls-cert-file=" + certificateFile, "--tls-private-key-file=" + keyFile, "--cert-dir=" + folder,
		"--service-account-key-file=" + keyFile, "--service-account-signing-key-file=" + keyFile,
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--token-auth-file=" + tokenFile, "--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.43.0.0/16", "--allow-privileged", "--endpoint-reconciler-type=none",
	}
	flags = append(flags, list("--runtime-config=", settings(o.RuntimeConfig))...)
	flags = append(flags, list("--feature-gates=", settings(o.FeatureGates))...)
	flags = append(flags, list("--enable-admission-plugins=", named(o.Admission, true))...)
	flags = append(flags, list("--disable-admission-plugins=", named(o.Admission, false))...)
	if o.PodSecurity == "" {
		return flags, nil
	}
	return append(flags, "--admission-control-config-file="+admissionFile), writeAdmission(folder, o.PodSecurity)
}

func writeAdmission(folder, level string) error {
	return os.WriteFile(filepath.Join(folder, admissionFile), fmt.Appendf(nil, `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: %s, enforce-version: latest}
`, level), 0o600)
}

// controllerFlags run all controllers that are on by default. Nodes that pretend do not die: a machine under load, or one
// that was asleep, is no reason to think so.
func controllerFlags(o Options) []string {
	return append([]string{
		"kube-controller-manager", "--kubeconfig=kubeconfig", "--secure-port=0", "--leader-elect=false",
		"--service-account-private-key-file=" + keyFile, "--root-ca-file=" + certificateFile,
		"--node-monitor-grace-period=1h",
	}, list("--feature-gates=", settings(o.FeatureGates))...)
}

func schedulerFlags(o Options) []string {
	return append([]string{
		"kube-scheduler", "--kubeconfig=kubeconfig", "--secure-port=0", "--leader-elect=false",
	}, list("--feature-gates=", settings(o.FeatureGates))...)
}

func kubeletFlags() []string {
	return []string{"kubelets", "--kubeconfig=kubeconfig"}
}

// settings are key=value pairs, sorted.
func settings(m map[string]bool) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+strconv.FormatBool(m[k]))
	}
	return out
}

// named are the keys with a value, sorted.
func named(m map[string]bool, value bool) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if m[k] == value {
			out = append(out, k)
		}
	}
	return out
}

// list is a flag of many values, and none when there are none.
func list(flag string, values []string) []string {
	if len(values) == 0 {
		return nil
	}
	return []string{flag + strings.Join(values, ",")}
}
