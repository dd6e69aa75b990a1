package plugin

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/placement"
)

// aimFlags say where workloads are to go: the flags of all commands that place some.
type aimFlags struct {
	request              aim.Request // the fields that are flags as they stand
	pools                string
	build                string
	tolerations          []string
	setOSName, fixFields bool
}

// placementFlags adds them to cmd. Of two the texts hang on what the command can do: they say when os.name is set, and which fields are
// taken away.
func (a *aimFlags) placementFlags(cmd *cobra.Command, osName, fix string) {
	flagSection(cmd, "Placement", func(f *pflag.FlagSet) {
		q := &a.request
		f.StringVar(&q.OS, "os", "auto", "`OS` of every workload: windows, linux, or auto: what its pod or its images say, else linux")
		f.StringArrayVar(&q.Windows, "windows", nil, "`PATTERN` of workloads for Windows, as KIND/NAME: 'deployment/*-iis' (repeatable)")
		f.StringArrayVar(&q.Linux, "linux", nil, "`PATTERN` of workloads for Linux (repeatable)")
		f.StringArrayVar(&q.Leave, "leave", nil, "`PATTERN` of workloads to leave as they are (repeatable)")
		f.StringVar(&a.pools, "pools", "rke2", poolsUsage())
		f.StringVar(&a.build, "windows-build", "", "Windows `BUILD` to bind Windows pods to: 10.0.20348 or ltsc2022")
		f.StringArrayVar(&a.tolerations, "toleration", nil, "further taint to tolerate, as `KEY[=VALUE]:EFFECT` (repeatable)")
		f.BoolVar(&a.setOSName, "set-os-name", false, osName)
		f.BoolVar(&a.fixFields, "fix-fields", false, fix)
	})
	words(cmd, "os", cobra.ShellCompDirectiveNoFileComp, "auto", "linux", "windows")
	words(cmd, "pools", cobra.ShellCompDirectiveDefault, append(placement.Presets(), liveCluster)...)
}

// validate is what the flags ask for, but for the pools, which may have to be fetched.
func (a *aimFlags) validate(p *problems) aim.Request {
	q := a.request
	switch q.OS {
	case aim.Auto, "linux", "windows":
	default:
		p.add(`--os %q: want "auto", "linux" or "windows"`, q.OS)
	}
	var err error
	q.WindowsBuild, err = windowsBuild(a.build)
	p.check("windows-build", err)
	q.Tolerations, err = tolerations(a.tolerations)
	p.check("toleration", err)
	_, q.PoolsAssumed = placement.Preset(a.pools)
	return q
}
