package policy_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/command"
	"github.com/winready/kubectl-winready/test/e2e/module"
)

const group = "admissionregistration.k8s.io/"

// without is a server that claims to be of a version, and has no policies, or only in an older version of the API.
func without(server, version string) controlplane.Options {
	o := controlplane.Options{ServerVersion: server, FeatureGates: map[string]bool{"MutatingAdmissionPolicy": false}, RuntimeConfig: map[string]bool{
		group + "v1/mutatingadmissionpolicies": false, group + "v1/mutatingadmissionpolicybindings": false,
	}}
	if version != "" {
		o.RuntimeConfig[group+version] = true
	}
	return o
}

// TestOlderVersions: what is written for an older version of the API is carried out, and is told to need turning on. The server of
// these tests has all versions.
func TestOlderVersions(t *testing.T) {
	t.Parallel()
	for kube, version := range map[string]string{"1.35": "v1beta1", "v1.34.2+rke2r1": "v1beta1", "1.33": "v1alpha1", "1.32.1": "v1alpha1", "1.37": "v1"} {
		namespace := plane.Namespace(t, nil)
		policy, said := command.Run(t, plane.Kubeconfig, 0, "policy", "--os", "linux", "-n", namespace, "--kube-version", kube)
		if said := strings.Contains(said, needs(version)); said != (version != "v1") || strings.Count(policy, "apiVersion: "+group+version+"\n") != 2 {
			t.Errorf("%s: got %t\n%s", kube, said, policy)
		}
		apply(t, plane, policy, pod(namespace, ""))
	}
}

func needs(version string) string {
	return fmt.Sprintf("%s of the API needs the API server's flags --feature-gates=MutatingAdmissionPolicy=true and --runtime-config=%s%s=true\n", version, group, version)
}

// TestVersionOfTheServer: the command finds the best that the server has.
func TestVersionOfTheServer(t *testing.T) {
	t.Parallel()
	old := controlplane.Start(t, without("v1.34.2+rke2r1", "v1beta1"))
	for on, version := range map[*controlplane.Plane]string{plane: "v1", old: "v1beta1"} {
		policy, said := command.Run(t, on.Kubeconfig, 0, "policy", "--os", "linux", "-n", "default")
		if said := strings.Contains(said, needs(version)); said != (version != "v1") || strings.Count(policy, "apiVersion: "+group+version+"\n") != 2 {
			t.Errorf("%s: got %t\n%s", version, said, policy)
		}
	}
}

// TestServersWithoutPolicies say so, with what to do.
func TestServersWithoutPolicies(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"v1.31.4+k3s1", "v1.35.2"} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			old := controlplane.Start(t, without(server, ""))
			out, said := command.Run(t, old.Kubeconfig, 3, "policy", "--os", "linux", "-n", "default")
			want := "error: the API server, " + server + ", has no MutatingAdmissionPolicies: Kubernetes has them from 1.36 on, " +
				"from 1.34 on as v1beta1 with the API server's flags --feature-gates=MutatingAdmissionPolicy=true and --runtime-config=admissionregistration.k8s.io/v1beta1=true, " +
				"from 1.32 on as v1alpha1 with the API server's flags --feature-gates=MutatingAdmissionPolicy=true and --runtime-config=admissionregistration.k8s.io/v1alpha1=true\n" +
				"hint: --engine kyverno writes a policy for Kyverno instead\n"
			if diff := cmp.Diff(said, want); diff != "" || out != "" {
				t.Errorf("got -, want +:\n%s%s", diff, out)
			}
			if out, _ := command.Run(t, old.Kubeconfig, 0, "policy", "--os", "linux", "-n", "default", "--engine", "kyverno"); !strings.Contains(out, "apiVersion: kyverno.io/v1\n") {
				t.Errorf("got %s", out)
			}
		})
	}
}

// TestUnreachable: nothing is written for a server that does not answer.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	out, said := command.Run(t, plane.Kubeconfig, 3, "policy", "--os", "linux", "-n", "default", "--server", "https://127.0.0.1:1")
	if out != "" || !strings.HasPrefix(said, "error: asking the API server of context") {
		t.Errorf("got %q, %q", out, said)
	}
}

// TestKyverno: the API server takes the policies for Kyverno, by Kyverno's own schema, with no field that it does not have.
func TestKyverno(t *testing.T) {
	t.Parallel()
	kyverno, err := module.Folder(t.Context(), filepath.Join("..", "auditchart", "crds"), "github.com/kyverno/kyverno")
	if err != nil {
		t.Fatal(err)
	}
	// It is too large for apply, which keeps a copy in an annotation.
	plane.Kubectl(t, "create", "-f", filepath.Join(kyverno, "config", "crds", "kyverno", "kyverno.io_policies.yaml"))
	namespace, second := plane.Namespace(t, nil), plane.Namespace(t, nil)
	policy, _ := command.Run(t, plane.Kubeconfig, 0, "policy", "--engine", "kyverno", "--os", "windows", "--toleration", "os=windows:NoSchedule", "--set-os-name",
		"-n", namespace, "-n", second, "--owner", "job/migrate", "--owner", "deploy/web*", "--owner", "prometheus/k8s", "--owner", "ds/agent")
	controlplane.Within(t, patience, func() error {
		_, err := plane.Run(t.Context(), policy, "apply", "--validate=strict", "-f", "-")
		return err
	})
	plane.Apply(t, policy)
	if got := plane.Kubectl(t, "get", "policies.kyverno.io", "-A", "-o", "jsonpath={.items[*].metadata.generation}"); got != "1 1 1 1" {
		t.Errorf("got generations %s: the same policy once more is another one", got)
	}
}
