package platform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Build is a Windows build without its revision, "10.0.20348", as nodes carry it in LabelWindowsBuild.
// The zero value means no particular build.
type Build string

// Release is what people call the release that the build is of: "2022"; empty for a build that is not known.
func (b Build) Release() string {
	for _, r := range releases() {
		if r.build == b {
			return r.life.release
		}
	}
	return ""
}

// number is the last part of a build, 0 when there is none.
func (b Build) number() int {
	n, err := strconv.Atoi(string(b[strings.LastIndexByte(string(b), '.')+1:]))
	if err != nil {
		return 0
	}
	return n
}

// release is one Windows Server release that containers were made for.
type release struct {
	build Build
	names []string // what images, charts and people call it, in lower case
	life  lifecycle
}

// releases are the Windows Server releases with container base images, oldest first.
// Builds: internal/osversion/windowsbuilds.go of github.com/Microsoft/hcsshim v0.13.0. Names: the tags of the base images in
// virtualization/windowscontainers/manage-containers/container-base-images.md of MicrosoftDocs/Virtualization-Documentation,
// where "1809" and "ltsc2019" are one build. The ends of support: manage-containers/base-image-lifecycle.md of the same repository;
// for 2004 and 20H2, which are no longer there, workload-migration-guidance.md of rancher/rancher-docs. That of 23H2 is the 24
// months of an annual channel release from its day, 2023-10-24. Where two pages differ the earlier date is taken, and the other is
// told, but for the 2031-10-13 of that guidance for 2022, which is a day early for the Tuesdays of all the others.
func releases() []release {
	return []release{
		{"10.0.14393", []string{"ltsc2016", "2016", "1607", "sac2016"}, lifecycle{
			release: "2016", product: "Windows Server 2016", channel: LongTerm, mainEnd: "2022-01-11", extended: "2027-01-11",
			otherExtended: Claim{"2027-01-12", "the product lifecycle page of Microsoft"},
		}},
		{"10.0.17763", []string{"ltsc2019", "2019", "1809"}, lifecycle{
			release: "2019", product: "Windows Server 2019", channel: LongTerm, mainEnd: "2024-01-09", extended: "2029-01-09",
		}},
		{"10.0.18362", []string{"1903"}, lifecycle{release: "1903", product: "Windows Server, version 1903", channel: SemiAnnual, mainEnd: "2020-12-08"}},
		{"10.0.18363", []string{"1909"}, lifecycle{release: "1909", product: "Windows Server, version 1909", channel: SemiAnnual, mainEnd: "2021-05-11"}},
		{"10.0.19041", []string{"2004"}, lifecycle{release: "2004", product: "Windows Server, version 2004", channel: SemiAnnual, mainEnd: "2021-12-14"}},
		{"10.0.19042", []string{"20h2"}, lifecycle{release: "20H2", product: "Windows Server, version 20H2", channel: SemiAnnual, mainEnd: "2022-08-09"}},
		{"10.0.20348", []string{"ltsc2022", "2022"}, lifecycle{
			release: "2022", product: "Windows Server 2022", channel: LongTerm, mainEnd: "2026-10-13", extended: "2031-10-14",
		}},
		{"10.0.25398", []string{"23h2"}, lifecycle{release: "23H2", product: "Windows Server, version 23H2", channel: Annual, mainEnd: "2025-10-24"}},
		{"10.0.26100", []string{"ltsc2025", "2025"}, lifecycle{
			release: "2025", product: "Windows Server 2025", channel: LongTerm, mainEnd: "2029-10-09", extended: "2034-10-10",
			otherMain:     Claim{"2029-11-13", "the Windows Server release information of Microsoft"},
			otherExtended: Claim{"2034-11-14", "the Windows Server release information of Microsoft"},
		}},
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
