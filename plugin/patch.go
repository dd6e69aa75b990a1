package plugin

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
)

// patchOptions are the flags of patch, as they were given.
type patchOptions struct {
	chart       chartOptions
	request     patch.Request // the fields that are flags as they stand
	pools       string
	build       string
	tolerations []string
	output      string
	outputFiles []string
	report      string
}

func newPatchCmd(deps Deps) *cobra.Command {
	var o patchOptions
	cmd := &cobra.Command{
		Use:   "patch CHART",
		Short: "Write the values that place a chart's workloads, and prove them by rendering",
		Long: `Write the smallest values file that puts every workload of a chart on the right operating system.

The file goes to stdout, ready for helm install -f -. What was placed by which value, what was not, and why, goes to
stderr. Nothing is reported as placed that a render did not show, and nothing but placement changes: a value that
would break the chart or move another workload is not used. CHART is as for helm install.

A workload is placed when every node of at least one pool of its operating system accepts it, and no node of a pool of
another one does. Without --os, --windows and --linux each workload goes where its pods or its images say, else to Linux.

Exit status: 0 every workload is placed, 1 some are not, 2 wrong usage, 3 it could not be done.`,
		Example: `  # Place a chart of Windows and Linux workloads, and install it
  kubectl winready patch ./mychart > placement.yaml
  helm install myapp ./mychart --values placement.yaml

  # Everything on Windows, but for the exporter
  kubectl winready patch ./mychart --os windows --linux 'daemonset/*-exporter'

  # For the node pools of a cluster, with a report for a script
  kubectl get nodes --output yaml > nodes.yaml
  kubectl winready patch ./mychart --pools nodes.yaml --report report.json > placement.yaml`,
		Args: oneChart,
		RunE: func(cmd *cobra.Command, args []string) error {
			request, files, err := o.validate(cmd.Context(), cmd)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, args[0], request, files)
		},
	}
	flagSection(cmd, "Placement", o.placementFlags)
	flagSection(cmd, "Output", o.outputFlags)
	o.chart.addFlags(cmd, deps)
	words(cmd, "os", cobra.ShellCompDirectiveNoFileComp, "auto", "linux", "windows")
	words(cmd, "pools", cobra.ShellCompDirectiveDefault, append(placement.Presets(), liveCluster)...)
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, overlayNames()...)
	return cmd
}

func (o *patchOptions) placementFlags(f *pflag.FlagSet) {
	r := &o.request
	f.StringVar(&r.OS, "os", "auto", "`OS` of every workload: windows, linux, or auto: what its pod or its images say, else linux")
	f.StringArrayVar(&r.Windows, "windows", nil, "`PATTERN` of workloads for Windows, as KIND/NAME: 'deployment/*-iis' (repeatable)")
	f.StringArrayVar(&r.Linux, "linux", nil, "`PATTERN` of workloads for Linux (repeatable)")
	f.StringArrayVar(&r.Leave, "leave", nil, "`PATTERN` of workloads to leave as they are (repeatable)")
	f.StringVar(&o.pools, "pools", "rke2", poolsUsage())
	f.StringVar(&o.build, "windows-build", "", "Windows `BUILD` to bind Windows pods to: 10.0.20348 or ltsc2022")
	f.StringArrayVar(&o.tolerations, "toleration", nil, "further taint to tolerate, as `KEY[=VALUE]:EFFECT` (repeatable)")
	f.BoolVar(&r.SetOSName, "set-os-name", false, "set spec.os.name too, where a value reaches it")
	f.BoolVar(&r.FixFields, "fix-fields", false, "unset fields that Windows pods must not have, where a value reaches them")
}

func (o *patchOptions) outputFlags(f *pflag.FlagSet) {
	f.StringVarP(&o.output, "output", "o", "values", "`FORMAT` of what goes to stdout: set (flags for helm) or values (a values file)")
	f.StringArrayVar(&o.outputFiles, "output-file", nil, "write a further format to a file, as `FORMAT=FILE` (repeatable)")
	f.StringVar(&o.report, "report", "", "write the report as JSON to a `FILE`; - writes it to stdout instead of the overlay")
}

// validate says what the flags ask for, or all that is wrong with them.
func (o *patchOptions) validate(ctx context.Context, cmd *cobra.Command) (patch.Request, []target, error) {
	var p problems
	request := o.request
	switch request.OS {
	case "auto", "linux", "windows":
	default:
		p.add(`--os %q: want "auto", "linux" or "windows"`, request.OS)
	}
	if _, ok := overlayFormat(o.output); !ok {
		p.add("--output %q: want %s", o.output, quoted(overlayNames()))
	}
	if o.report == "-" && cmd.Flags().Changed("output") {
		p.add("--report - and --output: only one of them can have stdout; --output-file writes the overlay to a file")
	}
	targets, err := o.targets()
	p.check("output-file", err)
	request.WindowsBuild, err = windowsBuild(o.build)
	p.check("windows-build", err)
	request.Tolerations, err = tolerations(o.tolerations)
	p.check("toleration", err)
	if len(p) > 0 {
		return request, nil, p.err(cmd)
	}
	request.Pools, err = readPools(ctx, o.pools)
	return request, targets, err
}

func (o *patchOptions) run(ctx context.Context, deps Deps, ref string, request patch.Request, targets []target) error {
	renderer, err := o.chart.open(ctx, deps, ref)
	if err != nil {
		return err
	}
	var result *patch.Result
	err = deps.working("placing "+ref, func() error {
		return o.chart.within(ctx, func(ctx context.Context) (err error) {
			result, err = patch.Run(ctx, renderer, request)
			return err
		})
	})
	if err != nil {
		return err
	}
	if err := o.write(ctx, deps, result, targets); err != nil {
		return err
	}
	return o.summarize(deps, ref, result)
}
