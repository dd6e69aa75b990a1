package policy

import "fmt"

// Version is a version of the API that has MutatingAdmissionPolicies.
type Version struct {
	Name  string // v1
	Since int    // the minor version of Kubernetes 1 that is the first to have it
	On    bool   // without being asked
}

// Versions are those that there are, the best first: pkg/features/kube_features.go of k8s.io/apiserver v0.37.2.
func Versions() []Version {
	return []Version{{"v1", 36, true}, {"v1beta1", 34, false}, {"v1alpha1", 32, false}}
}

// VersionFor is the best version that a server of a minor version of Kubernetes 1 can have; false when it has none.
func VersionFor(minor int) (Version, bool) {
	for _, v := range Versions() {
		if minor >= v.Since {
			return v, true
		}
	}
	return Version{}, false
}

// Needs says what an administrator has to turn on for the version; empty when nothing is to be turned on.
func (v Version) Needs() string {
	if v.On {
		return ""
	}
	return fmt.Sprintf("the API server's flags --feature-gates=MutatingAdmissionPolicy=true and --runtime-config=%s/%s=true", admissionGroup, v.Name)
}

// Resource is what the server's discovery calls the policies.
const Resource = "mutatingadmissionpolicies"

// Group is the API group of the policies.
const Group = admissionGroup
