package symptom_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/symptom"
)

// said is what a decoded symptom comes down to.
type said struct {
	ID          symptom.ID
	Said, Image string
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, reason, message string
		want                  said
	}{
		{
			"containerd, kubelet since 1.31", "ImagePullBackOff",
			`Back-off pulling image "nginx:1.27": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.27": no match for platform in manifest: not found`,
			said{symptom.NoVariant, "no match for platform in manifest", "nginx:1.27"},
		},
		{
			"containerd, event", "ImagePullBackOff",
			`Failed: Failed to pull image "mcr.microsoft.com/windows/servercore:ltsc2022": rpc error: code = NotFound desc = failed to pull and unpack image "mcr.microsoft.com/windows/servercore:ltsc2022": no match for platform in manifest: not found`,
			said{symptom.NoVariant, "no match for platform in manifest", "mcr.microsoft.com/windows/servercore:ltsc2022"},
		},
		{
			"containerd, with the digest", "ErrImagePull", `no match for platform in manifest sha256:a75afd8b57e7: not found`,
			said{symptom.NoVariant, "no match for platform in manifest", ""},
		},
		{
			"docker", "ErrImagePull",
			`rpc error: code = Unknown desc = no matching manifest for windows/amd64 10.0.17763 in the manifest list entries`,
			said{symptom.NoVariant, "no matching manifest for windows/amd64 10.0.17763 in the manifest list entries", ""},
		},
		{
			"docker, by its containerd store", "ErrImagePull",
			`no matching manifest for windows(10.0.20348)/amd64 in the manifest list entries: no match for platform in manifest: not found`,
			said{symptom.NoVariant, "no matching manifest for windows(10.0.20348)/amd64 in the manifest list entries", ""},
		},
		{
			"docker, as it was", "ErrImagePull", `no matching manifest for unknown in the manifest list entries`,
			said{symptom.NoVariant, "no matching manifest for unknown in the manifest list entries", ""},
		},
		{
			"CRI-O", "ErrImagePull",
			`rpc error: code = Unknown desc = choosing image instance: no image found in manifest list for architecture amd64, variant "", OS linux`,
			said{symptom.NoVariant, `no image found in manifest list for architecture amd64, variant "", OS linux`, ""},
		},
		{
			"CRI-O, later", "ErrImagePull",
			`choosing image instance: no image found in image index for architecture "amd64", variant "", OS "linux"`,
			said{symptom.NoVariant, `no image found in image index for architecture "amd64", variant "", OS "linux`, ""},
		},
		{
			"docker, a single image", "ErrImagePull", `image operating system "linux" cannot be used on this platform`,
			said{symptom.OtherSystem, `image operating system "linux" cannot be used on this platform`, ""},
		},
		{
			"docker, a newer build", "ErrImagePull", `a Windows version 10.0.20348-based image is incompatible with a 10.0.17763 host`,
			said{symptom.OtherBuild, `a Windows version 10.0.20348-based image is incompatible with a 10.0.17763 host`, ""},
		},
		{
			"Windows, at the start", "RunContainerError",
			`failed to create containerd task: hcsshim::CreateComputeSystem web: The container operating system does not match the host operating system.`,
			said{symptom.OtherBuild, "The container operating system does not match the host operating system", ""},
		},
		{
			"Windows, the older words", "RunContainerError",
			`encountered an error during CreateContainer: failure in a Windows system call: The operating system of the container does not match the operating system of the host. (0xc0370101)`,
			said{symptom.OtherBuild, "The operating system of the container does not match the operating system of the host", ""},
		},
		{
			"Windows, in German", "RunContainerError",
			`Das Betriebssystem des Containers stimmt nicht mit dem Betriebssystem des Hosts überein. (0xc0370101)`,
			said{symptom.OtherBuild, "0xc0370101", ""},
		},
		{
			"os.name", "PodOSNotSupported", `Failed to admit pod as the OS field doesn't match node OS`,
			said{symptom.OSRefused, `Failed to admit pod as the OS field doesn't match node OS`, ""},
		},
		{
			"the label", "PodOSSelectorNodeLabelDoesNotMatch", "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
			said{symptom.LabelRefused, "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label", ""},
		},
		{
			"CreateProcess", "RunContainerError",
			`failed to start containerd task "web": hcs::System::CreateProcess web: The system cannot find the file specified.: unknown`,
			said{symptom.NoProcess, "hcs::System::CreateProcess web: The system cannot find the file specified", ""},
		},
		{
			"CreateProcess, elsewhere", "RunContainerError",
			`hcs::System::CreateProcess podname: Der Verzeichnisname ist ungültig.: unknown`,
			said{symptom.NoProcess, "hcs::System::CreateProcess podname: Der Verzeichnisname ist ungültig", ""},
		},
		{
			"CreateProcess, docker", "RunContainerError",
			`Error response from daemon: container web encountered an error during CreateProcess: failure in a Windows system call: The system cannot find the file specified. (0x2) extra info: {"CommandLine":"/bin/sh"}`,
			said{symptom.NoProcess, "encountered an error during CreateProcess: failure in a Windows system call: The system cannot find the file specified", ""},
		},
		{
			"exec format", "StartError", `standard_init_linux.go:228: exec user process caused: exec format error`,
			said{symptom.OtherProgram, "exec format error", ""},
		},
		{
			"root by name", "CreateContainerConfigError",
			`container's runAsUserName (ContainerAdministrator) which will be regarded as root identity and will break non-root policy (pod: "web_default(1)", container: web)`,
			said{symptom.RootRefused, `container's runAsUserName (ContainerAdministrator) which will be regarded as root identity`, ""},
		},
		{
			"root by image", "CreateContainerConfigError",
			`container's runAsUser (ContainerAdministrator) which will be regarded as root identity and will break non-root policy`,
			said{symptom.RootRefused, `container's runAsUser (ContainerAdministrator) which will be regarded as root identity`, ""},
		},
		{
			"sandbox image, docker", "ContainerCreating",
			`FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed pulling image "k8s.gcr.io/pause:3.1": no matching manifest for windows/amd64 10.0.18362 in the manifest list entries`,
			said{symptom.SandboxImage, "no matching manifest for windows/amd64 10.0.18362 in the manifest list entries", "k8s.gcr.io/pause:3.1"},
		},
		{
			"sandbox image, containerd", "ContainerCreating",
			`FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = NotFound desc = failed to get sandbox image "docker.io/rancher/pause:3.6": failed to pull image "docker.io/rancher/pause:3.6": no match for platform in manifest: not found`,
			said{symptom.SandboxImage, "no match for platform in manifest", "docker.io/rancher/pause:3.6"},
		},
		{
			"sandbox image, at the start", "ContainerCreating",
			`FailedCreatePodSandBox: (combined from similar events): Failed create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox container for pod "win-webserver": The container operating system does not match the host operating system.`,
			said{symptom.SandboxImage, "The container operating system does not match the host operating system", ""},
		},
		{
			"network, calico", "ContainerCreating",
			`FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "9f20": plugin type="calico" name="Calico" failed (add): failed to create the new HostComputeEndpoint: hcnCreateEndpoint failed in Win32: The provided policy configuration is invalid or missing parameters. (0x803b000d) {"Success":false}`,
			said{symptom.SandboxNetwork, "hcnCreateEndpoint failed in Win32: The provided policy configuration is invalid or missing parameters", ""},
		},
		{
			"network, hns", "ContainerCreating",
			`FailedCreatePodSandBox: Failed create pod sandbox: rpc error: code = Unknown desc = hnsCall failed in Win32: The object already exists. (0x1392)`,
			said{symptom.SandboxNetwork, "hnsCall failed in Win32: The object already exists", ""},
		},
		{
			"network, docker", "ContainerCreating",
			`Failed create pod sandbox: rpc error: code = Unknown desc = [failed to set up sandbox container "5cc1" network for pod "a": NetworkPlugin cni failed to set up pod "a_default" network: netplugin failed`,
			said{symptom.SandboxNetwork, "NetworkPlugin cni failed to set up pod", ""},
		},
		{
			"share, key", "ContainerCreating",
			"FailedMount: MountVolume.MountDevice failed for volume \"v\" : rpc error: code = Internal desc = NewSmbGlobalMapping failed. output: \"New-SmbGlobalMapping : The user name or password is incorrect. \\r\\n\n FullyQualifiedErrorId : Windows System Error 1326,New-SmbGlobalMapping\"",
			said{symptom.ShareRefused, "user name or password is incorrect", ""},
		},
		{
			"share, key, by number", "ContainerCreating",
			`FailedMount: MountVolume.MountDevice failed for volume "v" : NewSmbGlobalMapping failed. result: 1326, err: <nil>`,
			said{symptom.ShareRefused, "result: 1326", ""},
		},
		{
			"share, server", "ContainerCreating",
			`FailedMount: NewSmbGlobalMapping failed. output: "New-SmbGlobalMapping : Der Netzwerkpfad wurde nicht gefunden. FullyQualifiedErrorId : Windows System Error 53,New-SmbGlobalMapping"`,
			said{symptom.ShareRefused, "Windows System Error 53", ""},
		},
		{
			"share, second user", "ContainerCreating",
			`FailedMount: New-SmbGlobalMapping : Multiple connections to a server or shared resource by the same user (Windows System Error 1219)`,
			said{symptom.ShareRefused, "Multiple connections to a server", ""},
		},
		{
			"share, whatever", "ContainerCreating",
			`FailedMount: NewSmbGlobalMapping failed. output: "", err: exit status 0xc0000142[debug]smbpassword=secret`,
			said{symptom.ShareRefused, "SmbGlobalMapping failed", ""},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := symptom.Decode(test.reason, test.message)
			if diff := cmp.Diff(said{got.ID, got.Said, got.Image}, test.want); diff != "" || !ok {
				t.Errorf("%v (-got +want):\n%s", ok, diff)
			}
			for _, text := range []string{got.Meaning, got.Remedy} {
				if text == "" || strings.HasSuffix(text, ".") {
					t.Errorf("meaning or remedy %q", text)
				}
			}
		})
	}
}

