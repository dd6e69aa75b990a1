package symptom

import (
	"regexp"
	"slices"
	"strings"
)

// What a runtime quotes may have its quotes escaped.
var (
	// "Failed to pull image %q" and "Back-off pulling image %q": pkg/kubelet/images/image_manager.go of k8s.io/kubernetes.
	// "failed to get sandbox image", "failed pulling image": containerd and dockershim.
	pulled = regexp.MustCompile(`(?:pull|pulling|sandbox) image \\?"([^"\\\s]+)`)

	dockerPlatform = regexp.MustCompile(`no matching manifest for [^\s"\\]+( 10\.0\.\d+)?( in the manifest list entries)?`)
	crioPlatform   = regexp.MustCompile(`no image found in (manifest list|image index) for architecture [^\n]*?OS \\?"?[a-z]+`)
	dockerSystem   = regexp.MustCompile(`image operating system \\?"[a-z]+\\?" cannot be used on this platform`)
	dockerBuild    = regexp.MustCompile(`a Windows version [\d.]+-based image is incompatible with a [\d.]+ host`)
	process        = regexp.MustCompile(`(hcs::System::|hcsshim::ComputeSystem::|encountered an error during )CreateProcess[^\n({]*`)
	root           = regexp.MustCompile(`container's runAsUser(Name)? \([^)]*\) which will be regarded as root identity`)
	shareKey       = regexp.MustCompile(`SmbGlobalMapping(?s:.*?)(?P<said>Windows System Error 1326|result: 1326\b|user name or password is incorrect)`)
	shareServer    = regexp.MustCompile(`SmbGlobalMapping(?s:.*?)(?P<said>Windows System Error 53\b|result: 53\b|network path was not found)`)
	shareUser      = regexp.MustCompile(`SmbGlobalMapping(?s:.*?)(?P<said>Windows System Error 1219|result: 1219\b|Multiple connections to a server)`)
	hostNetwork    = regexp.MustCompile(`(hcn[A-Z]\w+|hnsCall) failed in Win32(: [^.({\n]+)?`)
)

// refused decodes the reasons with which a kubelet fails a pod before it does anything for it: pkg/kubelet/lifecycle/predicate.go
// of k8s.io/kubernetes v1.37.2.
func refused(reason string) (Symptom, bool) {
	switch reason {
	case "PodOSNotSupported":
		return Symptom{
			ID: OSRefused, Meaning: "os.name is not the operating system of the node",
			Remedy: "choose the node by the nodeSelector kubernetes.io/os",
		}, true
	case "PodOSSelectorNodeLabelDoesNotMatch":
		return Symptom{
			ID: LabelRefused, Meaning: "the pod's own label kubernetes.io/os is not that of the node",
			Remedy: "remove the label from the pod, and choose the node by the nodeSelector kubernetes.io/os",
		}, true
	}
	return Symptom{}, false
}

// duringSandbox tells words about the sandbox of a pod. "Failed create" was said up to Kubernetes 1.15:
// pkg/kubelet/kuberuntime/kuberuntime_manager.go of k8s.io/kubernetes.
func duringSandbox(message string) bool {
	return slices.ContainsFunc([]string{"FailedCreatePodSandBox", "create pod sandbox", "CreatePodSandboxError"},
		func(words string) bool { return strings.Contains(message, words) })
}

// platforms are the words for an image that does not fit its node: for its platform, its operating system or its build.
func platforms() []row {
	const (
		variant, useOne = "the image has no variant for the platform of the node", "use an image that has one, or other nodes"
		build           = "the image is of a Windows build that the node does not run"
		useBuild        = "use the variant of the image for the build of the node, or choose the nodes by node.kubernetes.io/windows-build"
	)
	return []row{
		// Docker, first because its containerd store says both: rancher/rancher#23161.
		{NoVariant, "no matching manifest for ", dockerPlatform, variant, useOne},
		// containerd, with or without the digest, of an image for the other operating system (nginx/nginx-gateway-fabric#3661), for
		// another architecture (codefactoryhu/manifest#11) and for another build of Windows (containerd/containerd#6989).
		{NoVariant, "no match for platform in manifest", nil, variant, useOne},
		// CRI-O: cri-o/cri-o#6457, and chooseInstance of containers/image for the index.
		{NoVariant, "no image found in ", crioPlatform, variant, useOne},
		// Docker: docker-archive-public/docker.kitematic#4040, apocas/dockerode#393.
		{
			OtherSystem, "image operating system ", dockerSystem, "the image is for the other operating system",
			"choose the nodes by the nodeSelector kubernetes.io/os",
		},
		// Docker: checkImageCompatibility in distribution/pull_v2_windows.go of moby/moby, microsoft/Windows-Containers#155.
		{OtherBuild, "a Windows version ", dockerBuild, build, useBuild},
		// Windows: version-compatibility.md of MicrosoftDocs/Virtualization-Documentation, kubernetes/kubernetes#74066. In another
		// language than English the number is all there is.
		{OtherBuild, "The container operating system does not match the host operating system", nil, build, useBuild},
		{OtherBuild, "The operating system of the container does not match the operating system of the host", nil, build, useBuild},
		{OtherBuild, "0xc0370101", nil, build, useBuild},
	}
}

