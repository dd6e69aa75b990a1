package platform

import (
	"fmt"
	"strings"
)

// Runtime is a container runtime as a node reports it. The zero value is not known.
type Runtime struct {
	Name    string // "containerd", "docker", "cri-o"
	Version Version
}

// Containerd is the name by which nodes report the runtime that every Windows node of today has.
const Containerd = "containerd"

// ParseRuntime reads status.nodeInfo.containerRuntimeVersion: "containerd://1.7.23-k3s2".
// The form is that of pkg/kubelet/nodestatus/setters.go of k8s.io/kubernetes v1.37.2.
func ParseRuntime(s string) (Runtime, error) {
	name, number, found := strings.Cut(s, "://")
	if !found || name == "" {
		return Runtime{}, fmt.Errorf("want a container runtime such as containerd://1.7.23, got %q", s)
	}
	v, err := ParseVersion(number)
	if err != nil {
		return Runtime{Name: name}, fmt.Errorf("want a container runtime such as containerd://1.7.23, got %q", s)
	}
	return Runtime{Name: name, Version: v}, nil
}

// String is the runtime as people write it: "containerd 1.7.23".
func (r Runtime) String() string {
	if r.Version == (Version{}) {
		return r.Name
	}
	return r.Name + " " + r.Version.String()
}

// matching says from which release of a minor version on a runtime pulls an image of another Windows build than the node's.
type matching struct{ major, minor, patch int }

// rangeMatching are the first releases of containerd that take an image of any build that the node runs: up to the release before, an
// image's os.version has to begin with the node's own build, and a node of 2025 finds no variant of an image for 2022: no match for
// platform in manifest. Minor versions after the last take all.
// Sources: platforms/defaults_windows.go of github.com/containerd/containerd v1.6.22 and v1.6.23 (containerd/containerd#8854), v1.7.5 and
// v1.7.6 (containerd/containerd#9069); defaults_windows.go of github.com/containerd/platforms v1.0.0-rc.1, which containerd v2 has.
func rangeMatching() []matching {
	return []matching{{1, 6, 23}, {1, 7, 6}}
}

// RunsOlderBuilds tells whether the runtime pulls images of older Windows builds than the node's, where the node runs them. known is
// false for a runtime of which that is not known: one that is not containerd.
func (r Runtime) RunsOlderBuilds() (runs, known bool) {
	if r.Name != Containerd || r.Version == (Version{}) {
		return false, false
	}
	for _, row := range rangeMatching() {
		if r.Version.Major == row.major && r.Version.Minor == row.minor {
			return r.Version.Patch >= row.patch, true
		}
	}
	return r.Version.AtLeast(1, 7, 0), true
}
