// Package dialects_test gives what pkg/dialect writes to a real API server that has the published CustomResourceDefinitions of k3s'
// helm-controller, Flux, Argo CD and Fleet, and reads the values back from what the server makes of it.
package dialects_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// plane is the control plane of all tests of the package.
var plane *controlplane.Plane

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	ctx := context.Background()
	var err error
	if plane, err = controlplane.New(ctx, controlplane.Options{}); err == nil {
		err = prepare(ctx)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if plane == nil {
		return code
	}
	if err := plane.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
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
func prepare(ctx context.Context) error {
	for module, file := range definitions() {
		folder, err := downloaded(ctx, module)
		if err != nil {
			return err
		}
		// Argo CD's is too large for the annotation of kubectl apply.
		if _, err := plane.Run(ctx, "", "create", "-f", filepath.Join(folder, file)); err != nil {
			return err
		}
	}
	if _, err := plane.Run(ctx, clusterDefinition, "create", "-f", "-"); err != nil {
		return err
	}
	for _, name := range []string{"argocd", "fleet-default", "shop"} {
		if _, err := plane.Run(ctx, "", "create", "namespace", name); err != nil {
			return err
		}
	}
	_, err := plane.Run(ctx, "", "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
	return err
}

// downloaded is the folder of a module. It is downloaded by itself, with nothing of what it imports.
func downloaded(ctx context.Context, module string) (string, error) {
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := goJSON(ctx, &mod, "mod", "edit", "-json"); err != nil {
		return "", err
	}
	for _, r := range mod.Require {
		if r.Path != module {
			continue
		}
		var got struct{ Dir, Error string }
		if err := goJSON(ctx, &got, "mod", "download", "-json", r.Path+"@"+r.Version); err != nil {
			return "", fmt.Errorf("%w: %s", err, got.Error)
		}
		return got.Dir, nil
	}
	return "", fmt.Errorf("crds/go.mod has no %s", module)
}

// goJSON runs go in the module of the definitions.
func goJSON(ctx context.Context, into any, args ...string) error {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir, c.Stderr = "crds", os.Stderr
	c.Env = append(c.Environ(), "GOWORK=off")
	out, err := c.Output()
	if bad := json.Unmarshal(out, into); bad != nil && err == nil {
		err = bad
	}
	if err != nil {
		return fmt.Errorf("go %v: %w", args, err)
	}
	return nil
}
