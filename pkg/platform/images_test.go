package platform_test

import (
	"testing"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestImageOS(t *testing.T) {
	t.Parallel()
	for image, by := range map[string]string{
		"mcr.microsoft.com/windows:20H2":                                                     "windows repository mcr.microsoft.com/windows",
		"mcr.microsoft.com/windows/servercore:ltsc2022":                                      "windows repository windows/servercore",
		"mcr.microsoft.com/windows/servercore/iis":                                           "windows repository windows/servercore/*",
		"MCR.microsoft.com/windows/nanoserver@sha256:0000":                                   "windows repository windows/nanoserver",
		"windows/servercore/iis:windowsservercore-ltsc2022":                                  "windows repository windows/servercore/*",
		"harbor.example.com:8443/mcr/windows/servercore:x":                                   "windows repository windows/servercore",
		"mcr.microsoft.com/dotnet/framework/aspnet:4.8":                                      "windows repository dotnet/framework/*",
		"mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0": "windows repository oss/kubernetes/windows-host-process-containers-base-image",
		"ghcr.io/prometheus-community/windows-exporter:0.31.3":                               "windows repository prometheus-community/windows-exporter",
		"rancher/wins:v0.4.20":                                                               "windows repository rancher/wins",
		"sigwindowstools/kube-proxy:v1.30.0-calico-hostprocess":                              "windows repository sigwindowstools/kube-proxy",
		"docker.io/antrea/antrea-windows:v2.0.0":                                             "windows repository *-windows",
		"golang:1.26-nanoserver":                                                             "windows tag nanoserver",
		"golang:1.26-windowsservercore-ltsc2022":                                             "windows tag windowsservercore",
		"datadog/agent:7-servercore":                                                         "windows tag servercore",
		"mcr.microsoft.com/powershell:lts-nanoserver-1809":                                   "windows tag nanoserver",
		"scr.sitecore.com/sxp/sitecore-xm1-cm:10.3-ltsc2019":                                 "windows tag ltsc2019",
		"rancher/rke2-runtime:v1.34.1-rke2r1-windows-amd64":                                  "windows tag windows-amd64",
		"rancher/fluent-bit:1.8.9-windows-1809":                                              "windows tag windows-1809",
		"fluent/fluent-bit:windows-2022-3.1.0":                                               "windows tag windows-2022",
		"mcr.microsoft.com/k8s/csi/azurefile-csi:v1.35.7-windows-hp":                         "windows tag windows-hp",
		"example.com/app:1.2.3-windows":                                                      "windows tag windows",
		"example.com/app:1.2.3-10.0.17763.5206":                                              "windows tag 10.0.17763.5206",
		"mcr.microsoft.com/dotnet/aspnet:8.0-alpine3.19":                                     "linux tag alpine3.19",
		"mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled":                                 "linux tag jammy",
		"mcr.microsoft.com/dotnet/runtime:9.0-bookworm-slim":                                 "linux tag bookworm",
		"mcr.microsoft.com/mssql/server:2022-CU12-ubuntu-22.04":                              "linux tag ubuntu",

		// Linux images, or multi-platform ones, that speak of Windows.
		"registry.k8s.io/gmsa-webhook/k8s-gmsa-webhook:v0.9.0":                               "",
		"sigwindowstools/k8s-gmsa-webhook:v0.3.0":                                            "",
		"rancher/mirrored-sigwindowstools-k8s-gmsa-webhook:v0.3.0":                           "",
		"example.com/windows-gmsa-webhook:v1":                                                "",
		"quay.io/openshift-windows/community-windows-machine-config-operator:community-4.20": "",
		"logzio/logzio-windows-exporter-installer:v1":                                        "",
		"example.com/windows-gmsa-webhook:v1-windows-gmsa":                                   "",
		"mcr.microsoft.com/mssql/server:2022-latest":                                         "",
		"mcr.microsoft.com/dotnet/aspnet:8.0":                                                "",
		"mcr.microsoft.com/powershell:latest":                                                "",
		"otherrancher/wins:v1":                                                               "",
		"microsoft/windows":                                                                  "",
		"example.com/app:10.0.12345":                                                         "",
		"example.com/app:2019":                                                               "",
		"example.com/app:windowsill":                                                         "",
		"localhost:5000/windows":                                                             "",
		"nginx:1.27":                                                                         "",
		"nginx":                                                                              "",
		"":                                                                                   "",
		// Both at once say nothing.
		"example.com/app:1.0-windows-amd64-linux-amd64": "",
	} {
		os, why, known := platform.ImageOS(image)
		got := ""
		if known {
			article := map[platform.OS]string{platform.Windows: "Windows", platform.Linux: "Linux"}[os]
			prefix := "image " + image + " is a " + article + " image by its "
			if len(why) < len(prefix) || why[:len(prefix)] != prefix {
				t.Errorf("%s: why is %q", image, why)
				continue
			}
			got = string(os) + " " + why[len(prefix):]
		} else if os != "" || why != "" {
			t.Errorf("%s: got %q and %q for an image that is not known", image, os, why)
		}
		if got != by {
			t.Errorf("%s: got %q, want %q", image, got, by)
		}
	}
}