// TestOrdinary holds that what goes wrong in any cluster is not taken for a matter of operating systems.
func TestOrdinary(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"", ""},
		{"ImagePullBackOff", `Back-off pulling image "nginx:1.27"`},
		{"ErrImagePull", `failed to pull and unpack image "example.com/a:1": failed to resolve reference "example.com/a:1": not found`},
		{"ErrImagePull", `unauthorized: authentication required`},
		{"CrashLoopBackOff", "Error: back-off 5m0s restarting failed container"},
		{"Unschedulable", "0/5 nodes are available: 5 Insufficient cpu"},
		{"CreateContainerConfigError", "container has runAsNonRoot and image will run as root"},
		{"NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"},
		{"ContainerCreating", `FailedMount: MountVolume.SetUp failed for volume "config" : configmap "web" not found`},
		{"ContainerCreating", `FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded`},
	} {
		if got, ok := symptom.Decode(test[0], test[1]); ok {
			t.Errorf("%s: %s: got %+v", test[0], test[1], got)
		}
	}
}

// FuzzDecode holds that what is quoted was said, so that no message of a driver is passed on as a whole.
func FuzzDecode(f *testing.F) {
	f.Add("ErrImagePull", "no match for platform in manifest: not found")
	f.Add("", `FailedMount: NewSmbGlobalMapping failed. output: "", err: exit status 1[debug]smbpassword=secret`)
	f.Add("", "Failed to create pod sandbox: hnsCall failed in Win32: x")
	f.Fuzz(func(t *testing.T, reason, message string) {
		got, ok := symptom.Decode(reason, message)
		if ok != (got.ID != "") || ok && (got.Meaning == "" || got.Remedy == "") {
			t.Errorf("%v: %+v", ok, got)
		}
		if !strings.Contains(message, got.Said) || !strings.Contains(message, got.Image) {
			t.Errorf("%q and %q were not said", got.Said, got.Image)
		}
	})
}
