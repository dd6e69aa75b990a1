package rancher_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/rancher"
)

const home = "https://rancher.example.com"

// contexts are a kubeconfig as Rancher makes it: two clusters, the endpoints of one, and one that is none of Rancher's.
func contexts() []rancher.Context {
	exec := []string{"rancher", "token", "--server=rancher.example.com", "--user=u-1", "--cluster", "c-m-exec0001", "--cacerts=/ca.pem"}
	return []rancher.Context{
		{Name: "shop", Server: home + "/k8s/clusters/c-m-shop0001", User: "u"},
		{Name: "shop-eu", Server: home + "/k8s/clusters/c-m-eu000001", User: "u"},
		{Name: "shop-fqdn", Server: "https://shop.example.com", User: "u"},
		{Name: "shop-eu-cp1", Server: "https://10.0.0.1:6443", User: "u"},
		{Name: "alone", Server: "https://10.0.0.9:6443", User: "other"},
		{Name: "both", Server: "https://10.0.0.8:6443", User: "u"},
		{Name: "behind", Server: "https://example.com/apps/rancher/k8s/clusters/c-abcde", User: "b"},
		{Name: "plugin", Server: "https://10.0.0.2:6443", User: "p", Exec: exec},
		{Name: "eks", Server: "https://eks.example.com", User: "aws", Exec: []string{"aws", "eks", "get-token", "--cluster-name", "x"}},
		{Name: "lookalike", Server: "http://rancher.example.com/k8s/clusters/c-abcde", User: "l"},
	}
}

func login(cluster, url string) *rancher.CLI {
	return &rancher.CLI{CurrentServer: "main", Servers: map[string]rancher.CLIServer{
		"main": {URL: url, Token: "cli:secret", Project: cluster + ":p-1", CA: "PEM", Proxy: "http://proxy:3128"},
		"old":  {URL: "https://old.example.com/v3", AccessKey: "a", SecretKey: "b"},
	}}
}

