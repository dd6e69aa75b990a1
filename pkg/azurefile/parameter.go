package azurefile

import (
	"slices"
	"strings"
)

// Form says what the values of a parameter look like.
type Form string

// The forms.
const (
	Text    Form = "text"
	Boolean Form = "true or false"
	Number  Form = "whole number"
	Octal   Form = "octal number"
	Choice  Form = "one of a list"
)

// Scope says for which shares a parameter counts.
type Scope string

// The scopes, as the driver's documentation has its sections.
const (
	Any     Scope = "any"
	SMB     Scope = "smb"
	NFS     Scope = "nfs"
	Network Scope = "network"
	Sidecar Scope = "sidecar" // read by the CSI sidecars, not by the driver
)

// Parameter is one parameter of a StorageClass of the driver.
type Parameter struct {
	Name    string   // as the documentation spells it; the driver does not look at case
	Aliases []string // other names for the same
	Form    Form
	Values  []string // of a Choice
	Fold    bool     // the case of values does not matter
	Min     int64    // of a Number
	Default string   // what the driver takes when it is not set; empty for nothing
	Scope   Scope
	Since   string // the driver's version that first took it; empty for long ago
	// InTree tells that the in-tree driver took it, too.
	InTree bool
	// Windows says why a Windows pod cannot have or does not notice it; empty when it can.
	Windows string
	// Source is where in AZF it is documented or read.
	Source string
	// check says what is wrong with a value, empty when nothing is; nil for no rule beside the form.
	check func(value string) string
}

// Parameters are all that a class may have, in the order of the driver's documentation.
func Parameters() []Parameter {
	return slices.Concat(generalParameters(), accountParameters(), smbParameters(), identityParameters(), nfsParameters(), networkParameters(), otherParameters(), sidecarParameters())
}

// LookupParameter is the parameter that a name or alias means, in any case.
func LookupParameter(name string) (Parameter, bool) {
	for _, p := range Parameters() {
		if p.called(name) {
			return p, true
		}
	}
	return Parameter{}, false
}

// Setting is the value of a parameter, whatever its name is spelled like; empty when it is not set.
func Setting(parameters map[string]string, name string) string { return canonical(parameters)[name] }

func (p Parameter) called(name string) bool {
	return strings.EqualFold(p.Name, name) || slices.ContainsFunc(p.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
}

// value is the spelling of a value that the documentation has.
func (p Parameter) value(v string) string {
	for _, known := range p.Values {
		if p.Fold && strings.EqualFold(known, v) {
			return known
		}
	}
	return v
}

// maxDistance is how many letters a name may be off to be taken for a slip of another.
const maxDistance = 4

// nearest is the known name that is closest to one that is not; empty when none is near.
func nearest(name string) string {
	best, least := "", min(maxDistance, len(name)/2)+1
	for _, p := range Parameters() {
		for _, known := range append([]string{p.Name}, p.Aliases...) {
			if d := distance(strings.ToLower(name), strings.ToLower(known)); d < least {
				best, least = known, d
			}
		}
	}
	return best
}

// distance is how many letters have to be put in, left out or changed to make one word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
