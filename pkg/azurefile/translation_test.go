package azurefile_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	csitranslation "k8s.io/csi-translation-lib"
	"k8s.io/klog/v2"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

// TestVolumesFollowAsKubernetesTranslatesThem asks the code by which Kubernetes hands in-tree volumes to the driver about the same
// volumes: which go on, and of which the storage account is known.
func TestVolumesFollowAsKubernetesTranslatesThem(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it has to be the same each time
	follow, expand := 0, 0
	for range 2000 {
		v := randomVolume(r)
		got := azurefile.VolumeFollows(v.DeepCopy(), ready())
		translated, err := csitranslation.New().TranslateInTreePVToCSI(klog.Background(), v.DeepCopy())
		if got.Follows != (err == nil) {
			t.Fatalf("%+v: %+v, and Kubernetes says %v", v.Spec, got, err)
		}
		if err != nil {
			continue
		}
		follow++
		// The handle is resource-group#account#share#name#namespace; the name of the Secret stands for an account that is not known.
		account := strings.Split(translated.Spec.CSI.VolumeHandle, "#")[1]
		if known := account != v.Spec.AzureFile.SecretName; known != !strings.Contains(got.Reason, "cannot be expanded") {
			t.Fatalf("%s: %q, and Kubernetes takes %q for the account", v.Spec.AzureFile.SecretName, got.Reason, account)
		} else if known {
			expand++
		}
	}
	if follow < 500 || follow > 1500 || expand < 200 || expand > follow-200 {
		t.Errorf("%d of 2,000 volumes go on and %d can be expanded: too much alike to tell anything", follow, expand)
	}
}

func randomVolume(r *rand.Rand) corev1.PersistentVolume {
	of := func(all ...string) string { return all[r.IntN(len(all))] }
	v := volume("pv", "azure")
	v.Spec.AzureFile.SecretName = of("azure-storage-account-shop-secret", "azure-storage-account--secret", "azure-storage-account-a-b-secret", "key", "", "xazure-storage-account-y-secretz")
	v.Spec.AzureFile.SecretNamespace, v.Spec.ClaimRef = nil, nil
	if r.IntN(2) == 0 {
		v.Spec.AzureFile.SecretNamespace = new(of("", "shop"))
	}
	if r.IntN(2) == 0 {
		v.Spec.ClaimRef = &corev1.ObjectReference{Namespace: of("", "team")}
	}
	if r.IntN(3) == 0 {
		v.Annotations = map[string]string{"kubernetes.io/azure-file-resource-group": of("", "group")}
	}
	return v
}
