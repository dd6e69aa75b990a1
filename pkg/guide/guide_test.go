package guide_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/rancher"
	double "github.com/winready/kubectl-winready/test/rancher"
)

// TestShapes reads clusters as versions of Rancher have them, and holds them against the guide.
func TestShapes(t *testing.T) {
	t.Parallel()
	s := double.Start(t)
	c, err := rancher.New(s.URL, rancher.Options{Transport: s.Client().Transport, Credentials: rancher.Credentials{Token: double.Token}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range double.Shapes(t) {
		id := s.Add(t, name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster, err := c.Cluster(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			nodes, err := c.Nodes(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			facts, err := yaml.Marshal(cluster)
			if err != nil {
				t.Fatal(err)
			}
			all := &guide.Cluster{Cluster: cluster, Nodes: nodes}
			var b strings.Builder
			b.Write(facts)
			list := guide.Requirements(all)
			for _, r := range list {
				fmt.Fprintf(&b, "%-8s %s: %s\n", r.Status, r.Name, r.Says)
			}
			fmt.Fprintf(&b, "worst: %s\nbefore Windows nodes: %s\n", guide.Worst(list), strings.Join(guide.Ready(all), "; "))
			golden.Check(t, filepath.Join("testdata", name+".golden"), []byte(b.String()))
		})
	}
}

// TestUnreadNodes: what could not be read is not fine, and not missing either.
func TestUnreadNodes(t *testing.T) {
	t.Parallel()
	c := &guide.Cluster{Cluster: &rancher.Cluster{Distribution: rancher.RKE2, Ready: true}, NodesGap: "forbidden"}
	for _, r := range guide.Requirements(c) {
		if strings.Contains(r.Name, "node") && r.Status != guide.Unknown {
			t.Errorf("%s: got %s, want %s", r.Name, r.Status, guide.Unknown)
		}
	}
	if got := guide.Ready(c); len(got) != 1 || !strings.Contains(got[0], "forbidden") {
		t.Errorf("got %q", got)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	good := guide.New{Name: "win", Namespace: "fleet-default", Version: "v1.34.1+rke2r1", CNI: "calico"}
	for name, test := range map[string]struct {
		change func(*guide.New)
		want   []string
	}{
		"calico":                      {func(*guide.New) {}, nil},
		"flannel":                     {func(n *guide.New) { n.CNI, n.Version = "flannel", "v1.28.7+rke2r1" }, nil},
		"a release candidate":         {func(n *guide.New) { n.Version = "v1.35.0-rc1+rke2r1" }, nil},
		"addresses":                   {func(n *guide.New) { n.ClusterCIDR, n.ServiceCIDR = "10.52.0.0/16", "10.53.0.0/16" }, nil},
		"flannel before it had it":    {func(n *guide.New) { n.CNI, n.Version = "flannel", "v1.28.6+rke2r1" }, []string{`--kubernetes-version "v1.28.6+rke2r1": RKE2 has flannel on Windows from v1.26.14, v1.27.11, v1.28.7, v1.29.2 on`}},
		"flannel between two minors":  {func(n *guide.New) { n.CNI, n.Version = "flannel", "v1.25.99+rke2r1" }, []string{`--kubernetes-version "v1.25.99+rke2r1": RKE2 has flannel on Windows from v1.26.14, v1.27.11, v1.28.7, v1.29.2 on`}},
		"RKE2 before it had Windows":  {func(n *guide.New) { n.Version = "v1.21.14+rke2r1" }, []string{`--kubernetes-version "v1.21.14+rke2r1": RKE2 has Windows workers from v1.22.0 on`}},
		"a version of Kubernetes":     {func(n *guide.New) { n.Version = "1.34" }, []string{`--kubernetes-version "1.34": want a release of RKE2, as v1.34.1+rke2r1`}},
		"K3s":                         {func(n *guide.New) { n.Version = "v1.34.1+k3s1" }, []string{`--kubernetes-version "v1.34.1+k3s1": want a release of RKE2, as v1.34.1+rke2r1`}},
		"dual stack":                  {func(n *guide.New) { n.ClusterCIDR = "10.42.0.0/16,2001:cafe:42::/56" }, []string{`--cluster-cidr "10.42.0.0/16,2001:cafe:42::/56": dual stack is not for clusters with Windows nodes; want one range of IPv4`}},
		"IPv6":                        {func(n *guide.New) { n.ServiceCIDR = "2001:cafe:43::/112" }, []string{`--service-cidr "2001:cafe:43::/112": Windows nodes take IPv4; want a range as 10.42.0.0/16`}},
		"no range":                    {func(n *guide.New) { n.ServiceCIDR = "10.0.0.1" }, []string{`--service-cidr "10.0.0.1": want a range of addresses, as 10.42.0.0/16`}},
		"a plugin without Windows":    {func(n *guide.New) { n.CNI = "cilium" }, []string{`--cni "cilium": want calico or flannel; RKE2 has no other plugin for Windows nodes`}},
		"a name that Rancher has":     {func(n *guide.New) { n.Name = "c-abc12" }, []string{`NAME "c-abc12": Rancher gives names such as local and c-12345 itself`}},
		"a name that would be a line": {func(n *guide.New) { n.Name = "a\nb" }, []string{"NAME \"a\\nb\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := good
			test.change(&n)
			if diff := cmp.Diff(n.Problems(), test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestManifest reads a manifest as Rancher would: what it is told is what the guide wants.
func TestManifest(t *testing.T) {
	t.Parallel()
	n := guide.New{Name: "win", Namespace: "fleet-default", Version: "v1.34.1+rke2r1", CNI: "flannel", ClusterCIDR: "10.52.0.0/16", ServiceCIDR: "10.53.0.0/16"}
	text := n.Manifest()
	golden.Check(t, "testdata/manifest.golden", []byte(text))
	var object map[string]any
	if err := yaml.UnmarshalStrict([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	s := double.Start(t)
	s.Put("cluster", "c-m-00000001", map[string]any{"name": "win", "fleetWorkspaceName": "fleet-default", "annotations": map[string]any{"provisioning.cattle.io/administrated": "true"}})
	s.PutObject("provisioning.cattle.io.clusters", "fleet-default", "win", object)
	c, err := rancher.New(s.URL, rancher.Options{Transport: s.Client().Transport, Credentials: rancher.Credentials{Token: double.Token}})
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := c.Cluster(t.Context(), "c-m-00000001")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range guide.Requirements(&guide.Cluster{Cluster: cluster, Nodes: []rancher.Node{}}) {
		if r.Status == guide.Fail || r.Status == guide.Warn {
			t.Errorf("%s: %s", r.Name, r.Says)
		}
	}
}
