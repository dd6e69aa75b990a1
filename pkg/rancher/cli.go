package rancher

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// CLI is the configuration of the Rancher CLI, cli2.json: config/config.go of rancher/cli v2.15.0. A nil one has no servers.
type CLI struct {
	Servers       map[string]CLIServer `json:"servers"`
	CurrentServer string               `json:"currentServer"`
}

// CLIServer is a server that the Rancher CLI is logged in to. One Rancher may be there twice, by a name and by its host.
type CLIServer struct {
	URL       string `json:"url"`
	AccessKey string `json:"accessKey"`
	SecretKey string `json:"secretKey"`
	Token     string `json:"tokenKey"`
	Project   string `json:"project"` // CLUSTER:PROJECT
	CA        string `json:"cacert"`  // PEM, not a path
	Proxy     string `json:"proxyURL"`
}

// ParseCLI reads a cli2.json. The error does not repeat what is in it.
func ParseCLI(data []byte) (*CLI, error) {
	var c CLI
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, errors.New("it is not the JSON that the Rancher CLI writes")
	}
	return &c, nil
}

// current is the server that the CLI uses. With one server there is no choice.
func (c *CLI) current() (CLIServer, bool) {
	if c == nil {
		return CLIServer{}, false
	}
	server, ok := c.Servers[c.CurrentServer]
	return server, ok && server.URL != "" && server.credentials().given()
}

// server is the entry of a server's address that has credentials, the current one first.
func (c *CLI) server(address string) (CLIServer, bool) {
	if c == nil {
		return CLIServer{}, false
	}
	for _, name := range append([]string{c.CurrentServer}, slices.Sorted(maps.Keys(c.Servers))...) {
		server := c.Servers[name]
		if server.credentials().given() && sameHost(server.URL, address) {
			server.URL = address
			return server, true
		}
	}
	return CLIServer{}, false
}

// Cluster is the ID of the cluster that the CLI has chosen on the server.
func (s CLIServer) Cluster() string {
	id, _, _ := strings.Cut(s.Project, ":")
	return id
}

func (s CLIServer) credentials() Credentials {
	return Credentials{Token: s.Token, AccessKey: s.AccessKey, SecretKey: s.SecretKey}
}

func (s CLIServer) place(how, cluster string) Place {
	return Place{URL: s.URL, Cluster: cluster, How: how, Credentials: s.credentials(), CA: s.CA, Proxy: s.Proxy}
}
