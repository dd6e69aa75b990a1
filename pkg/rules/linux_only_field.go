package rules

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
	"github.com/winready/kubectl-winready/pkg/windowspod"
)

var linuxOnlyField = &rule.Rule{
	ID: "WR110", Name: "linux-only-field", Category: rule.Placement, Severity: finding.Warning,
	Title: "A pod for Windows sets what Windows nodes do not have",
	Rationale: "Without os.name the API server accepts all fields of Linux. On a Windows node most of them are ignored: a pod that counts " +
		"on runAsUser or on a read-only root file system runs without. Others keep the pod from starting, or leave it without what it " +
		"needs, such as hostNetwork outside of HostProcess pods, block devices, huge pages, paths and programs of Linux.",
	Remedy: "Leave out for Windows what is ignored, and replace what fails: windowsOptions.runAsUserName for runAsUser, a HostProcess " +
		"container for privileged and hostNetwork, programs and paths of Windows for those of Linux.",
	Since: "v0.1.0",
	References: []string{
		"https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_sandbox.go",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/security_context_windows.go",
		"https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/lifecycle/features_windows.go",
		"https://github.com/kubernetes/mount-utils/blob/v0.37.2/mount_windows.go",
	},
	Needs: []inventory.Kind{inventory.Workloads, inventory.Pools},
	Check: checkLinuxOnlyField,
}

func checkLinuxOnlyField(p *rule.Pass) {
	s, server := p.Survey(), minor(p)
	for i := range s.Placements {
		at := &s.Placements[i]
		if at.OS != platform.Windows {
			continue
		}
		var ignored []string
		for _, f := range windowspod.Fields(at.Spec) {
			where := rule.On(at.Workload, f.Path...)
			switch {
			case f.Refused > 0 && f.Refused <= server && at.Spec.OS != nil: // the API server does not let it come to that
			case f.Effect == windowspod.Fails:
				p.Reportf(where.As(finding.Error), "%s: %s", f.Shown(), f.What)
			case f.Effect == windowspod.MayFail:
				p.Reportf(where.As(mayFail(f)), "%s: %s", f.Shown(), f.What)
			case harmless(f):
			default:
				ignored = append(ignored, f.Path.String())
			}
		}
		reportIgnored(p, at, ignored)
	}
}

// mayFail is how bad a field is that hangs on the image: of runAsNonRoot nothing speaks for the worse.
func mayFail(f windowspod.Field) finding.Severity {
	if f.Name() == "runAsNonRoot" {
		return finding.Info
	}
	return finding.Warning
}

// harmless tells a field that asks for what Windows does anyway.
func harmless(f windowspod.Field) bool {
	switch f.Name() {
	case "privileged", "readOnlyRootFilesystem", "shareProcessNamespace":
		return f.Value == "false"
	case "hostUsers", "allowPrivilegeEscalation":
		return f.Value == "true"
	}
	return false
}

// reportIgnored reports what does no harm but nothing else either, once for a workload.
func reportIgnored(p *rule.Pass, at *survey.Placement, fields []string) {
	const shown = 6
	if len(fields) == 0 {
		return
	}
	more := ""
	if n := len(fields) - shown; n > 0 {
		fields, more = fields[:shown], " and "+counted(n, "more field")
	}
	p.Reportf(rule.On(at.Workload).As(finding.Info), "Windows nodes ignore %s%s", strings.Join(fields, ", "), more)
}
