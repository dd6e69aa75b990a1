package guide

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/version"
)

// New is a cluster that is to be made: a custom one of RKE2, whose nodes are registered by a command.
type New struct {
	Name, Namespace string
	Version         string // "v1.34.1+rke2r1"
	CNI             string // calico or flannel
	// ClusterCIDR and ServiceCIDR are the addresses of pods and services; empty for RKE2's own.
	ClusterCIDR, ServiceCIDR string
}

// CNIs are the network plugins of RKE2 that Windows nodes take, the guide's choice first.
func CNIs() []string { return []string{"calico", "flannel"} }

// reserved are the names of clusters that Rancher gives itself: mgmtNameRegexp in pkg/controllers/provisioningv2/cluster/controller.go of
// rancher/rancher v2.15.0.
var reserved = regexp.MustCompile(`^(c-[a-z0-9]{5}|local)$`)

// release matches what Rancher takes for a version of RKE2.
var release = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[a-z0-9.]+)?\+rke2r\d+$`)

// Problems are what is wrong with a cluster that is to be made, each with the field as its flag is called; none when nothing is.
func (n New) Problems() []string {
	var p []string
	add := func(format string, args ...any) { p = append(p, fmt.Sprintf(format, args...)) }
	for _, problem := range validation.IsDNS1123Label(n.Name) {
		add("NAME %q: %s", n.Name, problem)
	}
	if reserved.MatchString(n.Name) {
		add("NAME %q: Rancher gives names such as local and c-12345 itself", n.Name)
	}
	for _, problem := range validation.IsDNS1123Label(n.Namespace) {
		add("--namespace %q: %s", n.Namespace, problem)
	}
	if !slices.Contains(CNIs(), n.CNI) {
		add("--cni %q: want %s; RKE2 has no other plugin for Windows nodes", n.CNI, strings.Join(CNIs(), " or "))
	}
	p = append(p, n.versionProblems()...)
	for _, flag := range []struct{ name, value string }{{"cluster-cidr", n.ClusterCIDR}, {"service-cidr", n.ServiceCIDR}} {
		if problem := cidrProblem(flag.value); problem != "" {
			add("--%s %q: %s", flag.name, flag.value, problem)
		}
	}
	return p
}

func (n New) versionProblems() []string {
	const example = "want a release of RKE2, as v1.34.1+rke2r1"
	if !release.MatchString(n.Version) {
		return []string{fmt.Sprintf("--kubernetes-version %q: %s", n.Version, example)}
	}
	v, err := version.ParseGeneric(n.Version)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("--kubernetes-version %q: %s", n.Version, example)}
	case v.LessThan(version.MustParseGeneric(minRKE2)):
		return []string{fmt.Sprintf("--kubernetes-version %q: RKE2 has Windows workers from v%s on", n.Version, minRKE2)}
	case n.CNI == "flannel" && !hasFlannel(v):
		return []string{fmt.Sprintf("--kubernetes-version %q: RKE2 has flannel on Windows from v%s on", n.Version, strings.Join(flannelSince(), ", v"))}
	}
	return nil
}

func cidrProblem(value string) string {
	if value == "" {
		return ""
	}
	if strings.Contains(value, ",") {
		return "dual stack is not for clusters with Windows nodes; want one range of IPv4"
	}
	prefix, err := netip.ParsePrefix(value)
	switch {
	case err != nil:
		return "want a range of addresses, as 10.42.0.0/16"
	case !prefix.Addr().Is4():
		return "Windows nodes take IPv4; want a range as 10.42.0.0/16"
	}
	return ""
}

// Manifest is the cluster as YAML, with the guide's next steps in its comments. It is what Rancher's form for a custom cluster makes
// (shell/edit/provisioning.cattle.io.cluster/rke2.vue of rancher/dashboard), with what Windows asks for.
func (n New) Manifest() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# An RKE2 cluster for Linux and Windows nodes. It goes to the cluster that Rancher runs in.
#
# It has no machine pools: nodes are registered by a command, in the order of the guide:
#   1. Linux, etcd and control plane:  kubectl winready rancher register %[1]s --os linux --role etcd,controlplane,worker
#   2. Linux, worker:                  kubectl winready rancher register %[1]s --os linux --role worker
#      Rancher's agent, DNS, metrics and ingress run on Linux workers, so there has to be one.
#   3. Windows, worker:                kubectl winready rancher register %[1]s --os windows
#      Windows Server 2019 or later, in the same build as its images. The name has at most 15 characters.
# Each has 2 CPUs, 5 GB of memory and 50 GB of disk, or more.
apiVersion: provisioning.cattle.io/v1
kind: Cluster
metadata:
  name: %[1]s
  namespace: %[2]s
spec:
  kubernetesVersion: %[3]s
  enableNetworkPolicy: false # Rancher's project isolation
  localClusterAuthEndpoint:
    enabled: false
  rkeConfig:
    machineGlobalConfig:
      # Windows nodes take calico or flannel. It cannot be changed once the cluster is made.
      cni: %[4]s
`, n.Name, n.Namespace, n.Version, n.CNI)
	if n.ClusterCIDR != "" {
		fmt.Fprintf(&b, "      cluster-cidr: %s\n", n.ClusterCIDR)
	}
	if n.ServiceCIDR != "" {
		fmt.Fprintf(&b, "      service-cidr: %s\n", n.ServiceCIDR)
	}
	b.WriteString(`      disable-kube-proxy: false
      etcd-expose-metrics: false
    machineSelectorConfig:
      - config:
          protect-kernel-defaults: false
    etcd:
      disableSnapshots: false
      snapshotRetention: 5
      snapshotScheduleCron: 0 */5 * * *
    upgradeStrategy:
      controlPlaneConcurrency: "1"
      workerConcurrency: "1"
`)
	return b.String()
}
