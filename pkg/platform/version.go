package platform

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a version of Kubernetes, a distribution or a runtime. The zero value is none.
type Version struct {
	Major, Minor, Patch int
	// Suffix is what follows the three numbers: "+rke2r1", "-eks-1234", "-k3s2"; empty when nothing does.
	Suffix string
}

// ParseVersion reads what API servers, kubelets and runtimes call their version: "v1.34.1+rke2r1", "1.7.23-k3s2". It wants two or three
// numbers; anything else is an error and the zero value.
func ParseVersion(s string) (Version, error) {
	var v Version
	core := strings.TrimPrefix(strings.TrimSpace(s), "v")
	if at := strings.IndexAny(core, "+-~ "); at >= 0 {
		core, v.Suffix = core[:at], core[at:]
	}
	parts := strings.Split(core, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return Version{}, fmt.Errorf("want a version such as v1.34.1, got %q", s)
	}
	for i, into := range []*int{&v.Major, &v.Minor, &v.Patch}[:len(parts)] {
		n, err := strconv.ParseUint(parts[i], 10, 31)
		if err != nil {
			return Version{}, fmt.Errorf("want a version such as v1.34.1, got %q", s)
		}
		*into = int(n)
	}
	return v, nil
}

// String is the version's three numbers: "1.34.1".
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Compare orders versions by their numbers, whatever their suffixes.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch))
}

// AtLeast tells whether the version is that one or later, whatever its suffix.
func (v Version) AtLeast(major, minor, patch int) bool {
	return v.Compare(Version{Major: major, Minor: minor, Patch: patch}) >= 0
}

// RKE2 tells whether it is a version of RKE2: "v1.34.1+rke2r1".
func (v Version) RKE2() bool { return strings.HasPrefix(v.Suffix, "+rke2") }
