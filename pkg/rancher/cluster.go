package rancher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Distribution is what Kubernetes a cluster runs, as Rancher's field provider names it.
type Distribution string

// The distributions that differ for Windows. Rancher has others, under its own names.
const (
	RKE1 Distribution = "rke"
	RKE2 Distribution = "rke2"
	K3s  Distribution = "k3s"
	AKS  Distribution = "aks"
	EKS  Distribution = "eks"
	GKE  Distribution = "gke"
)

// Origin is who made a cluster.
type Origin string

// The origins of clusters.
const (
	Provisioned Origin = "provisioned" // by Rancher, as a provisioning.cattle.io Cluster: RKE2 and K3s
	RancherRKE1 Origin = "rke1"        // by Rancher before 2.12, with RKE1
	Hosted      Origin = "hosted"      // by a cloud on Rancher's behalf, or registered as one that the cloud has: AKS, EKS, GKE
	Imported    Origin = "imported"    // by somebody else, and registered with Rancher
	Local       Origin = "local"       // the one that Rancher itself runs in
)

// Cluster is what Rancher knows of a cluster, as far as it matters to Windows nodes. What is empty Rancher did not say.
type Cluster struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	Distribution Distribution `json:"distribution,omitempty"`
	// Provider is Rancher's own word: rke.windows is RKE1 that has had a Windows node.
	Provider string `json:"provider,omitempty"`
	Origin   Origin `json:"origin"`
	Driver   string `json:"driver,omitempty"`
	Version  string `json:"version,omitempty"` // of Kubernetes, "v1.33.5+rke2r1"
	// WindowsPreferred is the field windowsPreferedCluster: Windows was asked for when the cluster was made. Only RKE1 has it.
	WindowsPreferred bool   `json:"windowsPreferred,omitempty"`
	State            string `json:"state,omitempty"`
	Message          string `json:"message,omitempty"` // of a state that will not last
	// Ready tells that the condition Ready is True.
	Ready     bool      `json:"ready"`
	Network   Network   `json:"network"`
	Workspace string    `json:"workspace,omitempty"` // the namespace of the provisioning.cattle.io Cluster
	DualStack bool      `json:"dualStack,omitempty"` // the cluster has pod or service addresses of IPv6 beside those of IPv4
	Pools     []Machine `json:"machinePools,omitempty"`
	// Custom tells a provisioned cluster without machine pools: nodes are registered by a command.
	Custom bool `json:"custom,omitempty"`
	// Gaps are what could not be read, each with its reason.
	Gaps []string `json:"gaps,omitempty"`
}

// Network is the network plugin of a cluster.
type Network struct {
	// Plugins are the names as the distribution spells them, the main one last: multus comes before the one it calls. It is empty
	// when Rancher does not know.
	Plugins []string `json:"plugins,omitempty"`
	// Default tells that nothing was chosen, and the plugin is what Rancher or RKE1 takes then.
	Default bool `json:"default,omitempty"`
	// Field is where the plugin is chosen.
	Field string `json:"field,omitempty"`
	// Backend, Port and VNI are flannel's, as RKE1 and AKS have them; empty when they are not set.
	Backend string `json:"backend,omitempty"`
	Port    string `json:"port,omitempty"`
	VNI     string `json:"vni,omitempty"`
}

// Plugin is the plugin that connects pods; empty when it is not known.
func (n Network) Plugin() string {
	if len(n.Plugins) == 0 {
		return ""
	}
	return n.Plugins[len(n.Plugins)-1]
}

// Machine is a pool of machines that Rancher, or a cloud, makes and takes away.
type Machine struct {
	Name     string   `json:"name"`
	OS       string   `json:"os"`
	Quantity int      `json:"quantity"`
	Roles    []string `json:"roles"`
	Taints   []string `json:"taints,omitempty"` // KEY=VALUE:EFFECT
	// NameLimit is the greatest length of its machines' names; 0 is none.
	NameLimit int `json:"nameLimit,omitempty"`
}

