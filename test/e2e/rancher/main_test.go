// Package rancher_test runs the product against a stand-in for a Rancher server whose downstream cluster is a real control plane.
package rancher_test

import (
	"context"
	"fmt"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/command"
	"github.com/winready/kubectl-winready/test/rancher"
)

// plane is the control plane of all tests; its version is that of a cluster of RKE1, as Rancher 2.8 had them.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{ServerVersion: "v1.36.1", Nodes: []*corev1.Node{
		controlplane.Linux("lin-1"), controlplane.Linux("lin-2"), controlplane.Windows("win-1", "10.0.20348"),
	}}, nil))
}

// proxied is a Rancher server with a cluster whose API server is the control plane, and a kubeconfig as Rancher makes it.
func proxied(t *testing.T, cluster map[string]any) (server *rancher.Server, kubeconfig string) {
	t.Helper()
	const id = "c-abcde"
	s := rancher.Start(t)
	s.Put("cluster", id, cluster)
	target, err := url.Parse(plane.Config.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(plane.Config)
	if err != nil {
		t.Fatal(err)
	}
	s.Clusters[id] = &httputil.ReverseProxy{Transport: transport, FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Header.Del("Authorization") // it is for Rancher; the transport has its own for the cluster
	}}
	return s, write(t, s, "shop", s.URL+"/k8s/clusters/"+id)
}

// write writes a kubeconfig with one context, whose token is Rancher's.
func write(t *testing.T, s *rancher.Server, name, server string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	cluster := api.Cluster{Server: server, CertificateAuthorityData: []byte(s.CA())}
	if err := controlplane.WriteKubeconfig(path, name, cluster, api.AuthInfo{Token: rancher.Token}); err != nil {
		t.Fatal(err)
	}
	return path
}

// winready runs the command with a kubeconfig, and wants an exit status, and not to see the token.
func winready(t *testing.T, kubeconfig string, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	stdout, stderr = command.Run(t, kubeconfig, status, args...)
	if _, secret, _ := strings.Cut(rancher.Token, ":"); strings.Contains(stdout+stderr, secret) {
		t.Errorf("%q writes the token", args)
	}
	return stdout, stderr
}

// deployment is one that runs on whatever nodeSelector and tolerations say.
func deployment(namespace, name, more string) string {
	return fmt.Sprintf("{apiVersion: apps/v1, kind: Deployment, metadata: {name: %[1]s, namespace: %[2]s}, spec: {selector: {matchLabels: {app: %[1]s}}, "+
		"template: {metadata: {labels: {app: %[1]s}}, spec: {%[3]scontainers: [{name: c, image: registry.k8s.io/pause}]}}}}\n---\n", name, namespace, more)
}

func save(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
