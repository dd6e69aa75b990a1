package platform

import (
	"fmt"
	"slices"
	"strings"
)

// windowsRepositories are repositories with Windows images only. A row matches the end of an image's repository by whole parts,
// so that mirrors in other registries match too; a last part "*" stands for any one part.
//
// There is more than one kind of image with Windows in its name that is for Linux and has no row here: webhooks and operators
// that serve Windows nodes, such as sigwindowstools/k8s-gmsa-webhook and windows-machine-config-operator. So are the .NET images
// outside dotnet/framework for both, and are told by their tags.
func windowsRepositories() []string {
	return []string{
		// Base images: virtualization/windowscontainers/manage-containers/container-base-images.md of
		// MicrosoftDocs/Virtualization-Documentation.
		"mcr.microsoft.com/windows",
		"windows/nanoserver",
		"windows/nanoserver/*", // insider
		"windows/server",
		"windows/server/*",
		"windows/servercore",
		"windows/servercore/*", // iis: README.md of microsoft/iis-docker
		// Their names on Docker Hub up to 2018: microsoft/dotnet-framework-docker#47.
		"microsoft/nanoserver",
		"microsoft/windowsservercore",
		// .NET Framework, as against .NET, runs on Windows only: README.md of microsoft/dotnet-framework-docker.
		"dotnet/framework/*",
		// README.md of microsoft/windows-host-process-containers-base-image.
		"oss/kubernetes/windows-host-process-containers-base-image",
		// charts/prometheus-windows-exporter/values.yaml of prometheus-community/helm-charts.
		"prometheus-community/windows-exporter",
		// charts/rancher-windows-exporter, rancher-monitoring and rancher-wins-upgrader of rancher/charts: os: windows.
		"rancher/mirrored-prometheus-windows-exporter",
		"rancher/windows_exporter-package",
		"rancher/wins",
		// hostprocess/ of kubernetes-sigs/sig-windows-tools.
		"sigwindowstools/calico-install",
		"sigwindowstools/calico-node",
		"sigwindowstools/flannel",
		"sigwindowstools/kube-proxy",
		// charts/latest/csi-driver-smb/values.yaml of kubernetes-csi/csi-driver-smb.
		"sig-windows/csi-proxy",
	}
}

// linuxRepositories are repositories with Linux images only, of software that has something else on Windows nodes or nothing. Rows
// match as those of windowsRepositories do.
func linuxRepositories() []string {
	return []string{
		// scripts/build-images of rancher/rke2: on Windows nodes they are programs of the host, scripts/package-windows-images.
		"rancher/hardened-calico",
		"rancher/hardened-flannel",
		// nginx/nginx-gateway-fabric#3661: no match for platform in manifest, on Windows nodes.
		"nginx/nginx-gateway-fabric",
	}
}

// windowsWords are parts of tags that name a Windows base image or what only Windows has. Sources: library/ of
// docker-library/official-images for windowsservercore and nanoserver, charts/datadog/values.yaml of DataDog/helm-charts for
// servercore, PowerShell/PowerShell-Docker for windowsserver, sig-windows-tools for hostprocess. The ltsc names of releases
// are added to them.
func windowsWords() []string {
	return []string{"windowsservercore", "servercore", "windowsserver", "nanoserver", "hostprocess", "sac2016"}
}

// afterWindows are the parts of tags that make "windows" before them the name of a platform, where elsewhere it may be a
// subject: windows-amd64 in rancher/rke2-runtime, windows-hp in azurefile-csi; windows-1809 and the like are added from releases.
func afterWindows() []string {
	return []string{"amd64", "arm64", "x64", "hp", "hpc", "latest"}
}

// linuxWords are parts of tags, up to a version, that name a Linux distribution: those of .NET (documentation/supported-tags.md
// of dotnet/dotnet-docker) and of Docker's official images.
func linuxWords() []string {
	return []string{
		"linux", "alpine", "azurelinux", "mariner", "chiseled", "distroless", "debian", "ubuntu", "ubi", "rhel", "centos", "rockylinux",
		"stretch", "buster", "bullseye", "bookworm", "trixie", "bionic", "focal", "jammy", "noble", "resolute",
	}
}

