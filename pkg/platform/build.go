package platform

import (
	"fmt"
	"slices"
	"strings"
)

// Build is a Windows build without its revision, "10.0.20348", as nodes carry it in LabelWindowsBuild.
// The zero value means no particular build.
type Build string

// release is one Windows Server release that containers were made for.
type release struct {
	build Build
	names []string // what images, charts and people call it, in lower case
}

// releases are the Windows Server releases with container base images, oldest first.
// Builds: internal/osversion/windowsbuilds.go of github.com/Microsoft/hcsshim v0.13.0. Names: the tags of the base images in
// virtualization/windowscontainers/manage-containers/container-base-images.md of MicrosoftDocs/Virtualization-Documentation,
// where "1809" and "ltsc2019" are one build.
func releases() []release {
	return []release{
		{"10.0.14393", []string{"ltsc2016", "2016", "1607", "sac2016"}},
		{"10.0.17763", []string{"ltsc2019", "2019", "1809"}},
		{"10.0.18362", []string{"1903"}},
		{"10.0.18363", []string{"1909"}},
		{"10.0.19041", []string{"2004"}},
		{"10.0.19042", []string{"20h2"}},
		{"10.0.20348", []string{"ltsc2022", "2022"}},
		{"10.0.25398", []string{"23h2"}},
		{"10.0.26100", []string{"ltsc2025", "2025"}},
	}
}

// ParseBuild reads a Windows build however it is commonly written: "10.0.20348", with or without a revision, "20348",
// or the release's name, "ltsc2022" or "2022". Case does not matter.
// A full build need not be known, so that a Windows newer than this tool can be named; anything shorter must be.
// The error lists the releases that are known.
func ParseBuild(s string) (Build, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	if build := fullBuild(name); build != "" {
		return build, nil
	}
	accepted := make([]string, 0, len(releases()))
	for _, r := range releases() {
		if r.is(name) {
			return r.build, nil
		}
		accepted = append(accepted, fmt.Sprintf("%s (%s)", r.build, strings.Join(r.names, ", ")))
	}
	return "", fmt.Errorf("want a Windows build 10.0.NNNNN or the number or name of a known one, got %q; known are %s",
		s, strings.Join(accepted, ", "))
}

// fullBuild is the build of "10.0.20348" or, as the kernel version of a Windows node has it, "10.0.20348.2527": see
// pkg/kubelet/winstats/version.go of k8s.io/kubernetes. It is empty for anything else.
func fullBuild(name string) Build {
	parts := strings.Split(name, ".")
	if len(parts) < 3 || len(parts) > 4 || parts[0] != "10" || parts[1] != "0" || len(parts[2]) != 5 {
		return ""
	}
	for _, part := range parts[2:] {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return ""
		}
	}
	return Build(strings.Join(parts[:3], "."))
}

// is tells whether a name in lower case means this release.
func (r release) is(name string) bool {
	return name == strings.TrimPrefix(string(r.build), "10.0.") || slices.Contains(r.names, name)
}
