package plugin

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/fallback"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/steer"
)

// noFallback is the mode in which what no value reaches stays where it is.
const noFallback = "none"

// fallbackOptions say what is to be done for workloads that no value places.
type fallbackOptions struct {
	mode   string
	folder string
	helm   int
	engine string
}

func fallbackModes() []string { return append([]string{noFallback}, fallback.Modes()...) }

func (o *fallbackOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Fallback", func(f *pflag.FlagSet) {
		f.StringVar(&o.mode, "fallback", noFallback, "what places workloads that no value reaches, a `MODE`: none, post-render, fork, policy, or auto: for each the first of these that works")
		f.StringVar(&o.folder, "fallback-dir", ".", "`FOLDER` for what the fallback writes")
		f.IntVar(&o.helm, "helm-version", helm3, "major `VERSION` of the Helm that installs the chart: 4, as in Flux 2.9 and Fleet 0.15, gives hooks to post-renderers, 3 does not")
		f.StringVar(&o.engine, "policy-engine", string(policy.Admission), "what carries out the policy, an `ENGINE`: admission, which is the API server, or kyverno")
	})
	words(cmd, "fallback", cobra.ShellCompDirectiveNoFileComp, fallbackModes()...)
	words(cmd, "helm-version", cobra.ShellCompDirectiveNoFileComp, "3", "4")
	words(cmd, "policy-engine", cobra.ShellCompDirectiveNoFileComp, string(policy.Admission), string(policy.Kyverno))
}

// The versions of Helm that charts are installed with.
const (
	helm3 = 3
	helm4 = 4
)

func (o *fallbackOptions) validate(p *problems) {
	if !slices.Contains(fallbackModes(), o.mode) {
		p.add("--fallback %q: want %s", o.mode, quoted(fallbackModes()))
	}
	if o.helm != helm3 && o.helm != helm4 {
		p.add("--helm-version %d: want 3 or 4", o.helm)
	}
	if e := policy.Engine(o.engine); e != policy.Admission && e != policy.Kyverno {
		p.add("--policy-engine %q: want %s", o.engine, quoted([]string{string(policy.Admission), string(policy.Kyverno)}))
	}
}

// made is what the fallback made, and where it goes.
type made struct {
	*fallback.Made

	rules, policy, fork string // paths; empty: nothing of the kind
}

// run places what is unplaced, as far as the mode goes. The result's report tells.
func (o *fallbackOptions) run(ctx context.Context, chart *opened, result *patch.Result, request patch.Request, format dialect.Format) (made, error) {
	if o.mode == noFallback {
		fallback.Advise(result, format, o.helm == helm4)
		return made{Made: &fallback.Made{}}, nil
	}
	minor := chart.renderer.KubeMinor()
	q := fallback.Request{
		Mode: o.mode, Format: format, Hooks: o.helm == helm4, Aim: request.Request,
		Also:  steer.Also{OSName: request.SetOSName, Fix: request.FixFields, Minor: minor},
		Chart: chart.chart, Release: chart.release, Values: chart.values,
		Policy: policy.Request{Name: "winready-" + chart.release.Namespace + "-" + chart.release.Name, Engine: policy.Engine(o.engine)},
	}
	if version, ok := policy.VersionFor(minor); ok {
		q.Policy.APIVersion = version.Name
	} else if q.Policy.Engine == policy.Admission {
		q.NoPolicy = fmt.Sprintf("Kubernetes 1.%d has no MutatingAdmissionPolicy; --policy-engine kyverno does without", minor)
	}
	m, err := fallback.Run(ctx, result, q)
	if err != nil {
		return made{}, err
	}
	if version, ok := policy.VersionFor(minor); ok && m.Policy != nil && q.Policy.Engine == policy.Admission && version.Needs() != "" {
		m.Notes = append(m.Notes, "the policy needs "+version.Needs())
	}
	return o.named(m, result.Report.Chart.Name), nil
}

// named says where everything goes.
func (o *fallbackOptions) named(m *fallback.Made, chart string) made {
	out := made{Made: m}
	if m.Rules != nil {
		out.rules = filepath.Join(o.folder, chart+".post-render.yaml")
	}
	if m.Policy != nil {
		out.policy = filepath.Join(o.folder, chart+".policy.yaml")
	}
	if m.Fork != nil {
		out.fork = filepath.Join(o.folder, chart+"-winready")
	}
	return out
}

// files are what is to be written but for the fork, which is a folder.
func (m made) files() ([]file, error) {
	var files []file
	if m.rules != "" {
		data, err := m.Rules.YAML()
		if err != nil {
			return nil, err
		}
		files = append(files, file{path: m.rules, data: data, inside: true})
	}
	if m.policy != "" {
		data, err := m.Policy.YAML()
		if err != nil {
			return nil, err
		}
		files = append(files, file{path: m.policy, data: data, inside: true})
	}
	return files, nil
}

// postRender is the post-renderer of an upgrade that is done here; nil where none is needed.
func (m made) postRender() func([]byte) ([]byte, error) {
	if m.Made == nil || m.Rules == nil {
		return nil
	}
	return func(stream []byte) ([]byte, error) {
		out, _, err := postrender.Bytes(stream, postrender.Request{Rules: m.Rules})
		return out, err
	}
}

// steps are the commands that bring what was made to where it works, before the chart is installed; and the flags of helm that
// the installation then needs.
func (m made) steps(helm int) (before []string, flags string) {
	if m.policy != "" {
		before = append(before, "kubectl apply --filename "+shellWord(m.policy))
	}
	switch {
	case m.rules == "":
	case helm == helm4:
		before = append(before, "helm plugin install plugin/helm, the folder of the sources with the post-renderer's plugin, unless it is installed")
		flags = "--post-renderer winready-post-render --post-renderer-args --rules=" + shellWord(m.rules)
	default:
		flags = "--post-renderer kubectl-winready --post-renderer-args post-render --post-renderer-args --rules=" + shellWord(m.rules)
	}
	return before, flags
}