// containers are what is said of the containers of a pod. The first row that matches counts.
func containers() []row {
	return append(platforms(), []row{
		// hcsshim: containerd/containerd#6300, Azure/aks-engine#5086, microsoft/hcsshim#674. What follows the container's name is in
		// the language of the node.
		{
			NoProcess, "CreateProcess", process, "Windows cannot create the process",
			"use a command and a working directory that the image has on Windows",
		},
		// runc and the kernel: stefanprodan/podinfo#21, kai-scheduler/KAI-Scheduler#53.
		{OtherProgram, "exec format error", nil, "the program is not for the architecture of the node", "use an image that is"},
		// verifyRunAsNonRoot in pkg/kubelet/kuberuntime/security_context_windows.go of k8s.io/kubernetes v1.37.2.
		{
			RootRefused, "will be regarded as root identity", root, "runAsNonRoot is set, and ContainerAdministrator counts as root",
			"set windowsOptions.runAsUserName to ContainerUser",
		},
		// The drivers for Azure Files and SMB, with what PowerShell or CIM said behind it: the number is in every language.
		// kubernetes-sigs/azurefile-csi-driver#1610, kubernetes-csi/csi-driver-smb#294, Azure/AKS#5612, and the number alone in
		// pkg/os/smb of the drivers.
		{
			ShareRefused, "SmbGlobalMapping", shareKey, "the share refuses the user name or the key (system error 1326)",
			"put the present key of the storage account into the secret of the volume",
		},
		{
			ShareRefused, "SmbGlobalMapping", shareServer, "the server of the share is not found (system error 53)",
			"let the node resolve its name and reach its TCP port 445",
		},
		{
			ShareRefused, "SmbGlobalMapping", shareUser, "the node is connected to the server of the share as another user (system error 1219)",
			"use one user for all shares of a server",
		},
		// kubernetes/kubernetes#75180, kubernetes-sigs/azuredisk-csi-driver#2082.
		{ShareRefused, "SmbGlobalMapping failed", nil, "the node does not mount the share", "look at the log of the driver on the node"},
	}...)
}

// sandboxes are what is said of the sandbox of a pod.
func sandboxes() []row {
	const (
		plugin = "the network plugin does not connect them"
		look   = "look at the network plugin of the nodes"
	)
	// rancher/rancher#23161, rancher/rke2#3915, kubernetes/kubernetes#99157.
	table := platforms()
	for i := range table {
		table[i].id, table[i].meaning = SandboxImage, "the sandbox image does not run on the nodes"
		table[i].remedy = "use a sandbox image that has a variant for their build"
	}
	return append(table, []row{
		// The calls are hcsshim's: containernetworking/plugins#1004, kubernetes-sigs/sig-windows-tools#249, kubernetes/kubernetes#72696.
		{
			SandboxNetwork, " failed in Win32", hostNetwork, "the nodes do not connect them",
			"look at the Host Networking Service of the nodes and at the network plugin",
		},
		// containerd: internal/cri/server/sandbox_run.go. Docker: kubernetes/kubernetes#69165.
		{SandboxNetwork, "failed to setup network for sandbox", nil, plugin, look},
		{SandboxNetwork, "NetworkPlugin cni failed to set up pod", nil, plugin, look},
		{SandboxNetwork, "networkPlugin cni failed to set up pod", nil, plugin, look},
	}...)
}
