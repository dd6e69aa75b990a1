package hostprocess

import (
	"fmt"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Server is whether an API server takes HostProcess pods.
type Server struct {
	Version string         `json:"version,omitempty"`
	Stage   platform.Stage `json:"stage,omitempty"` // of the feature gate in that version
	Judgement
	// version is the parsed one; zero when it is not known.
	version platform.Version
	// unasked tells that there is no server by nature: manifests have none.
	unasked bool
}

// ServerOf decides about the server of an inventory.
func ServerOf(inv *inventory.Inventory) Server {
	if inv.Version != "" {
		return ServerFor(inv.Version)
	}
	gap := inv.Gaps[inventory.Server]
	s := Server{Judgement: Judgement{Verdict: Runs}, unasked: !gap.Unread}
	s.unknown(orElse(gap.Reason, "the version of the API server is not known"))
	return s
}

// ServerFor decides about a server of a version.
func ServerFor(version string) Server {
	s := Server{Version: version, Judgement: Judgement{Verdict: Runs}}
	v, err := platform.ParseVersion(version)
	if err != nil {
		s.unknown("the version of the API server does not parse: " + err.Error())
		return s
	}
	s.version, s.Stage = v, platform.HostProcessStage(v)
	containerd, bundled := platform.RKE2Containerd(v)
	switch {
	case s.Stage == platform.Absent:
		s.not(fmt.Sprintf("Kubernetes %s has no HostProcess pods: 1.22 was the first with them, 1.23 the first with them on by default", v))
	case s.Stage == platform.Alpha:
		s.unknown(fmt.Sprintf("in Kubernetes %s the feature gate %s is alpha and off unless set, and the API does not show it", v, platform.HostProcessGate))
	case bundled && (platform.Runtime{Name: platform.Containerd, Version: containerd}).HostProcess() == "":
		s.not(fmt.Sprintf("RKE2 %s brings containerd %s to Windows nodes, and HostProcess pods take %s: %s is the first RKE2 with it",
			version, containerd, platform.FirstHostProcess, platform.FirstRKE2))
	case s.Stage == platform.Beta:
		s.note(fmt.Sprintf("in Kubernetes %s the feature gate %s is beta: on unless somebody turned it off", v, platform.HostProcessGate))
	}
	return s
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
