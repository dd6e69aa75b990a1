package platform

import (
	"fmt"
	"slices"
	"strings"
)

// Variant is one platform that an image has a variant for, or that a node is. What is empty is not known.
type Variant struct {
	OS   OS     `json:"os"`
	Arch string `json:"architecture,omitempty"` // as Go spells it: amd64
	// Build is the build of Windows; empty for Linux. Version is os.version as the image has it: with a revision, or no build at all.
	Build   Build  `json:"build,omitempty"`
	Version string `json:"osVersion,omitempty"`
}

func (v Variant) String() string {
	s := string(v.OS)
	if v.Arch != "" {
		s += "/" + v.Arch
	}
	if v.Build != "" {
		s += " " + v.Build.called()
	}
	return s
}

// called is a build as people call it: 10.0.20348 (2022).
func (b Build) called() string {
	if release := b.Release(); release != "" {
		return fmt.Sprintf("%s (%s)", b, release)
	}
	return string(b)
}

// ImageSource says where it is from what is known of an image.
type ImageSource string

// The sources. What is known of nothing has none.
const (
	FromName     ImageSource = "name"
	FromRegistry ImageSource = "registry"
)

// Image is the platforms that an image is for. The zero value is an image of which nothing is known.
type Image struct {
	Name     string
	Digest   string // of what the registry has by that name; empty when it was not asked
	Variants []Variant
	Source   ImageSource
	By       string // what of its name tells; empty when its registry does
	Unknown  string // why nothing is known; empty when something is
}

// ImageByName is what the name of an image tells of it, which most names do not. It asks no registry.
func ImageByName(image string) Image {
	out := Image{Name: image, Source: FromName}
	os, why, known := ImageOS(image)
	switch {
	case known && os == Windows:
		// There is no Windows Server for any other processor: container-base-images.md of
		// MicrosoftDocs/Virtualization-Documentation.
		out.Variants = []Variant{{OS: Windows, Arch: "amd64", Build: ImageBuild(image)}}
	case known:
		out.Variants = []Variant{{OS: os}}
	case MultiPlatform(image):
		out.Variants, why = []Variant{{OS: Linux}, {OS: Windows}}, "image "+image+" is for both by its repository"
	default:
		return Image{Name: image, Unknown: "its name does not tell"}
	}
	out.By = why
	return out
}

// OS is the one operating system that the image is for, and by what that is known. It is false for an image of both, and for one of
// which nothing is known.
func (i Image) OS() (os OS, why string, known bool) {
	if !i.has(Linux) && !i.has(Windows) || slices.ContainsFunc(i.Variants, func(v Variant) bool { return v.OS != i.Variants[0].OS }) {
		return "", "", false
	}
	if i.Source == FromRegistry {
		return i.Variants[0].OS, fmt.Sprintf("image %s is a %s image by its registry", i.Name, title(i.Variants[0].OS)), true
	}
	return i.Variants[0].OS, i.By, true
}

func title(os OS) string {
	if os == Windows {
		return "Windows"
	}
	return "Linux"
}

// Both tells an image that has variants for both operating systems.
func (i Image) Both() bool { return i.has(Linux) && i.has(Windows) }

func (i Image) has(os OS) bool {
	return slices.ContainsFunc(i.Variants, func(v Variant) bool { return v.OS == os })
}

// Builds are the Windows builds that the image has variants for, each once, in their order; nil when there is a variant of no known
// build, which may run anywhere.
func (i Image) Builds() []Build {
	var out []Build
	for _, v := range i.Variants {
		if v.OS == Windows && v.Build == "" {
			return nil
		}
		if v.OS == Windows && !slices.Contains(out, v.Build) {
			out = append(out, v.Build)
		}
	}
	slices.SortFunc(out, func(a, b Build) int { return a.number() - b.number() })
	return out
}

// Answer says whether an image runs somewhere.
type Answer string

// The answers.
const (
	Runs      Answer = "yes"
	RunsNot   Answer = "no"
	RunsMaybe Answer = "unknown"
)

// On tells whether nodes of a platform run the image's containers, and why not or why nobody can tell. HostProcess containers run on
// any build. Of a node of no known build the answer is by operating system and processor alone.
func (i Image) On(node Variant, hostProcess bool) (Answer, string) {
	if len(i.Variants) == 0 {
		return RunsMaybe, i.Unknown
	}
	var near []Variant // of the node's system and processor
	maybe := ""
	for _, v := range i.Variants {
		if v.OS != node.OS || !runsArch(node.Arch, v.Arch) {
			continue
		}
		near = append(near, v)
		switch {
		case v.Arch == "" && node.Arch != "" && node.Arch != "amd64":
			maybe = "its name does not tell whether it has a variant for " + node.Arch
		case node.OS == Linux || hostProcess || node.Build == "":
			return Runs, ""
		case v.Build == "":
			maybe = "which Windows build it is of is not told"
		case node.Build.Runs(v.Build):
			return Runs, ""
		}
	}
	switch {
	case maybe != "":
		return RunsMaybe, maybe
	case len(near) > 0:
		return RunsNot, fmt.Sprintf("its Windows build is %s, and nodes of %s do not run that", buildList(i.Builds()), node.Build.called())
	default:
		node.Build = ""
		return RunsNot, fmt.Sprintf("it has no variant for %s, only for %s", node, strings.Join(i.platforms(), ", "))
	}
}

// runsArch tells whether nodes of one processor run images of another: platformVector in compare.go of
// github.com/containerd/platforms v0.2.1. What is not known does not speak against it.
func runsArch(node, image string) bool {
	return node == "" || image == "" || node == image || node == "amd64" && image == "386" || node == "arm64" && image == "arm"
}

func buildList(builds []Build) string {
	out := make([]string, 0, len(builds))
	for _, b := range builds {
		out = append(out, b.called())
	}
	return strings.Join(out, " or ")
}

// platforms are the operating systems and processors of the variants, each once.
func (i Image) platforms() []string {
	var out []string
	for _, v := range i.Variants {
		v.Build = ""
		if s := v.String(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