// clusterID is what identifies a cluster in addresses: local, c-xxxxx, c-m-xxxxxxxx.
var clusterID = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// Cluster reads the cluster of an ID, and the object that it was provisioned from. A token for this cluster alone may read the
// former; that the latter could not be read is in the gaps.
func (c *Client) Cluster(ctx context.Context, id string) (*Cluster, error) {
	if !clusterID.MatchString(id) {
		return nil, fmt.Errorf("%q is not the ID of a cluster: want local, c-xxxxx or c-m-xxxxxxxx", id)
	}
	var found clusterJSON
	if err := c.get(ctx, c.address("v3", "clusters", id), &found); err != nil {
		return nil, err
	}
	if found.ID != id {
		return nil, fmt.Errorf("asking Rancher for cluster %s: %w", id, &notRancherError{what: fmt.Sprintf("cluster %q", found.ID)})
	}
	out := found.facts()
	if out.Origin != Provisioned {
		return out, nil
	}
	p, err := c.provisioning(ctx, out.Workspace, out.Name)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out.Gaps = append(out.Gaps, fmt.Sprintf("cluster %s/%s of provisioning.cattle.io: %s", out.Workspace, out.Name, whyNot(err)))
		return out, nil
	}
	p.add(out)
	return out, nil
}

// whyNot says why something may not be read.
func whyNot(err error) string {
	if Unauthorized(err) {
		return "the token does not count there: it is for one cluster, as that of an authorized cluster endpoint is (" + err.Error() + ")"
	}
	return err.Error()
}

// Clusters are the clusters that may be seen, by name, without the objects that they were provisioned from. With a token for one
// cluster it is an Error with status 401.
func (c *Client) Clusters(ctx context.Context) ([]Cluster, error) {
	rows, err := list[clusterJSON](ctx, c, c.address("v3", "clusters"))
	if err != nil {
		return nil, err
	}
	out := make([]Cluster, 0, len(rows))
	for _, row := range rows {
		out = append(out, *row.facts())
	}
	slices.SortFunc(out, func(a, b Cluster) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// UnknownError is a name that no cluster has, or several have.
type UnknownError struct {
	Name string
	Have []string // the names that there are; of several clusters with the name, their IDs
	Many bool
}

func (e *UnknownError) Error() string {
	if e.Many {
		return fmt.Sprintf("Rancher has several clusters called %q: name one by its ID, %s", e.Name, strings.Join(e.Have, " or "))
	}
	if len(e.Have) == 0 {
		return fmt.Sprintf("Rancher shows no cluster %q, nor any other", e.Name)
	}
	return fmt.Sprintf("Rancher shows no cluster %q: want one of %s", e.Name, strings.Join(e.Have, ", "))
}

// Resolve is the ID of the cluster with a name or an ID. The error is an UnknownError where there is no such cluster.
func (c *Client) Resolve(ctx context.Context, name string) (string, error) {
	all, err := c.Clusters(ctx)
	if err != nil {
		if Unauthorized(err) && clusterID.MatchString(name) {
			return name, nil // a token for one cluster may not list them, and may read that one
		}
		return "", err
	}
	var named, have []string
	for _, known := range all {
		if known.ID == name {
			return name, nil
		}
		if known.Name == name {
			named = append(named, known.ID)
		}
		if !slices.Contains(have, known.Name) {
			have = append(have, known.Name)
		}
	}
	switch len(named) {
	case 1:
		return named[0], nil
	case 0:
		return "", &UnknownError{Name: name, Have: have}
	default:
		return "", &UnknownError{Name: name, Have: named, Many: true}
	}
}

// provisioning reads the object that a cluster was provisioned from, which has the cluster's name
// (pkg/controllers/provisioningv2/cluster of rancher/rancher v2.15.0).
func (c *Client) provisioning(ctx context.Context, namespace, name string) (*provisioningJSON, error) {
	if namespace == "" || name == "" {
		return nil, errors.New("no workspace is told for it")
	}
	var p provisioningJSON
	if err := c.get(ctx, c.address("v1", "provisioning.cattle.io.clusters", namespace, name), &p); err != nil {
		return nil, err
	}
	if p.Metadata.Name != name {
		return nil, &notRancherError{what: fmt.Sprintf("cluster %q", p.Metadata.Name)}
	}
	return &p, nil
}
