package azurefile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// refuse has the API server refuse new classes of a name, if they are what an expression says. Under another name, which is how a class
// is tried before it is replaced, it takes them.
func refuse(t *testing.T, name, expression string) {
	t.Helper()
	plane.Apply(t, `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: `+name+`}, spec: {
  matchConstraints: {resourceRules: [{apiGroups: [storage.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [storageclasses]}]},
  matchConditions: [{name: named, expression: "object.metadata.name == '`+name+`'"}],
  validations: [{expression: "!(`+expression+`)", message: kept out}]}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: `+name+`}, spec: {policyName: `+name+`, validationActions: [Deny]}}
`)
	class := "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: " + name + "}, provisioner: file.csi.azure.com, parameters: {skuName: Premium_LRS}}"
	controlplane.Within(t, patience, func() error {
		if _, err := plane.Run(t.Context(), class, "create", "--dry-run=server", "-f", "-"); err == nil || !strings.Contains(err.Error(), "kept out") {
			return errors.New("the policy is not carried out yet")
		}
		return nil
	})
}

// TestReplacedByNothing: a class that is deleted and whose successor is refused is put back as it was; where that is refused too, it is
// shown, so that nothing is lost.
func TestReplacedByNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refused string
		says    []string
		stays   bool
	}{
		"precious": {"object.parameters.skuName == 'Premium_LRS'", []string{"error: StorageClass/precious is as it was: applying StorageClass/precious: ", "kept out"}, true},
		"lost":     {"true", []string{"StorageClass/lost is gone; it was:\n", "skuName: Standard_LRS", "applying StorageClass/lost: ", "creating StorageClass/lost: "}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			winready(t, plane.Kubeconfig, 0, "apply", "--name", name)
			before := classOf(t, plane, name)
			refuse(t, name, c.refused)
			_, said := winready(t, plane.Kubeconfig, 3, "apply", "--name", name, "--sku", "Premium_LRS", "--replace", "--yes")
			has(t, said, c.says...)
			if !c.stays {
				return
			}
			after := classOf(t, plane, name)
			if after.UID == before.UID || after.Parameters["skuName"] != "Standard_LRS" || len(after.Labels) != len(before.Labels) {
				t.Errorf("it was %v, and is %v", before, after)
			}
		})
	}
}
