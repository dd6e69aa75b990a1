// Package symptom knows what the kubelet, the container runtimes and the network and storage drivers of Windows nodes say when
// a pod is on a node that is not made for it. It must not look at objects: it is given the words and tells what they mean.
package symptom

import (
	"regexp"
	"strings"
)

// ID names what is wrong. Several rows of the table may share one.
type ID string

// What can be wrong.
const (
	NoVariant      ID = "no-variant"      // the image has none for the platform of the node
	OtherSystem    ID = "other-system"    // the image is for the other operating system
	OtherBuild     ID = "other-build"     // the image is of a Windows build that the node does not run
	OSRefused      ID = "os-refused"      // the kubelet refuses the pod for its os.name
	LabelRefused   ID = "label-refused"   // the kubelet refuses the pod for its own label kubernetes.io/os
	NoProcess      ID = "no-process"      // Windows cannot create the container's process
	OtherProgram   ID = "other-program"   // the program is for another architecture
	RootRefused    ID = "root-refused"    // the kubelet takes the user for root, and the pod forbids that
	SandboxImage   ID = "sandbox-image"   // the node's sandbox image does not run on the node
	SandboxNetwork ID = "sandbox-network" // the network plugin does not connect the pod
	ShareRefused   ID = "share-refused"   // an SMB share is not mounted
)

// Symptom is what some words mean.
type Symptom struct {
	ID   ID
	Said string // the words that tell, as they were said; never more than those: messages of drivers hold commands and keys
	// Image is the image that the words name; empty when they name none.
	Image   string
	Meaning string // what is the case, without capital and period
	Remedy  string // what to do about it, without period
}

// row is one row of the table.
type row struct {
	id  ID
	has string // what the words hold, looked for first: most words are about something else
	// says finds what tells: its group "said", or the whole. Without it, has is what tells.
	says            *regexp.Regexp
	meaning, remedy string
}

// in is what tells in a message; empty when the row does not speak of it.
func (r row) in(message string) string {
	switch {
	case !strings.Contains(message, r.has):
		return ""
	case r.says == nil:
		return r.has
	}
	m := r.says.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	return m[max(r.says.SubexpIndex("said"), 0)]
}

// Decode tells what is wrong with a pod from its reason and its message, or from those of an event about it; false for words
// that are not known. The message may begin with the reason of an event, as in "Failed: Failed to pull image ...".
func Decode(reason, message string) (Symptom, bool) {
	if s, ok := refused(reason); ok {
		s.Said = message
		return s, true
	}
	// A pod has a sandbox before it has containers: the same words then speak of the node's sandbox image.
	table := containers()
	if duringSandbox(message) {
		table = sandboxes()
	}
	for _, r := range table {
		if said := r.in(message); said != "" {
			said = strings.TrimSuffix(strings.TrimSpace(said), ": unknown") // containerd's word for an error of no known kind
			return Symptom{r.id, strings.Trim(said, " :."), imageIn(message), r.meaning, r.remedy}, true
		}
	}
	return Symptom{}, false
}

// imageIn is the image that the words about a pull name.
func imageIn(message string) string {
	if m := pulled.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}
