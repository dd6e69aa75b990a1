package platform

// lifecycle says how long a release is supported. Dates are YYYY-MM-DD, so that they compare as text.
type lifecycle struct {
	release  string // "2022"
	product  string // "Windows Server 2022"
	mainEnd  string // of mainstream support, or of the channel's
	extended string // end of extended support; empty for a channel that has none
}

// Support is how a Windows build is supported on a given day.
type Support struct {
	Product string // "Windows Server 2022"; empty for a build that is not known
	State   SupportState
	Until   string // the last day of that state, YYYY-MM-DD: for what is out of support the day on which it ended
}

// SupportState says which support a build has.
type SupportState string

// The states. A build that is not known may be newer than this tool.
const (
	Mainstream   SupportState = "mainstream"
	Extended     SupportState = "extended"
	OutOfSupport SupportState = "ended"
	Unknown      SupportState = "unknown"
)

// Support is how the build is supported on a day, YYYY-MM-DD.
func (b Build) Support(day string) Support {
	for _, r := range releases() {
		if r.build != b {
			continue
		}
		l := r.life
		switch {
		case day <= l.mainEnd:
			return Support{l.product, Mainstream, l.mainEnd}
		case day <= l.extended:
			return Support{l.product, Extended, l.extended}
		default:
			return Support{l.product, OutOfSupport, max(l.mainEnd, l.extended)}
		}
	}
	return Support{State: Unknown}
}

// stableABI is the build from which on Windows runs images of older builds, down to this one.
// Source: platform_compat_windows.go of github.com/containerd/platforms v0.2.1 and
// virtualization/windowscontainers/deploy-containers/version-compatibility.md of MicrosoftDocs/Virtualization-Documentation.
const stableABI = 20348

// Runs tells whether a node of this build runs process-isolated containers of an image of another, which is the only isolation
// Kubernetes has: content/en/docs/concepts/windows/intro.md of kubernetes/website. HostProcess containers run on any build.
// Where one of the two is not known the answer is yes: nothing speaks against it.
func (b Build) Runs(image Build) bool {
	host, want := b.number(), image.number()
	switch {
	case host == 0 || want == 0:
		return true
	case host < stableABI:
		return want == host
	default:
		return stableABI <= want && want <= host
	}
}

// ImageBuild is the Windows build of an image as its tag tells it: "ltsc2022", "1809", "10.0.20348.2527"; empty when the tag
// names none. A tag that is a bare year or number names one only for an image that is known to be for Windows.
// Source: container-base-images.md of MicrosoftDocs/Virtualization-Documentation.
func ImageBuild(image string) Build {
	if os, _, known := ImageOS(image); !known || os != Windows {
		return ""
	}
	_, tag := splitImage(image)
	for _, word := range tagWords(tag) {
		build, err := ParseBuild(word)
		if err != nil {
			continue
		}
		for _, r := range releases() {
			if r.build == build {
				return build
			}
		}
	}
	return ""
}
