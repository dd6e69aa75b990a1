package plugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/steer"
)

// postRenderOptions are the flags of post-render, as they were given.
type postRenderOptions struct {
	aimFlags

	kubeVersion   string
	rules, report string
}

func newPostRenderCmd(deps Deps) *cobra.Command {
	var o postRenderOptions
	cmd := &cobra.Command{
		Use:   "post-render",
		Short: "Place the workloads of a rendered stream: Helm's post-renderer",
		Long: `Read rendered manifests from stdin and write them to stdout with the placement of their workloads added.

What no value of a chart reaches can be placed so, with the chart as it is. Every byte that need not change stays, and a
second run changes nothing more. --rules names a file that patch --fallback post-render wrote: then only the workloads
in it are placed. Without it the flags choose, as for patch.

Helm 3 runs any program as --post-renderer, and gives it no hooks. Helm 4 runs plugins, and gives them the hooks too: the
plugin is in the folder plugin/helm of the sources. Helm 3 shows what is said on stderr only when the post-renderer
fails, Helm 4 never: --report keeps it.

Exit status: 0 every workload is placed, 1 some cannot be, 2 wrong usage, 3 it could not be done, with nothing written.
Helm goes on with 0 only. --leave takes out what cannot be placed and may stay where it is.`,
		Example: `  # Place what no value reaches, on install and on upgrade (Helm 3)
  kubectl winready patch ./mychart --fallback post-render > placement.yaml
  helm install myapp ./mychart --values placement.yaml --post-renderer kubectl-winready \
    --post-renderer-args post-render --post-renderer-args --rules=mychart.post-render.yaml

  # The same with Helm 4
  helm plugin install plugin/helm
  helm install myapp ./mychart --values placement.yaml --post-renderer winready-post-render \
    --post-renderer-args --rules=mychart.post-render.yaml

  # Everything that kustomize builds goes to Windows, but for the exporter
  kubectl kustomize . | kubectl winready post-render --os windows --linux 'daemonset/*-exporter' | kubectl apply -f -`,
		Args: noManifests,
		RunE: func(cmd *cobra.Command, _ []string) error {
			request, err := o.validate(cmd.Context(), cmd)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, request)
		},
	}
	flagSection(cmd, "Rules", func(f *pflag.FlagSet) {
		f.StringVar(&o.rules, "rules", "", "`FILE` that patch --fallback post-render wrote: it says all that the flags of placement would")
	})
	o.placementFlags(cmd, "set spec.os.name too, where the API server still takes the pod", "take fields away that Windows pods must not have and Windows nodes ignore")
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVar(&o.kubeVersion, "kube-version", "", "Kubernetes `VERSION` of the API server, for --set-os-name and --fix-fields (default: the latest known)")
		f.StringVar(&o.report, "report", "", "write what became of each workload as JSON to a `FILE`")
	})
	return cmd
}

// noManifests refuses arguments, of which one is most likely a file of manifests.
func noManifests(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(cmd, fmt.Sprintf("post-render reads manifests from stdin, and takes no argument: %q", args[0]))
}

// validate says what the flags ask for, or all that is wrong with them.
func (o *postRenderOptions) validate(ctx context.Context, cmd *cobra.Command) (postrender.Request, error) {
	var p problems
	q := postrender.Request{Request: o.aimFlags.validate(&p), Also: steer.Also{OSName: o.setOSName, Fix: o.fixFields}}
	if o.kubeVersion != "" {
		var err error
		q.Also.Minor, err = postrender.Minor(o.kubeVersion)
		p.check("kube-version", err)
	}
	if o.report == "-" {
		p.add("--report -: stdout is for the manifests, want a file")
	}
	if o.rules != "" {
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if section := f.Annotations[sectionKey]; f.Name == "kube-version" || len(section) > 0 && section[0] == "Placement" {
				p.add("--%s and --rules: the rules say it", f.Name)
			}
		})
	}
	if len(p) > 0 {
		return q, p.err(cmd)
	}
	var err error
	if o.rules == "" {
		q.Pools, err = readPools(ctx, o.pools)
		return q, err
	}
	data, err := os.ReadFile(o.rules)
	if err != nil {
		return q, fmt.Errorf("reading rules: %w", err)
	}
	q.Rules, err = postrender.ReadRules(data, o.rules)
	return q, err
}

// run writes nothing to stdout before everything was read: Helm must not go on with half of a release.
func (o *postRenderOptions) run(ctx context.Context, deps Deps, q postrender.Request) (err error) {
	var in, out spool
	defer func() { err = errors.Join(err, in.Close(), out.Close()) }()
	if _, err := io.Copy(&in, deps.In); err != nil {
		return fmt.Errorf("reading stdin: %w", err)
	}
	stream, err := in.reader()
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(&out, 1<<16)
	report, err := postrender.Run(stream, buffered, q)
	if err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := o.writeReport(ctx, report); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	answer, err := out.reader()
	if err != nil {
		return err
	}
	if _, err := io.Copy(deps.Out, answer); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	if err := printer.PostRendered(deps.ErrOut, report, deps.style(deps.ErrTerminal)); err != nil {
		return err
	}
	if report.Unplaced() {
		return errFindings
	}
	return nil
}

func (o *postRenderOptions) writeReport(ctx context.Context, report *postrender.Report) error {
	if o.report == "" {
		return nil
	}
	data, err := printer.JSON(report)
	if err != nil {
		return err
	}
	return writeFiles(ctx, []file{{path: o.report, data: data}})
}

// notYAML is the hint for a stream that is none: most often the command before this one failed and said so on stdout.
func notYAML(err error) string {
	bad, ok := errors.AsType[*postrender.SyntaxError](err)
	if ok && strings.HasPrefix(bad.Reason, "want an object") {
		return "post-render reads manifests as helm template writes them; did the command before it fail?"
	}
	return ""
}
