package rancher

import (
	"fmt"
	"slices"
	"strings"
)

// provisioningJSON is what is looked at of a Cluster of provisioning.cattle.io/v1:
// pkg/apis/provisioning.cattle.io/v1/cluster_types.go and pkg/apis/rke.cattle.io/v1/cluster_configuration_types.go of rancher/rancher
// v2.15.0.
type provisioningJSON struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		KubernetesVersion string `json:"kubernetesVersion"`
		RKEConfig         *struct {
			MachineGlobalConfig   map[string]any `json:"machineGlobalConfig"`
			MachineSelectorConfig []struct {
				Selector *map[string]any `json:"machineLabelSelector"`
				Config   map[string]any  `json:"config"`
			} `json:"machineSelectorConfig"`
			MachinePoolDefaults struct {
				HostnameLengthLimit int `json:"hostnameLengthLimit"`
			} `json:"machinePoolDefaults"`
			MachinePools []machinePoolJSON `json:"machinePools"`
		} `json:"rkeConfig"`
	} `json:"spec"`
}

type machinePoolJSON struct {
	Name                string `json:"name"`
	Quantity            *int   `json:"quantity"`
	MachineOS           string `json:"machineOS"` //nolint:tagliatelle // Rancher's name
	Etcd                bool   `json:"etcdRole"`
	ControlPlane        bool   `json:"controlPlaneRole"`
	Worker              bool   `json:"workerRole"`
	HostnameLengthLimit int    `json:"hostnameLengthLimit"`
	Taints              []struct {
		Key    string `json:"key"`
		Value  string `json:"value"`
		Effect string `json:"effect"`
	} `json:"taints"`
}

// add tells a cluster what the object it was provisioned from says.
func (p *provisioningJSON) add(c *Cluster) {
	if c.Version == "" {
		c.Version = p.Spec.KubernetesVersion // nothing runs yet
	}
	if c.Distribution == "" {
		c.Distribution = distribution("", c.Version, "")
	}
	rke := p.Spec.RKEConfig
	if rke == nil {
		return
	}
	config, at := map[string]any{}, map[string]string{}
	for key, value := range rke.MachineGlobalConfig {
		config[key], at[key] = value, "spec.rkeConfig.machineGlobalConfig."+key
	}
	for i, s := range rke.MachineSelectorConfig {
		if s.Selector != nil {
			continue // of some machines: what a cluster has but once is not there
		}
		// It is for all machines, and comes after the global one: addUserConfig in pkg/capr/planner/config.go.
		for key, value := range s.Config {
			config[key], at[key] = value, fmt.Sprintf("spec.rkeConfig.machineSelectorConfig[%d].config.%s", i, key)
		}
	}
	c.Network = networkOf(c.Distribution, config["cni"], at["cni"])
	c.DualStack = BothFamilies(words(config["cluster-cidr"])) || BothFamilies(words(config["service-cidr"]))
	c.Custom = len(rke.MachinePools) == 0
	for _, m := range rke.MachinePools {
		c.Pools = append(c.Pools, m.machine(rke.MachinePoolDefaults.HostnameLengthLimit))
	}
}

// networkOf is the plugin of an RKE2 or K3s cluster that Rancher provisioned. RKE2 for itself takes canal where nothing is chosen;
// Rancher writes calico: addDefaults in pkg/capr/planner/config.go.
func networkOf(d Distribution, cni any, field string) Network {
	plugins := words(cni)
	switch {
	case len(plugins) > 0:
		return Network{Plugins: plugins, Field: field}
	case d == RKE2:
		return Network{Plugins: []string{"calico"}, Default: true, Field: "spec.rkeConfig.machineGlobalConfig.cni"}
	case d == K3s:
		return Network{Plugins: []string{"flannel"}, Default: true} // docs/networking/basic-network-options.md of k3s-io/docs
	default:
		return Network{}
	}
}

// words are the strings of a field that RKE2 takes as one string, with commas, or as a list.
func words(value any) []string {
	var out []string
	switch v := value.(type) {
	case string:
		out = strings.Split(v, ",")
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				out = append(out, strings.Split(text, ",")...)
			}
		}
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// BothFamilies tells address ranges of which some are of IPv4 and some of IPv6.
func BothFamilies(cidrs []string) bool {
	six := func(cidr string) bool { return strings.Contains(cidr, ":") }
	four := func(cidr string) bool { return !strings.Contains(cidr, ":") }
	return slices.ContainsFunc(cidrs, six) && slices.ContainsFunc(cidrs, four)
}

func (m machinePoolJSON) machine(limit int) Machine {
	out := Machine{Name: m.Name, OS: osOf(m.MachineOS), Quantity: 1, Roles: []string{}, NameLimit: m.HostnameLengthLimit}
	if m.Quantity != nil {
		out.Quantity = *m.Quantity
	}
	if out.NameLimit == 0 {
		out.NameLimit = limit
	}
	for _, role := range []struct {
		has  bool
		name string
	}{{m.Etcd, "etcd"}, {m.ControlPlane, "controlplane"}, {m.Worker, "worker"}} {
		if role.has {
			out.Roles = append(out.Roles, role.name)
		}
	}
	for _, t := range m.Taints {
		out.Taints = append(out.Taints, t.Key+"="+t.Value+":"+t.Effect)
	}
	return out
}
