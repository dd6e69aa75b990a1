package main

import (
	"strconv"

	utilversion "k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/apiserver/pkg/util/compatibility"
	basecompatibility "k8s.io/component-base/compatibility"
)

// claimVariable names the environment variable that says what version the API server claims.
const claimVariable = "CONTROLPLANE_CLAIMED_VERSION"

// claimVersion makes the API server answer /version with another version, unless that is empty, and do nothing else
// differently. Building it with another version, as -ldflags can, would take the feature gates along: for versions older
// than emulation knows, 1.31, the server would refuse to start.
func claimVersion(claim string) {
	if claim != "" {
		compatibility.DefaultComponentGlobalsRegistry = claimingRegistry{compatibility.DefaultComponentGlobalsRegistry, claim}
	}
}

type claimingRegistry struct {
	basecompatibility.ComponentGlobalsRegistry
	claim string
}

func (r claimingRegistry) EffectiveVersionFor(component string) basecompatibility.EffectiveVersion {
	version := r.ComponentGlobalsRegistry.EffectiveVersionFor(component)
	if version == nil {
		return nil // which callers take for "not registered yet"
	}
	return claimingVersion{version, r.claim}
}

type claimingVersion struct {
	basecompatibility.EffectiveVersion
	claim string
}

// Info is what /version answers. What is said of emulation goes, as servers that old do not have it.
func (v claimingVersion) Info() *version.Info {
	info := v.EffectiveVersion.Info()
	parsed := utilversion.MustParseGeneric(v.claim)
	info.GitVersion = v.claim
	info.Major = strconv.FormatUint(uint64(parsed.Major()), 10)
	info.Minor = strconv.FormatUint(uint64(parsed.Minor()), 10)
	info.EmulationMajor, info.EmulationMinor = "", ""
	info.MinCompatibilityMajor, info.MinCompatibilityMinor = "", ""
	return info
}
