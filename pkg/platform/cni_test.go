package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/platform"
)

var (
	flannelNode = map[string]string{
		"flannel.alpha.coreos.com/backend-type": "vxlan",
		"flannel.alpha.coreos.com/backend-data": `{"VNI":4096,"VtepMAC":"0e:00"}`,
	}
	calicoNode = map[string]string{"projectcalico.org/IPv4Address": "10.0.0.1/24"}
)

// TestDetectCNI has each piece of evidence, the stronger before the weaker.
func TestDetectCNI(t *testing.T) {
	t.Parallel()
	server := func(words ...string) []platform.NodeArgs {
		return []platform.NodeArgs{{"agent", "--cni", "flannel"}, append(platform.NodeArgs{"server"}, words...)}
	}
	for name, tc := range map[string]struct {
		signs platform.CNISigns
		want  platform.CNI
		why   string
	}{
		"RKE2's chart outranks what runs": {
			platform.CNISigns{Distro: platform.RKE2, Charts: []string{"rke2-coredns", "rke2-calico"}, DaemonSets: []string{"kube-system/rke2-canal"}},
			platform.Calico, "HelmChart kube-system/rke2-calico",
		},
		"multus is beside another": {platform.CNISigns{Charts: []string{"rke2-multus", "rke2-canal"}}, platform.Canal, "HelmChart kube-system/rke2-canal"},
		"RKE1's Flannel":           {platform.CNISigns{DaemonSets: []string{"kube-system/kube-flannel"}}, platform.Flannel, "DaemonSet kube-system/kube-flannel"},
		"an operator's Calico":     {platform.CNISigns{Installation: true, Annotations: []map[string]string{flannelNode}}, platform.Calico, "Installation default of operator.tigera.io"},
		"the flag":                 {platform.CNISigns{Distro: platform.RKE2, Servers: server("--cni=multus,calico")}, platform.Calico, "--cni multus,calico of a server's command line"},
		"without the flag":         {platform.CNISigns{Distro: platform.RKE2, Servers: server()}, platform.Canal, "the servers' command line has no --cni, for which RKE2 takes canal"},
		"K3s":                      {platform.CNISigns{Distro: platform.K3s, Servers: server()}, platform.Flannel, "K3s has Flannel built in"},
		"K3s without": {
			platform.CNISigns{Distro: platform.K3s, Servers: server("--flannel-backend", "none")},
			platform.NoCNI,
			"--flannel-backend none of a server's command line",
		},
		"annotations of both": {platform.CNISigns{Annotations: []map[string]string{flannelNode, calicoNode}}, platform.Canal, "nodes have the annotations of Flannel and of Calico"},
		"annotations of one":  {platform.CNISigns{Annotations: []map[string]string{nil, calicoNode}}, platform.Calico, "nodes have annotations of projectcalico.org"},
		"a ConfigMap alone":   {platform.CNISigns{FlannelMap: true}, platform.Flannel, "ConfigMap kube-flannel-cfg"},
		"agents do not tell":  {platform.CNISigns{Distro: platform.RKE2, Servers: []platform.NodeArgs{{"agent", "--cni", "flannel"}}}, "", ""},
		"nothing":             {platform.CNISigns{Distro: platform.EKS}, "", ""},
	} {
		got, why := platform.DetectCNI(tc.signs)
		if got != tc.want || why != tc.why {
			t.Errorf("%s: got %q: %s; want %q: %s", name, got, why, tc.want, tc.why)
		}
	}
}

func TestNodeArgs(t *testing.T) {
	t.Parallel()
	args, err := platform.ReadNodeArgs(map[string]string{
		"rke2.io/node-args": `["server","--cni","multus,calico","--profile=cis","--node-label","a=b","--node-label","c=d","--write-kubeconfig"]`,
	})
	if err != nil || !args.Server() {
		t.Fatalf("got %v, %v", args, err)
	}
	got := map[string][]string{}
	for _, flag := range []string{"cni", "profile", "node-label", "write-kubeconfig", "etcd"} {
		got[flag] = args.Values(flag)
	}
	want := map[string][]string{
		"cni": {"multus", "calico"}, "profile": {"cis"}, "node-label": {"a=b", "c=d"}, "write-kubeconfig": {"true"}, "etcd": nil,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	if args, err := platform.ReadNodeArgs(map[string]string{"other": "x"}); args != nil || err != nil {
		t.Errorf("got %v, %v", args, err)
	}
	if _, err := platform.ReadNodeArgs(map[string]string{"k3s.io/node-args": "server --disable traefik"}); err == nil {
		t.Error("took what is no list")
	}
}

func TestFlannelBackend(t *testing.T) {
	t.Parallel()
	number := func(n int) *int { return &n }
	for text, want := range map[string]platform.FlannelBackend{
		`{"Network":"10.42.0.0/16","Backend":{"Type":"vxlan","VNI":4096,"Port":4789}}`: {Type: "vxlan", VNI: number(4096), Port: number(4789)},
		`{"Network":"10.42.0.0/16","Backend":{"Type":"vxlan"}}`:                        {Type: "vxlan"},
		`{"Backend":{"Type":"host-gw"}}`:                                               {Type: "host-gw"},
	} {
		got, err := platform.ReadFlannelConfig(text)
		if diff := cmp.Diff(got, want); diff != "" || err != nil {
			t.Errorf("%s: %v, got -, want +:\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"", "{", `{"Backend":{}}`, `{"Network":"10.42.0.0/16"}`, `{"Backend":{"Type":"vxlan","VNI":"4096"}}`} {
		if got, err := platform.ReadFlannelConfig(text); err == nil {
			t.Errorf("%s: got %+v", text, got)
		}
	}
	got, ok := platform.FlannelOf(flannelNode)
	if diff := cmp.Diff(got, platform.FlannelBackend{Type: "vxlan", VNI: number(4096)}); diff != "" || !ok {
		t.Errorf("got -, want +:\n%s", diff)
	}
	if got, ok := platform.FlannelOf(calicoNode); ok {
		t.Errorf("got %+v", got)
	}
}

func TestCloudOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]platform.Cloud{
		"aws:///eu-west-1a/i-0abc": platform.AWS, "azure:///subscriptions/0": platform.Azure, "gce://project/zone/vm": platform.GCE,
		"vsphere://4237": platform.VSphere, "rke2://node": "", "": "", "aws": "", "digitalocean://1": "",
	} {
		if got := platform.CloudOf(id); got != want {
			t.Errorf("%q: got %q, want %q", id, got, want)
		}
	}
}
