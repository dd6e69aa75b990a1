// Package dialects_test gives what pkg/dialect writes to a real API server that has the published CustomResourceDefinitions of k3s'
// helm-controller, Flux, Argo CD and Fleet, and reads the values back from what the server makes of it.
package dialects_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/module"
)

// plane is the control plane of all tests of the package.
var plane *controlplane.Plane

func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(context.Background(), m, &plane, controlplane.Options{}, prepare))
}

// definitions are the files with the CustomResourceDefinitions, by module. The versions are in crds/go.mod.
func definitions() map[string]string {
	return map[string]string{
		"github.com/argoproj/argo-cd/v3":    "manifests/crds/application-crd.yaml",
		"github.com/fluxcd/helm-controller": "config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml",
		"github.com/k3s-io/helm-controller": "pkg/crds/yaml/generated",
		"github.com/rancher/fleet":          "charts/fleet-crd/templates/crds.yaml",
	}
}

// clusterDefinition is what the tests need of pkg/crds/yaml/generated/provisioning.cattle.io_clusters.yaml of
// github.com/rancher/rancher, which is no Go module that can be had: chartValues keeps unknown fields there.
const clusterDefinition = `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: clusters.provisioning.cattle.io}, spec: {
  group: provisioning.cattle.io, scope: Namespaced, names: {kind: Cluster, plural: clusters}, versions: [{name: v1, served: true, storage: true,
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {
      kubernetesVersion: {type: string},
      rkeConfig: {type: object, nullable: true, properties: {
        chartValues: {type: object, nullable: true, x-kubernetes-preserve-unknown-fields: true}}}}}}}}}]}}
`

// prepare teaches the server the kinds, and makes the namespaces that the objects are written for.
func prepare(ctx context.Context, on *controlplane.Plane) error {
	for path, file := range definitions() {
		folder, err := module.Folder(ctx, "crds", path)
		if err != nil {
			return err
		}
		// Argo CD's is too large for the annotation of kubectl apply.
		if _, err := on.Run(ctx, "", "create", "-f", filepath.Join(folder, file)); err != nil {
			return err
		}
	}
	if _, err := on.Run(ctx, clusterDefinition, "create", "-f", "-"); err != nil {
		return err
	}
	for _, name := range []string{"argocd", "fleet-default", "shop"} {
		if _, err := on.Run(ctx, "", "create", "namespace", name); err != nil {
			return err
		}
	}
	_, err := on.Run(ctx, "", "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
	return err
}
