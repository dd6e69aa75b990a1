package azurefile_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/object"
)

// TestDecode holds what is said of a volume against what it means. Each has the form in which the kubelet or a sidecar passes it on.
func TestDecode(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		`failed to provision volume with StorageClass "a": rpc error: code = InvalidArgument desc = invalid parameter "skuNmae" in storage class`:                                                  "the driver refuses a parameter of the class",
		`rpc error: code = InvalidArgument desc = protocol(cifs) is not supported, supported protocol list: [smb nfs]`:                                                                             "the driver refuses the value of a parameter of the class",
		`rpc error: code = InvalidArgument desc = nfs protocol only supports premium storage, current account type: Standard_LRS`:                                                                  "nfs shares are for Premium accounts",
		"MountVolume.MountDevice failed for volume \"pv\" : rpc error: code = Internal desc = accountName(acc1) or accountKey is empty":                                                            "the driver found no account key",
		"rpc error: code = InvalidArgument desc = mountWithOAuthToken is not supported on Windows":                                                                                                 "mounts with a token are for Linux",
		"MountVolume.SetUp failed for volume \"pv\" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name file.csi.azure.com not found in the list of registered CSI drivers": "the driver has not registered on the node",
		"volume(v) mount //a on C:\\b failed with mount operation timed out after 90 seconds: source=x, target=y\nPlease refer to http://aka.ms/filemounterror for possible causes":                "the share was not mounted in time",
		"NewSmbGlobalMapping failed. output: \"\", err: exit status 0xc0000142":                                                                                                                    "Windows cannot start the PowerShell that mounts shares",
		"New-SmbGlobalMapping : The user name or password is incorrect. FullyQualifiedErrorId : Windows System Error 1326":                                                                         "the share refuses the account key (system error 1326)",
		"New-SmbGlobalMapping : The network path was not found.\nFullyQualifiedErrorId : Windows System Error 53":                                                                                  "the server of the share is not found (system error 53)",
		"New-SmbGlobalMapping : Multiple connections to a server or shared resource by the same user":                                                                                              "the node is connected to the server as another user (system error 1219)",
		"Waiting for a volume to be created either by the external provisioner 'file.csi.azure.com' or manually by the system administrator.":                                                      "no driver has answered",
		"waiting for a volume to be created, either by external provisioner \"file.csi.azure.com\" or manually created by system administrator":                                                    "no driver has answered",
		`storageclass.storage.k8s.io "gone" not found`:                                                                           "there is no such class",
		"no persistent volumes available for this claim and no storage class is set":                                             "the claim names no class, and there is no default one",
		`Failed to provision volume with StorageClass "a": Couldn't create secret: secrets is forbidden: User "x" cannot create`: "whoever makes the volume may not store the account key",
		"something else": "",
	} {
		said, known := azurefile.Decode(message)
		if said.Meaning != want || known != (want != "") || known && said.Remedy == "" {
			t.Errorf("%q: got %q, remedy %q, want %q", message, said.Meaning, said.Remedy, want)
		}
	}
}

// TestProbe: the pod goes to nodes whose build its image is for, and tolerates what they have.
func TestProbe(t *testing.T) {
	t.Parallel()
	taint := corev1.Taint{Key: "os", Value: "windows", Effect: corev1.TaintEffectNoSchedule}
	pools := []azurefile.Pool{{Build: "10.0.99999"}, {Build: "10.0.20348", Taints: []corev1.Taint{taint}}}
	probe, err := azurefile.NewProbe(azurefile.ProbeRequest{Namespace: "shop", Class: "a", Size: "1Gi"}, pools)
	if err != nil {
		t.Fatal(err)
	}
	pod := probe.Pod("claim-1")
	got := map[string]any{}
	for name, path := range map[string]object.Path{
		"image": {"spec", "containers", 0, "image"}, "selector": {"spec", "nodeSelector"}, "tolerations": {"spec", "tolerations"},
		"claim": {"spec", "volumes", 0, "persistentVolumeClaim", "claimName"}, "namespace": {"metadata", "namespace"},
	} {
		got[name] = path.In(pod)
	}
	want := map[string]any{
		"image": "mcr.microsoft.com/windows/nanoserver:ltsc2022", "claim": "claim-1", "namespace": "shop",
		"selector":    map[string]any{"kubernetes.io/os": "windows", "node.kubernetes.io/windows-build": "10.0.20348"},
		"tolerations": []any{map[string]any{"key": "os", "operator": "Exists", "effect": "NoSchedule"}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string][]azurefile.Pool{"no Windows node": nil, "a build without an image": pools[:1]} {
		if _, err := azurefile.NewProbe(azurefile.ProbeRequest{}, c); !errors.As(err, new(*azurefile.RefusedError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
