package controlplane

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Run runs kubectl as the administrator, with an input. The error is what it wrote to stderr.
func (p *Plane) Run(ctx context.Context, stdin string, args ...string) (string, error) {
	var out, said bytes.Buffer
	c := exec.CommandContext(ctx, filepath.Join(p.Path, "kubectl"), args...)
	// Planes may have had the same port one after the other, by which kubectl names what it remembers of a server.
	c.Env = append(c.Environ(), "KUBECONFIG="+p.Kubeconfig, "KUBECACHEDIR="+filepath.Join(p.Folder, "cache"))
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &said
	if err := c.Run(); err != nil {
		return out.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out.String(), nil
}

// Kubectl is Run for a test that wants no error.
func (p *Plane) Kubectl(tb testing.TB, args ...string) string {
	tb.Helper()
	out, err := p.Run(tb.Context(), "", args...)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// Apply applies manifests.
func (p *Plane) Apply(tb testing.TB, manifests string) {
	tb.Helper()
	if _, err := p.Run(tb.Context(), manifests, "apply", "-f", "-"); err != nil {
		tb.Fatal(err)
	}
}

// Namespace makes a namespace that goes with the control plane, and returns its name when pods can be made in it.
func (p *Plane) Namespace(tb testing.TB, labels map[string]string) string {
	tb.Helper()
	n, err := p.client.CoreV1().Namespaces().Create(tb.Context(), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "test-", Labels: labels},
	}, metav1.CreateOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	// Admission refuses pods before a controller has made the account they run as.
	if err := p.until(tb.Context(), func(ctx context.Context) error {
		_, err := p.client.CoreV1().ServiceAccounts(n.Name).Get(ctx, "default", metav1.GetOptions{})
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return n.Name
}

// As is the path of a kubeconfig for a user who may do what RBAC lets them, which is next to nothing before it is told.
// It is the administrator who acts as them: the server takes the user's name for whose request it is, in errors too.
func (p *Plane) As(tb testing.TB, user string, groups ...string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "kubeconfig")
	if err := p.writeKubeconfig(path, api.AuthInfo{Token: p.Config.BearerToken, Impersonate: user, ImpersonateGroups: groups}); err != nil {
		tb.Fatal(err)
	}
	return path
}
