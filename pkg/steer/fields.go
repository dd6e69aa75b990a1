package steer

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/windowspod"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// LatestMinor is the minor version of Kubernetes 1 whose validation the tables of fields follow. A later server refuses at least as much.
const LatestMinor = 37

// Refused are the fields of a pod that the API server of a minor version of Kubernetes 1 refuses beside os.name windows.
func Refused(spec *corev1.PodSpec, minor int) []windowspod.Field {
	return slices.DeleteFunc(windowspod.Fields(spec), func(f windowspod.Field) bool { return f.Refused == 0 || f.Refused > minor })
}

// Also says what is to be done to a pod besides placing it.
type Also struct {
	OSName bool // set os.name, where the API server then still takes the pod
	Fix    bool // take Linux-only fields away from Windows pods
	Minor  int  // of the Kubernetes 1 whose API server gets the pod; 0 is LatestMinor
}

// Settle plans what Also asks for, for a pod that goes to os. Only fields that a Windows node ignores are taken away: without the
// others the pod would be another one. Notes say what could not be done.
func Settle(w workload.Workload, os platform.OS, also Also) Plan {
	minor := also.Minor
	if minor == 0 {
		minor = LatestMinor
	}
	// What has no containers is no pod spec, or only part of one: its controller decides about the rest.
	if w.Custom && len(w.Spec.Containers) == 0 || !also.OSName && !also.Fix {
		return Plan{}
	}
	var p Plan
	var rest []windowspod.Field
	if os == platform.Windows {
		rest = Refused(&w.Spec, minor)
	}
	if also.Fix {
		rest = slices.DeleteFunc(rest, func(f windowspod.Field) bool {
			if f.Effect != windowspod.Ignored {
				return false
			}
			p.Changes = append(p.Changes, Change{Path: f.Path, Remove: true})
			return true
		})
	}
	return withOSName(p, w, os, also, rest)
}

func withOSName(p Plan, w workload.Workload, os platform.OS, also Also, rest []windowspod.Field) Plan {
	switch {
	case !also.OSName || w.Spec.OS != nil && string(w.Spec.OS.Name) == string(os):
	case len(rest) > 0:
		p.Notes = append(p.Notes, "os.name is not set: the API server would refuse the pod for "+shown(rest))
		return p
	case os == platform.Linux && len(windowsOptions(&w.Spec)) > 0:
		p.Notes = append(p.Notes, "os.name is not set: the API server would refuse the pod for "+strings.Join(windowsOptions(&w.Spec), ", "))
	default:
		p.Changes = append(p.Changes, Change{Path: object.Path{"os", "name"}, Value: string(os)})
	}
	if also.Fix && len(rest) > 0 {
		p.Notes = append(p.Notes, "keeps "+shown(rest)+": without it the pod would be another one")
	}
	return p
}

func shown(fields []windowspod.Field) string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.Path.String())
	}
	return strings.Join(names, ", ")
}

// windowsOptions are the fields that the API server refuses beside os.name linux.
// Source: validateLinux in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2.
func windowsOptions(spec *corev1.PodSpec) []string {
	var out []string
	if sc := spec.SecurityContext; sc != nil && sc.WindowsOptions != nil {
		out = append(out, "securityContext.windowsOptions")
	}
	for _, l := range []struct {
		name string
		list []corev1.Container
	}{{"initContainers", spec.InitContainers}, {"containers", spec.Containers}} {
		for i, c := range l.list {
			if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil {
				out = append(out, fmt.Sprintf("%s[%d].securityContext.windowsOptions", l.name, i))
			}
		}
	}
	return out
}
