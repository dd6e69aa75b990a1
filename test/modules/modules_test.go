// Package modules_test holds the modules that the product is to be built on together: it compiles them into one binary and
// checks that go.mod still has the versions that were seen to work with each other.
package modules_test

import (
	"os"
	"strings"
	"testing"

	_ "github.com/google/go-containerregistry/pkg/v1/remote"
	_ "github.com/rancher/norman/api"
	_ "github.com/rancher/norman/clientbase"
	_ "helm.sh/helm/v3/pkg/action"
	_ "k8s.io/client-go/kubernetes"
	_ "k8s.io/pod-security-admission/policy"
)

// TestVersions fails when one of the modules moves without the others. norman has to be named by tag: neither its latest version
// nor its list of versions resolves.
func TestVersions(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"github.com/rancher/norman v0.9.9", "helm.sh/helm/v3 v3.22.0", "k8s.io/api v0.37.2", "k8s.io/apimachinery v0.37.2",
		"k8s.io/cli-runtime v0.37.2", "k8s.io/client-go v0.37.2", "k8s.io/component-helpers v0.37.2",
		"github.com/spf13/cobra v1.10.2", "github.com/spf13/pflag v1.0.10",
	} {
		if !strings.Contains(string(text), "\t"+want+"\n") {
			t.Errorf("go.mod does not require %s directly", want)
		}
	}
	if strings.Contains(string(text), "\nreplace") || strings.Contains(string(text), "\ntoolchain") {
		t.Error("go.mod replaces a module or names a toolchain")
	}
}
