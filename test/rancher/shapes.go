package rancher

import (
	"embed"
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// Registration is the token by which nodes register with the clusters of shapes. It is a secret.
const Registration = "bq7x2kfnzr9m4wtpl8vd5hsjc2gqb7xkfnzr9m4wtpl8vd5hsjc2gq"

//go:embed shapes
var shapes embed.FS

// shape is a cluster as some version of Rancher has it, by the fields that the source of that version has. Where Rancher fills a token
// in, it has {registration}.
type shape struct {
	Cluster      map[string]any   `json:"cluster"`
	Object       map[string]any   `json:"object"` // of provisioning.cattle.io
	Nodes        []map[string]any `json:"nodes"`
	Registration map[string]any   `json:"registration"`
}

// Shapes are the names of the clusters that Add knows.
func Shapes(tb testing.TB) []string {
	tb.Helper()
	files, err := shapes.ReadDir("shapes")
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}

// Add has the server know the cluster of a shape, and returns its ID.
func (s *Server) Add(tb testing.TB, name string) string {
	tb.Helper()
	text, err := shapes.ReadFile("shapes/" + name + ".yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var c shape
	if err := yaml.UnmarshalStrict([]byte(strings.ReplaceAll(string(text), "{registration}", Registration)), &c); err != nil {
		tb.Fatal(err)
	}
	id, ok := c.Cluster["id"].(string)
	if !ok {
		tb.Fatalf("shape %s has no cluster with an id", name)
	}
	s.Put("cluster", id, c.Cluster)
	for i, node := range c.Nodes {
		node["clusterId"] = id
		s.Put("node", fmt.Sprintf("%s:m-%d", id, i), node)
	}
	if c.Registration != nil {
		c.Registration["clusterId"], c.Registration["state"] = id, "active"
		s.Put("clusterRegistrationToken", id+":default-token", c.Registration)
	}
	if meta, ok := c.Object["metadata"].(map[string]any); ok {
		s.PutObject("provisioning.cattle.io.clusters", fmt.Sprint(meta["namespace"]), fmt.Sprint(meta["name"]), c.Object)
	}
	return id
}
