package platform

// Channel is how a Windows Server release is serviced. The zero value is that of a build that is not known.
type Channel string

// The channels. Sources: get-started/servicing-channels-comparison.md of MicrosoftDocs/windowsserverdocs. There was a semi-annual
// release of build 10.0.17763 too, of which nothing that a node reports tells.
const (
	LongTerm   Channel = "LTSC"
	SemiAnnual Channel = "SAC"
	Annual     Channel = "AC"
)

// lifecycle says how long a release is supported. Dates are YYYY-MM-DD, so that they compare as text.
type lifecycle struct {
	release  string // "2022"
	product  string // "Windows Server 2022"
	channel  Channel
	mainEnd  string // of mainstream support, or of the channel's
	extended string // end of extended support; empty for a channel that has none
	// otherMain and otherExtended are what another page says of them.
	otherMain, otherExtended Claim
}

// Claim is a day that a page names. The zero value is none.
type Claim struct {
	Day    string // YYYY-MM-DD
	Source string // where it is from: "the product lifecycle page of Microsoft"
}

// Support is how a Windows build is supported on a given day.
type Support struct {
	Product string // "Windows Server 2022"; empty for a build that is not known
	State   SupportState
	Until   string // the last day of that state, YYYY-MM-DD: for what is out of support the day on which it ended
	// Otherwise is the last day by a page that differs. State follows Until.
	Otherwise Claim
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
	l, known := b.life()
	switch {
	case !known:
		return Support{State: Unknown}
	case day <= l.mainEnd:
		return Support{l.product, Mainstream, l.mainEnd, l.otherMain}
	case day <= l.extended:
		return Support{l.product, Extended, l.extended, l.otherExtended}
	case l.extended == "":
		return Support{l.product, OutOfSupport, l.mainEnd, l.otherMain}
	default:
		return Support{l.product, OutOfSupport, l.extended, l.otherExtended}
	}
}

// Channel is how the build is serviced; empty for one that is not known.
func (b Build) Channel() Channel {
	l, _ := b.life()
	return l.channel
}

func (b Build) life() (lifecycle, bool) {
	for _, r := range releases() {
		if r.build == b {
			return r.life, true
		}
	}
	return lifecycle{}, false
}

// Builds are the builds of Windows Server that are known, oldest first.
func Builds() []Build {
	var all []Build
	for _, r := range releases() {
		all = append(all, r.build)
	}
	return all
}

// Newest is the newest build that is known: a later one may have properties that nobody has told this tool.
func Newest() Build {
	all := Builds()
	return all[len(all)-1]
}

// Newer tells whether the build is a later one than another. One that is no build is not.
func (b Build) Newer(than Build) bool { return b.number() > than.number() }

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

// RunsWith tells whether a node of this build and with a runtime starts containers of an image of another build: Windows has to run them,
// and the runtime has to pull the image. Where the runtime is not known nothing speaks against it.
func (b Build) RunsWith(image Build, runtime Runtime) bool {
	older, known := runtime.RunsOlderBuilds()
	return b.Runs(image) && (older || !known || b.number() == 0 || image.number() == 0 || b.number() == image.number())
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
