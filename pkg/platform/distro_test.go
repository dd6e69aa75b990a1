package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func labelled(key string) []platform.NodeSigns {
	return []platform.NodeSigns{{OS: platform.Linux}, {OS: platform.Linux, Labels: map[string]string{key: "x"}}}
}

func annotated(keys ...string) []platform.NodeSigns {
	n := platform.NodeSigns{OS: platform.Windows, Annotations: map[string]string{}}
	for _, k := range keys {
		n.Annotations[k] = "10.0.0.1"
	}
	return []platform.NodeSigns{{OS: platform.Linux}, n}
}

// TestDetectDistro has each sign, the traps that it sets, and which of two counts.
func TestDetectDistro(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		signs platform.Signs
		want  platform.Distro
		why   string
	}{
		"rke2":      {platform.Signs{Version: "v1.34.1+rke2r1"}, platform.RKE2, "the server's version is v1.34.1+rke2r1"},
		"k3s":       {platform.Signs{Version: "v1.33.0+k3s1"}, platform.K3s, "the server's version is v1.33.0+k3s1"},
		"eks":       {platform.Signs{Version: "v1.33.1-eks-1234567"}, platform.EKS, "the server's version is v1.33.1-eks-1234567"},
		"gke":       {platform.Signs{Version: "v1.33.1-gke.1000"}, platform.GKE, "the server's version is v1.33.1-gke.1000"},
		"aks":       {platform.Signs{Version: "v1.33.1", Nodes: labelled("kubernetes.azure.com/cluster")}, platform.AKS, "a node has the label kubernetes.azure.com/cluster"},
		"openshift": {platform.Signs{Version: "v1.33.1", Groups: []string{"apps", "config.openshift.io"}}, platform.OpenShift, "the server has the API group config.openshift.io"},
		"openshift by its nodes": {
			platform.Signs{Version: "v1.33.1", Nodes: labelled("node.openshift.io/os_id")},
			platform.OpenShift,
			"a node has the label node.openshift.io/os_id",
		},
		"rke1": {
			platform.Signs{Version: "v1.20.15", Nodes: annotated("rke.cattle.io/external-ip")},
			platform.RKE1,
			"a node has the annotation rke.cattle.io/external-ip",
		},
		"rke1 by the other annotation": {
			platform.Signs{Version: "v1.20.15", Nodes: annotated("rke.cattle.io/internal-ip")},
			platform.RKE1,
			"a node has the annotation rke.cattle.io/internal-ip",
		},
		"a machine of Rancher's is not rke1": {
			platform.Signs{Version: "v1.33.1", Nodes: annotated("rke.cattle.io/machine")}, platform.Generic, "no sign of another distribution",
		},
		"harvester is rke2 with something on top": {
			platform.Signs{Version: "v1.33.1+rke2r1", Nodes: labelled("harvesterhci.io/managed")},
			platform.Harvester,
			"a node has the label harvesterhci.io/managed",
		},
		"rke2 on machines of azure": {
			platform.Signs{Version: "v1.33.1+rke2r1", Nodes: labelled("kubernetes.azure.com/cluster")},
			platform.RKE2,
			"the server's version is v1.33.1+rke2r1",
		},
		"minikube":       {platform.Signs{Version: "v1.33.1", Nodes: labelled("minikube.k8s.io/name")}, platform.Minikube, "a node has the label minikube.k8s.io/name"},
		"docker desktop": {platform.Signs{Nodes: []platform.NodeSigns{{Image: "Docker Desktop"}}}, platform.DockerDesktop, "the one node's osImage is Docker Desktop"},
		"kubelets stand in for a server": {
			platform.Signs{Nodes: []platform.NodeSigns{{Kubelet: "v1.33.1+rke2r1"}}}, platform.RKE2, "a kubelet's version is v1.33.1+rke2r1",
		},
		"but do not contradict one": {
			platform.Signs{Version: "v1.33.1", Nodes: []platform.NodeSigns{{Kubelet: "v1.33.1+rke2r1"}}},
			platform.Generic,
			"no sign of another distribution",
		},
		"nothing": {platform.Signs{}, platform.Generic, "no sign of another distribution"},
	} {
		got, why := platform.DetectDistro(tc.signs)
		if got != tc.want || why != tc.why {
			t.Errorf("%s: got %s: %s; want %s: %s", name, got, why, tc.want, tc.why)
		}
	}
}

func TestParseDistro(t *testing.T) {
	t.Parallel()
	for _, d := range platform.Distros() {
		if got, err := platform.ParseDistro(string(d)); got != d || err != nil {
			t.Errorf("%s: got %s, %v", d, got, err)
		}
	}
	if got, err := platform.ParseDistro("OpenShift"); got != platform.OpenShift || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	_, err := platform.ParseDistro("rancher")
	const want = `got "rancher", want one of harvester, rke2, k3s, aks, eks, gke, openshift, rke1, minikube, docker-desktop, generic`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	var shown []string
	for _, d := range platform.Distros() {
		shown = append(shown, d.String())
	}
	if diff := cmp.Diff(shown, []string{
		"Harvester", "RKE2", "K3s", "AKS", "EKS", "GKE", "OpenShift", "RKE1", "minikube", "Docker Desktop", "Kubernetes",
	}); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}
