package plugin

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/pkg/postrender"
)

// policyOptions are the flags of policy, as they were given.
type policyOptions struct {
	scope       policyScope
	os          string
	pools       string
	build       string
	tolerations []string
	osName      bool
	engine      string
	failure     string
	name        string
	kubeVersion string
	output      string
	config      *genericclioptions.ConfigFlags
}

func newPolicyCmd(deps Deps) *cobra.Command {
	var o policyOptions
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Write an admission policy that places what neither values nor a post-renderer reach",
		Long: `Write an admission policy that places pods when they are made: those of hooks, of what operators make, of charts that are
installed by Rancher Apps or a HelmChart. It goes to stdout, ready for kubectl apply --filename -.

The policy changes pods of the named namespaces only, and of those only the ones that do not say where they run: by a
nodeSelector or a required node affinity for the system, the Windows build or one node, by nodeName, os.name, a RuntimeClass
or as HostProcess pods. It adds the nodeSelector and the tolerations that are missing, and takes nothing away. Nothing that
runs already changes, and nothing is left when the policy is deleted.

A MutatingAdmissionPolicy is carried out by the API server itself, by default from Kubernetes 1.36 on; the server is asked
whether it has them, unless --kube-version says. --engine kyverno is for servers that have none: policies for Kyverno.
The pods of a DaemonSet are bound to their nodes before a policy sees them: of one that is named as an owner the template is
changed, with its next update, and others are left alone.

Exit status: 0 done, 1 not all workloads of --rules are in the policy, 2 wrong usage, 3 it could not be done.`,
		Example: `  # The pods of a hook and of a Prometheus
  kubectl winready policy --os windows --namespace shop --owner job/shop-migrate | kubectl apply --filename -
  kubectl winready policy --os linux --namespace monitoring --owner prometheus/k8s | kubectl apply --filename -

  # All pods of two namespaces that name no system, for a server that cannot be asked
  kubectl winready policy --os linux --namespace team-a --namespace team-b --kube-version 1.36 > policy.yaml

  # For Kyverno
  kubectl winready policy --os linux --namespace team-a --engine kyverno > policy.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			request, err := o.validate(cmd.Context(), cmd)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, request)
		},
	}
	flagSection(cmd, "Scope", o.scope.flags)
	flagSection(cmd, "Placement", o.placementFlags)
	flagSection(cmd, "Output", o.outputFlags)
	o.config = genericclioptions.NewConfigFlags(true)
	o.config.Namespace = nil // those of the policy are several
	flagSection(cmd, "Cluster", func(f *pflag.FlagSet) {
		o.config.AddFlags(f)
		f.VisitAll(tidyKubectlFlag)
	})
	words(cmd, "os", cobra.ShellCompDirectiveNoFileComp, "linux", "windows")
	words(cmd, "pools", cobra.ShellCompDirectiveDefault, append(placement.Presets(), liveCluster)...)
	words(cmd, "engine", cobra.ShellCompDirectiveNoFileComp, policyEngines()...)
	words(cmd, "failure-policy", cobra.ShellCompDirectiveNoFileComp, string(policy.Fail), string(policy.Ignore))
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, "json", "yaml")
	words(cmd, "rules", cobra.ShellCompDirectiveDefault)
	return cmd
}

func policyEngines() []string { return []string{string(policy.Admission), string(policy.Kyverno)} }

func (o *policyOptions) placementFlags(f *pflag.FlagSet) {
	f.StringVar(&o.os, "os", "", "`OS` of the pods: windows or linux")
	f.StringVar(&o.pools, "pools", "rke2", poolsUsage())
	f.StringVar(&o.build, "windows-build", "", "Windows `BUILD` to bind Windows pods to: 10.0.20348 or ltsc2022")
	f.StringArrayVar(&o.tolerations, "toleration", nil, "further taint to tolerate, as `KEY[=VALUE]:EFFECT` (repeatable)")
	f.BoolVar(&o.osName, "set-os-name", false, "set spec.os.name too, on pods without a field that the API server refuses beside it")
}

func (o *policyOptions) outputFlags(f *pflag.FlagSet) {
	f.StringVar(&o.engine, "engine", string(policy.Admission), "`ENGINE` that carries the policy out: admission (the API server) or kyverno")
	f.StringVar(&o.name, "name", "", "`NAME` of the policy (default: made of the system, the namespaces and what else chooses the pods)")
	f.StringVar(&o.failure, "failure-policy", string(policy.Fail), "`WHAT` becomes of a pod for which the policy fails: Fail refuses it, Ignore lets it through unplaced")
	f.StringVar(&o.kubeVersion, "kube-version", "", "Kubernetes `VERSION` of the API server, which is asked otherwise")
	f.StringVarP(&o.output, "output", "o", "yaml", "`FORMAT`: yaml or json")
}

// validate says what the flags ask for, or all that is wrong with them.
func (o *policyOptions) validate(ctx context.Context, cmd *cobra.Command) (policy.Request, error) {
	var p problems
	q := policy.Request{Name: o.name, SetOSName: o.osName, Engine: policy.Engine(o.engine), Failure: policy.Failure(o.failure)}
	if !slices.Contains(policyEngines(), o.engine) {
		p.add("--engine %q: want %s", o.engine, quoted(policyEngines()))
	}
	if failures := []string{string(policy.Fail), string(policy.Ignore)}; !slices.Contains(failures, o.failure) {
		p.add("--failure-policy %q: want %s", o.failure, quoted(failures))
	}
	if formats := []string{"json", "yaml"}; !slices.Contains(formats, o.output) {
		p.add("--output %q: want %s", o.output, quoted(formats))
	}
	var err error
	q.Aim.WindowsBuild, err = windowsBuild(o.build)
	p.check("windows-build", err)
	q.Aim.Tolerations, err = tolerations(o.tolerations)
	p.check("toleration", err)
	if o.kubeVersion != "" {
		_, err = postrender.Minor(o.kubeVersion)
		p.check("kube-version", err)
	}
	q.Scopes = o.scope.scopes(cmd, o.os, &p)
	if len(p) > 0 {
		return q, p.err(cmd)
	}
	if o.scope.rules != "" {
		return q, o.scope.read(&q)
	}
	_, q.Aim.PoolsAssumed = placement.Preset(o.pools)
	q.Aim.Pools, err = o.readPools(ctx)
	return q, err
}
