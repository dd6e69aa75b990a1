package rancher

import (
	"cmp"
	"context"
	"slices"

	"github.com/rancher/norman/types"
)

// Node is a node of a cluster, as Rancher knows it: from the moment it registers, before it is a node of Kubernetes.
type Node struct {
	Name         string `json:"name"`
	OS           string `json:"os,omitempty"` // empty until its kubelet has said
	Etcd         bool   `json:"etcd,omitempty"`
	ControlPlane bool   `json:"controlPlane,omitempty"`
	Worker       bool   `json:"worker,omitempty"`
	State        string `json:"state,omitempty"`
	Active       bool   `json:"active"` // it is up, and not cordoned
	CPU          string `json:"cpu,omitempty"`
	Memory       string `json:"memory,omitempty"`
	Disk         string `json:"disk,omitempty"`
	Kernel       string `json:"kernel,omitempty"` // of a Windows node the build: "10.0.20348.2527"
	Image        string `json:"image,omitempty"`
	// Taints are KEY=VALUE:EFFECT, as kubectl taint writes them.
	Taints []string `json:"taints,omitempty"`
	// PodCIDRs are the addresses of its pods; empty when its network plugin gives them by itself.
	PodCIDRs []string `json:"podCIDRs,omitempty"` //nolint:tagliatelle // as the API spells it
}

// nodeJSON is what is looked at of /v3/clusters/ID/nodes: pkg/client/generated/management/v3/zz_generated_node.go of rancher/rancher
// v2.15.0.
type nodeJSON struct {
	types.Resource
	ClusterID         string            `json:"clusterID"`
	NodeName          string            `json:"nodeName"`
	Hostname          string            `json:"hostname"`
	RequestedHostname string            `json:"requestedHostname"`
	Etcd              bool              `json:"etcd"`
	ControlPlane      bool              `json:"controlPlane"`
	Worker            bool              `json:"worker"`
	State             string            `json:"state"`
	Unschedulable     bool              `json:"unschedulable"`
	Labels            map[string]string `json:"labels"`
	Capacity          map[string]string `json:"capacity"`
	PodCIDRs          []string          `json:"podCidrs"`
	Taints            []struct {
		Key    string `json:"key"`
		Value  string `json:"value"`
		Effect string `json:"effect"`
	} `json:"taints"`
	Info struct {
		OS struct {
			Image  string `json:"operatingSystem"`
			Kernel string `json:"kernelVersion"`
		} `json:"os"`
	} `json:"info"`
}

// Nodes are the nodes of a cluster, by name. Rows of other clusters are left out: a server that does not know a filter ignores it
// (parse/collection.go of norman v0.9.9).
func (c *Client) Nodes(ctx context.Context, id string) ([]Node, error) {
	rows, err := list[nodeJSON](ctx, c, c.address("v3", "clusters", id, "nodes"))
	if err != nil {
		return nil, err
	}
	out := []Node{}
	for _, row := range rows {
		if row.ClusterID == id {
			out = append(out, row.facts())
		}
	}
	slices.SortFunc(out, func(a, b Node) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// facts are those of a node. Its system is that of its label: info.os is text for people (pkg/schemas/mapper/os_info.go).
func (j *nodeJSON) facts() Node {
	n := Node{
		Name: cmp.Or(j.NodeName, j.Hostname, j.RequestedHostname, j.ID), OS: j.Labels["kubernetes.io/os"],
		Etcd: j.Etcd, ControlPlane: j.ControlPlane, Worker: j.Worker, State: j.State, Active: j.State == "active" && !j.Unschedulable,
		CPU: j.Capacity["cpu"], Memory: j.Capacity["memory"], Disk: j.Capacity["ephemeral-storage"],
		Kernel: j.Info.OS.Kernel, Image: j.Info.OS.Image, PodCIDRs: j.PodCIDRs,
	}
	for _, t := range j.Taints {
		n.Taints = append(n.Taints, t.Key+"="+t.Value+":"+t.Effect)
	}
	return n
}
