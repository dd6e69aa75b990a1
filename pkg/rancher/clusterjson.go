package rancher

import (
	"strings"

	"github.com/rancher/norman/types"
)

// clusterJSON is what is looked at of /v3/clusters/ID: pkg/client/generated/management/v3/zz_generated_cluster.go of rancher/rancher,
// at v2.8.15, v2.11.16 and v2.15.0. Fields of RKE1 are gone from v2.15.0 on. Decoding does not tell cases apart: clusterId is
// clusterID here.
type clusterJSON struct {
	types.Resource
	Name                   string            `json:"name"`
	Driver                 string            `json:"driver"`
	Provider               string            `json:"provider"`
	Internal               bool              `json:"internal"`
	Annotations            map[string]string `json:"annotations"`
	Labels                 map[string]string `json:"labels"`
	FleetWorkspaceName     string            `json:"fleetWorkspaceName"`
	WindowsPreferedCluster bool              `json:"windowsPreferedCluster"` // spelled so
	State                  string            `json:"state"`
	TransitioningMessage   string            `json:"transitioningMessage"`
	Conditions             []conditionJSON   `json:"conditions"`
	Version                struct {
		GitVersion string `json:"gitVersion"`
	} `json:"version"`
	Info struct {
		KubernetesVersion string `json:"kubernetesVersion"`
	} `json:"info"`
	RKE1 *rke1JSON `json:"rancherKubernetesEngineConfig"`
	AKS  *aksJSON  `json:"aksConfig"`
	EKS  any       `json:"eksConfig"`
	GKE  any       `json:"gkeConfig"`
}

type conditionJSON struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// rke1JSON is pkg/client/generated/management/v3/zz_generated_rancher_kubernetes_engine_config.go at v2.8.15.
type rke1JSON struct {
	Version string `json:"kubernetesVersion"`
	Network *struct {
		Plugin  string            `json:"plugin"`
		Options map[string]string `json:"options"`
	} `json:"network"`
}

// aksJSON is AKSClusterConfigSpec in pkg/apis/aks.cattle.io/v1/types.go of rancher/aks-operator.
type aksJSON struct {
	NetworkPlugin string `json:"networkPlugin"`
	NodePools     []struct {
		Name   string   `json:"name"`
		OS     string   `json:"osType"`
		Count  int      `json:"count"`
		Taints []string `json:"nodeTaints"`
	} `json:"nodePools"`
}

func (j *clusterJSON) facts() *Cluster {
	c := &Cluster{
		ID: j.ID, Name: j.Name, Provider: j.provider(), Driver: j.Driver, WindowsPreferred: j.WindowsPreferedCluster, Origin: j.origin(),
		Version: j.Version.GitVersion, State: j.State, Message: Redact(oneLine(j.TransitioningMessage)), Workspace: j.FleetWorkspaceName,
	}
	if c.Version == "" {
		c.Version = j.Info.KubernetesVersion // from 2.15 on
	}
	if c.Version == "" && j.RKE1 != nil {
		c.Version = j.RKE1.Version // of a cluster that has no nodes yet
	}
	c.Distribution = distribution(c.Provider, c.Version, c.Driver)
	for _, condition := range j.Conditions {
		if condition.Type == "Ready" {
			c.Ready = condition.Status == "True"
		}
	}
	j.network(c)
	return c
}

// provider is Rancher's word for the distribution, which is in a label too.
func (j *clusterJSON) provider() string {
	if j.Provider != "" {
		return j.Provider
	}
	return j.Labels["provider.cattle.io"]
}

// distribution goes by the provider. The driver says imported of clusters that Rancher itself provisioned
// (k3sBasedClusterConfig in pkg/controllers/management/clusterprovisioner/provisioner.go of rancher/rancher), and is the last resort.
// A provider of rke.windows is RKE1 that has had a Windows node: before, it says rke.
func distribution(provider, version, driver string) Distribution {
	base, _, _ := strings.Cut(provider, ".")
	switch {
	case base != "":
		return Distribution(base)
	case strings.Contains(version, "+rke2"):
		return RKE2
	case strings.Contains(version, "+k3s"):
		return K3s
	case driver == "rancherKubernetesEngine":
		return RKE1
	default:
		return Distribution(strings.ToLower(map[string]string{"AKS": "aks", "EKS": "eks", "GKE": "gke", "rke2": "rke2", "k3s": "k3s"}[driver]))
	}
}

// origin goes by the annotation of what provisioning v2 made, which is imported by its driver.
func (j *clusterJSON) origin() Origin {
	switch {
	case j.ID == "local" || j.Internal:
		return Local
	case j.Annotations["provisioning.cattle.io/administrated"] == "true":
		return Provisioned
	case j.RKE1 != nil || j.Driver == "rancherKubernetesEngine":
		return RancherRKE1
	case j.AKS != nil || j.EKS != nil || j.GKE != nil:
		return Hosted
	default:
		return Imported
	}
}

// rke1Default is the plugin of an RKE1 cluster for which none was chosen: cluster/defaults.go of rancher/rke v1.8.
const rke1Default = "canal"

func (j *clusterJSON) network(c *Cluster) {
	switch {
	case j.RKE1 != nil:
		c.Network = Network{Plugins: []string{rke1Default}, Default: true, Field: "rancherKubernetesEngineConfig.network.plugin"}
		if n := j.RKE1.Network; n != nil {
			if n.Plugin != "" {
				c.Network.Plugins, c.Network.Default = []string{n.Plugin}, false
			}
			c.Network.Backend, c.Network.Port = n.Options["flannel_backend_type"], n.Options["flannel_backend_port"]
			c.Network.VNI = n.Options["flannel_backend_vni"]
		}
	case j.AKS != nil:
		if j.AKS.NetworkPlugin != "" {
			c.Network = Network{Plugins: []string{j.AKS.NetworkPlugin}, Field: "aksConfig.networkPlugin"}
		}
		for _, p := range j.AKS.NodePools {
			c.Pools = append(c.Pools, Machine{Name: p.Name, OS: osOf(p.OS), Quantity: p.Count, Roles: []string{"worker"}, Taints: p.Taints})
		}
	}
}

// osOf is an operating system in lower case; none is linux, as for Rancher and AKS.
func osOf(name string) string {
	if name == "" {
		return "linux"
	}
	return strings.ToLower(name)
}