// ImageOS tells from an image's name which operating system it is for, and by what. It asks no registry: an image is known only
// by a repository that has Windows images alone, or by a tag that names a base image or a platform. Most names say nothing; nor
// does one that says both. An image that is known may still be a multi-platform one.
func ImageOS(image string) (os OS, why string, known bool) {
	repository, tag := splitImage(strings.ToLower(image))
	windows, linux := windowsRepository(repository), linuxRepository(repository)
	if windows == "" {
		windows = windowsTag(tag)
	}
	if linux == "" {
		linux = linuxTag(tag)
	}
	switch {
	case windows != "" && linux == "":
		return Windows, fmt.Sprintf("image %s is a Windows image by its %s", image, windows), true
	case linux != "" && windows == "":
		return Linux, fmt.Sprintf("image %s is a Linux image by its %s", image, linux), true
	default:
		return "", "", false
	}
}

// splitImage splits an image's name into repository and tag, and drops the digest. The tag may be empty.
func splitImage(image string) (repository, tag string) {
	image, _, _ = strings.Cut(image, "@")
	// The last colon belongs to a registry's port when a slash follows.
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i+1:]
	}
	return image, ""
}

// windowsRepository says what makes a repository one of Windows images, empty when nothing does.
func windowsRepository(repository string) string {
	for _, row := range windowsRepositories() {
		if endsIn(strings.Split(repository, "/"), strings.Split(row, "/")) {
			return "repository " + row
		}
	}
	// What vendors call the Windows one of two: antrea/antrea-windows, calico/node-windows, sysdig/agent-windows.
	if strings.HasSuffix(repository, "-windows") {
		return "repository *-windows"
	}
	return ""
}

// linuxRepository says what makes a repository one of Linux images, empty when nothing does.
func linuxRepository(repository string) string {
	for _, row := range linuxRepositories() {
		if endsIn(strings.Split(repository, "/"), strings.Split(row, "/")) {
			return "repository " + row
		}
	}
	return ""
}

// endsIn tells whether the last parts of a repository are those of a row of the table.
func endsIn(parts, row []string) bool {
	if len(parts) < len(row) {
		return false
	}
	for i, want := range row {
		if want != "*" && want != parts[len(parts)-len(row)+i] {
			return false
		}
	}
	return true
}

// windowsTag says which part of a tag names Windows, empty when none does.
func windowsTag(tag string) string {
	words := tagWords(tag)
	for i, w := range words {
		if slices.Contains(windowsWords(), w) || strings.HasPrefix(w, "ltsc") && namesRelease(w) ||
			strings.HasPrefix(w, "10.0.") && namesRelease(w) {
			return "tag " + w
		}
		if w != "windows" {
			continue
		}
		if i == len(words)-1 {
			return "tag windows"
		}
		if next := words[i+1]; slices.Contains(afterWindows(), next) || namesRelease(next) {
			return "tag windows-" + next
		}
	}
	return ""
}

// namesRelease tells whether a part of a tag names a known Windows release: "1809", "ltsc2022", "10.0.17763.5206".
func namesRelease(word string) bool {
	build, err := ParseBuild(word)
	return err == nil && slices.ContainsFunc(releases(), func(r release) bool { return r.build == build })
}

// linuxTag says which part of a tag names a Linux distribution, empty when none does.
func linuxTag(tag string) string {
	for _, w := range tagWords(tag) {
		if slices.Contains(linuxWords(), strings.TrimRight(w, "0123456789.")) {
			return "tag " + w
		}
	}
	return ""
}

// tagWords are the parts of a tag between its separators. A dot is none: 10.0.17763 is one part.
func tagWords(tag string) []string {
	return strings.FieldsFunc(tag, func(r rune) bool { return r == '-' || r == '_' })
}