func told(server, cluster string) func(context.Context) (rancher.Agent, error) {
	return func(context.Context) (rancher.Agent, error) {
		return rancher.Agent{Server: server, Cluster: cluster}, nil
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	env := rancher.Environment{URL: home + "/v3", Token: "env:secret", CA: "ENV", Insecure: true}
	refused := func(context.Context) (rancher.Agent, error) { return rancher.Agent{}, errors.New("forbidden") }
	for name, test := range map[string]struct {
		clues rancher.Clues
		want  rancher.Place
	}{
		"1: the environment, the kubeconfig tells the cluster": {
			rancher.Clues{Env: env, Contexts: contexts(), Current: "shop"},
			rancher.Place{URL: home, Cluster: "c-m-shop0001", Step: 1, How: "RANCHER_URL", Credentials: rancher.Credentials{Token: "env:secret"}, CA: "ENV", Insecure: true},
		},
		"1: a flag, with the kubeconfig's credentials for the same host": {
			rancher.Clues{URL: home, Contexts: contexts(), Current: "shop-fqdn"},
			rancher.Place{URL: home, Cluster: "c-m-shop0001", Context: "shop", Step: 1, How: "--rancher-url"},
		},
		"1: a flag, and not the environment's credentials for another host": {
			rancher.Clues{URL: "https://old.example.com", Env: env, CLI: login("c-m-cli00001", home), Contexts: contexts(), Current: "shop"},
			rancher.Place{URL: "https://old.example.com", Step: 1, How: "--rancher-url", Credentials: rancher.Credentials{AccessKey: "a", SecretKey: "b"}},
		},
		"2: Rancher's proxy": {
			rancher.Clues{Contexts: contexts(), Current: "shop", CLI: login("c-m-cli00001", home), Agent: refused},
			rancher.Place{URL: home, Cluster: "c-m-shop0001", Context: "shop", Step: 2, How: "the server of context shop"},
		},
		"2: Rancher's proxy behind a path, for another cluster": {
			rancher.Clues{Contexts: contexts(), Current: "behind", Cluster: "c-m-other001"},
			rancher.Place{URL: "https://example.com/apps/rancher", Cluster: "c-m-other001", Context: "behind", Step: 2, How: "the server of context behind"},
		},
		"3: an endpoint of a cluster": {
			rancher.Clues{Contexts: contexts(), Current: "shop-fqdn"},
			rancher.Place{URL: home, Cluster: "c-m-shop0001", Context: "shop", Step: 3, How: "context shop, which has the user of context shop-fqdn"},
		},
		"3: an endpoint of the cluster with the longer name": {
			rancher.Clues{Contexts: contexts(), Current: "shop-eu-cp1"},
			rancher.Place{URL: home, Cluster: "c-m-eu000001", Context: "shop-eu", Step: 3, How: "context shop-eu, which has the user of context shop-eu-cp1"},
		},
		"4: the Rancher CLI as a credential plugin": {
			rancher.Clues{Contexts: contexts(), Current: "plugin"},
			rancher.Place{URL: home, Cluster: "c-m-exec0001", Context: "plugin", Foreign: true, CAFile: "/ca.pem", Step: 4, How: "the credential plugin of context plugin"},
		},
		"5: the agent in the cluster": {
			rancher.Clues{Contexts: contexts(), Current: "alone", Agent: told("https://old.example.com", "c-m-agent001"), CLI: login("c-m-cli00001", home)},
			rancher.Place{URL: "https://old.example.com", Cluster: "c-m-agent001", Step: 5, How: "CATTLE_SERVER of deployment cattle-system/cattle-cluster-agent", Credentials: rancher.Credentials{AccessKey: "a", SecretKey: "b"}},
		},
		"6: the Rancher CLI, which does not tell the cluster of the context": {
			rancher.Clues{Contexts: contexts(), Current: "eks", Agent: refused, CLI: login("c-m-cli00001", home)},
			rancher.Place{URL: home, Step: 6, How: "server main of the Rancher CLI", Credentials: rancher.Credentials{Token: "cli:secret"}, CA: "PEM", Proxy: "http://proxy:3128"},
		},
		"6: the Rancher CLI, without a kubeconfig": {
			rancher.Clues{CLI: login("c-m-cli00001", home+"/v3")},
			rancher.Place{URL: home, Cluster: "c-m-cli00001", Step: 6, How: "server main of the Rancher CLI", Credentials: rancher.Credentials{Token: "cli:secret"}, CA: "PEM", Proxy: "http://proxy:3128"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := rancher.Find(t.Context(), test.clues)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFindNothing(t *testing.T) {
	t.Parallel()
	env := rancher.Environment{URL: "https://other.example.com", Token: "env:secret"}
	for name, test := range map[string]struct {
		clues rancher.Clues
		want  string
	}{
		"nothing at all": {rancher.Clues{}, "no Rancher server found: neither --rancher-url nor RANCHER_URL is set; there is no kubeconfig; " +
			"no context has its user in common with one of Rancher's; its user has no credential plugin of Rancher; there is no cluster to ask; the Rancher CLI is not logged in"},
		"a cluster without Rancher": {
			rancher.Clues{Contexts: contexts(), Current: "eks", Agent: told("", "")},
			"no Rancher server found: neither --rancher-url nor RANCHER_URL is set; the server of context eks is not Rancher's proxy; no context of Rancher's proxy has the user of context eks; " +
				"its user has no credential plugin of Rancher; the cluster has no agent of Rancher; the Rancher CLI is not logged in",
		},
		"the login of the Rancher CLI, for who asks about the cluster of the context": {
			rancher.Clues{Contexts: contexts(), Current: "alone", Agent: told("", ""), CLI: login("c-1", home), Own: true},
			"no Rancher server found: neither --rancher-url nor RANCHER_URL is set; the server of context alone is not Rancher's proxy; no context of Rancher's proxy has the user of context alone; " +
				"its user has no credential plugin of Rancher; the cluster has no agent of Rancher; the Rancher CLI's login is not about the cluster of the context",
		},
		"several clusters with the user": {
			rancher.Clues{Contexts: contexts(), Current: "both"},
			"no Rancher server found: neither --rancher-url nor RANCHER_URL is set; the server of context both is not Rancher's proxy; several clusters of Rancher have the user of context both; " +
				"its user has no credential plugin of Rancher; there is no cluster to ask; the Rancher CLI is not logged in",
		},
		"a proxy in clear": {
			rancher.Clues{Contexts: contexts(), Current: "lookalike"},
			"no Rancher server found: neither --rancher-url nor RANCHER_URL is set; the server of context lookalike is not Rancher's proxy; no context of Rancher's proxy has the user of context lookalike; " +
				"its user has no credential plugin of Rancher; there is no cluster to ask; the Rancher CLI is not logged in",
		},
		"a cluster that names a server gets no credentials of others": {
			rancher.Clues{Contexts: contexts(), Current: "alone", Agent: told("https://evil.example.com", "c-abcde"), CLI: login("c-1", home)},
			"Rancher is at https://evil.example.com (CATTLE_SERVER of deployment cattle-system/cattle-cluster-agent), and there are no credentials for it",
		},
		"a flag that names a server gets no credentials of others": {
			rancher.Clues{URL: "https://evil.example.com", Env: env, Contexts: contexts(), Current: "shop", CLI: login("c-1", home)},
			"Rancher is at https://evil.example.com (--rancher-url), and there are no credentials for it",
		},
		"a variable that is no address": {
			rancher.Clues{Env: rancher.Environment{URL: "http://u:pass@rancher"}},
			"RANCHER_URL: the address of a Rancher server is not of the form https://HOST[:PORT][/PATH]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := rancher.Find(t.Context(), test.clues)
			if err == nil {
				t.Fatalf("got %+v, want no place", got)
			}
			if diff := cmp.Diff(err.Error(), test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseCLI(t *testing.T) {
	t.Parallel()
	got, err := rancher.ParseCLI([]byte(`{"Servers":{"rancherDefault":{"accessKey":"token-abcde","secretKey":"s","tokenKey":"token-abcde:s",
"url":"https://host","project":"c-abcde:p-11111","cacert":"PEM","kubeCredentials":null,"kubeConfigs":{"u-c":{}},"proxyUrl":"http://p","httpTimeoutSeconds":0}},
"CurrentServer":"rancherDefault"}`))
	want := &rancher.CLI{CurrentServer: "rancherDefault", Servers: map[string]rancher.CLIServer{"rancherDefault": {
		URL: "https://host", AccessKey: "token-abcde", SecretKey: "s", Token: "token-abcde:s", Project: "c-abcde:p-11111", CA: "PEM", Proxy: "http://p",
	}}}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	if _, err := rancher.ParseCLI([]byte(`{"tokenKey": secret`)); err == nil || err.Error() != "it is not the JSON that the Rancher CLI writes" {
		t.Errorf("got %v, want an error without what is in the file", err)
	}
}
