package hostprocess

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

// The users that Windows images have, and nodes have not: manage-containers/container-security.md of
// MicrosoftDocs/Virtualization-Documentation.
const (
	containerAdministrator = "ContainerAdministrator"
	containerUser          = "ContainerUser"
)

// Accounts are the users that a HostProcess container may run as, besides the members of a local group of the node:
// content/en/docs/tasks/configure-pod-container/create-hostprocess-pod.md of kubernetes/website.
func Accounts() []string {
	return []string{`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\Local service`, `NT AUTHORITY\NetworkService`}
}

// userOf is the runAsUserName that counts for a container; empty when none is set.
func userOf(spec *corev1.PodSpec, c container) string {
	if own := c.options().RunAsUserName; own != nil {
		return *own
	}
	if pod := podOptions(spec).RunAsUserName; pod != nil {
		return *pod
	}
	return ""
}

// user is a runAsUserName and where it is set.
type user struct {
	name string
	at   object.Path
}

// users are those that a pod and its containers set.
func users(spec *corev1.PodSpec) []user {
	at := object.Path{"securityContext", "windowsOptions", "runAsUserName"}
	var out []user
	if name := podOptions(spec).RunAsUserName; name != nil {
		out = append(out, user{*name, at})
	}
	for _, c := range containers(spec) {
		if name := c.options().RunAsUserName; name != nil {
			out = append(out, user{*name, c.at.Then(at...)})
		}
	}
	return out
}

// userFormats are the users that the API server refuses for how they are written.
func userFormats(spec *corev1.PodSpec) []Fault {
	var faults []Fault
	for _, u := range users(spec) {
		for _, says := range UserProblems(u.name) {
			faults = append(faults, Fault{Kind: UserFormat, Path: u.at, Value: u.name, Says: says, Certain: true})
		}
	}
	return faults
}

// The bounds and forms of validateWindowsSecurityContextOptions in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2.
const (
	maxDomain = 256 // which a domain stays below
	maxUser   = 104
)

var (
	control  = regexp.MustCompile(`[[:cntrl:]]`)
	netBIOS  = regexp.MustCompile(`^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$`)
	dnsName  = regexp.MustCompile(`^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$`)
	onlyDots = regexp.MustCompile(`^[. ]+$`)
)

// notInUser are the characters that a user cannot have.
const notInUser = `"/\:;|=,+*?<>@[]`

// UserProblems are the words with which the API server refuses a runAsUserName; none when it takes it.
func UserProblems(name string) []string {
	parts := strings.Split(name, `\`)
	switch {
	case name == "":
		return []string{"runAsUserName cannot be an empty string"}
	case control.MatchString(name):
		return []string{"runAsUserName cannot contain control characters"}
	case len(parts) > 2:
		return []string{"runAsUserName cannot contain more than one backslash"}
	}
	account := parts[len(parts)-1]
	var problems []string
	if len(parts) == 2 {
		domain := parts[0]
		if len(domain) >= maxDomain {
			problems = append(problems, fmt.Sprintf("runAsUserName's Domain length must be under %d characters", maxDomain))
		}
		if !netBIOS.MatchString(domain) && !dnsName.MatchString(domain) {
			problems = append(problems, "runAsUserName's Domain doesn't match the NetBios nor the DNS format")
		}
	}
	if account == "" {
		problems = append(problems, "runAsUserName's User cannot be empty")
	}
	if len(account) > maxUser {
		problems = append(problems, fmt.Sprintf("runAsUserName's User length must not be longer than %d characters", maxUser))
	}
	if onlyDots.MatchString(account) {
		problems = append(problems, "runAsUserName's User cannot contain only periods or spaces")
	}
	if strings.ContainsAny(account, notInUser) {
		problems = append(problems, "runAsUserName's User cannot contain the following characters: "+notInUser)
	}
	return problems
}

// userKinds are the users of a HostProcess pod that nodes do not have, or of which the API does not show whether they have them.
// How they log on: processToken in internal/jobcontainers/logon.go of github.com/Microsoft/hcsshim v0.13.0.
func userKinds(spec *corev1.PodSpec) []Fault {
	var faults []Fault
	for _, u := range users(spec) {
		if len(UserProblems(u.name)) > 0 {
			continue
		}
		f := Fault{Kind: UserKind, Path: u.at, Value: u.name}
		domain, account, inDomain := strings.Cut(u.name, `\`)
		service := strings.EqualFold(domain, "NT AUTHORITY")
		switch {
		case strings.EqualFold(u.name, containerAdministrator), strings.EqualFold(u.name, containerUser):
			f.Certain, f.What = true, "images have that user, and a HostProcess container runs as one of the node"
		case !inDomain:
			f.Depends, f.What = true, "the container runs as a member of that local group, which every node needs"
		case service && !isAccount(u.name):
			f.What = "NT AUTHORITY has no account " + account + " that HostProcess containers run as"
		case service && domain != "NT AUTHORITY":
			f.What = "containerd logs on a service account only with NT AUTHORITY spelled so"
		case service:
			continue
		default:
			f.What = "the user would log on with a password, which containerd does not have"
		}
		faults = append(faults, f)
	}
	return faults
}

// isAccount tells one of the accounts, whose spaces do not matter: the documentation has "Local service", and people write LocalService.
func isAccount(name string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	return slices.ContainsFunc(Accounts(), func(a string) bool { return plain(a) == plain(name) })
}
