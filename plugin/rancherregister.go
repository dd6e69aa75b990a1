package plugin

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

// rancherRegisterOptions are the flags of rancher register, as they were given.
type rancherRegisterOptions struct {
	rancher rancherOptions
	node    rancher.Joining
	secrets bool
}

func newRancherRegisterCmd(deps Deps) *cobra.Command {
	var o rancherRegisterOptions
	cmd := &cobra.Command{
		Use:   "register [CLUSTER]",
		Short: "Show the commands that register a cluster's nodes, in their order",
		Long: `Show how machines become nodes of a cluster that Rancher made: in which order, by which command, and what is still
missing. Linux nodes come first: until etcd, control plane and a worker are up there on Linux, there is no command for
Windows nodes.

With --os only the command for one node is written, as one line. It is a credential, and is written with *** in the place
of the token unless --show-secrets asks for it. On Linux it is run by a shell, on Windows by PowerShell as an administrator.

Exit status: 0 done, 1 it is not yet the time for such a node, 2 wrong usage, 3 there is no command, or it could not be read.`,
		Example: `  # The order of things, and where the cluster stands
  kubectl winready rancher register

  # The command for the first node of a cluster
  kubectl winready rancher register win --os linux --role etcd,controlplane,worker --show-secrets

  # That for a Windows node, once there can be one
  until kubectl winready rancher register win --os windows --node-name win-1 --show-secrets > join.ps1; do sleep 30; done`,
		Args: oneCluster,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, cmd.CommandPath(), args)
		},
	}
	n := &o.node
	flagSection(cmd, "Node", func(f *pflag.FlagSet) {
		f.StringVar(&n.OS, "os", "", "`OS` of the node: linux or windows")
		f.StringSliceVar(&n.Roles, "role", nil, "`ROLES` of a Linux node: etcd, controlplane, worker (default: worker)")
		f.StringVar(&n.Name, "node-name", "", "`NAME` of the node; of a Windows node at most 15 characters")
		f.StringArrayVar(&n.Labels, "label", nil, "label of the node, as `KEY=VALUE` (repeatable)")
		f.StringArrayVar(&n.Taints, "taint", nil, "taint of the node, as `KEY=VALUE:EFFECT` (repeatable)")
		f.StringVar(&n.Address, "address", "", "`IP` by which the node is reached")
		f.StringVar(&n.InternalAddress, "internal-address", "", "`IP` of the node in the cluster's own network")
	})
	flagSection(cmd, "Command", func(f *pflag.FlagSet) {
		f.BoolVar(&n.Insecure, "insecure", false, "download the agent without checking Rancher's certificate")
		f.StringVar(&n.CAChecksum, "ca-checksum", "", "SHA-256 of Rancher's CA, a `SUM` for a command that has none")
		f.BoolVar(&o.secrets, "show-secrets", false, "write the token instead of ***")
	})
	o.rancher.addFlags(cmd)
	words(cmd, "os", cobra.ShellCompDirectiveNoFileComp, "linux", "windows")
	words(cmd, "role", cobra.ShellCompDirectiveNoFileComp, nodeRoles()...)
	return cmd
}

func nodeRoles() []string { return []string{"etcd", "controlplane", "worker"} }

var checksumSHA256 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// longestWindowsName is what NetBIOS has room for.
const longestWindowsName = 15

// validate makes sure of what becomes words of a shell's command.
func (o *rancherRegisterOptions) validate(cmd *cobra.Command) error {
	n := &o.node
	var p problems
	if n.OS == "" {
		for _, flag := range []string{"role", "node-name", "label", "taint", "address", "internal-address", "insecure", "ca-checksum"} {
			if cmd.Flags().Changed(flag) {
				p.add("--%s is about one node: --os says which", flag)
			}
		}
		return p.err(cmd)
	}
	o.validateRoles(&p)
	o.validateName(&p)
	for _, label := range n.Labels {
		key, value, ok := strings.Cut(label, "=")
		if wrong := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...); !ok || len(wrong) > 0 {
			p.add("--label %q: want KEY=VALUE %s", label, strings.Join(wrong, "; "))
		}
	}
	for _, taint := range n.Taints {
		_, err := toleration(taint)
		p.check("taint", err)
		if err == nil && !strings.Contains(taint, "=") {
			p.add("--taint %q: Rancher takes KEY=VALUE:EFFECT, with a value", taint)
		}
	}
	for _, flag := range []struct{ name, value string }{{"address", n.Address}, {"internal-address", n.InternalAddress}} {
		if _, err := netip.ParseAddr(flag.value); flag.value != "" && err != nil {
			p.add("--%s %q: want an IP address", flag.name, flag.value)
		}
	}
	if n.CAChecksum != "" && !checksumSHA256.MatchString(n.CAChecksum) {
		p.add("--ca-checksum %q: want the 64 digits of a SHA-256", n.CAChecksum)
	}
	return p.err(cmd)
}

func (o *rancherRegisterOptions) validateRoles(p *problems) {
	n := &o.node
	if !slices.Contains([]string{"linux", "windows"}, n.OS) {
		p.add("--os %q: want linux or windows", n.OS)
	}
	for _, role := range n.Roles {
		switch {
		case !slices.Contains(nodeRoles(), role):
			p.add("--role %q: want %s", role, quoted(nodeRoles()))
		case n.OS == "windows" && role != "worker":
			p.add("--role %q: a Windows node is a worker and nothing else", role)
		}
	}
	if len(n.Roles) == 0 {
		n.Roles = []string{"worker"}
	}
}

func (o *rancherRegisterOptions) validateName(p *problems) {
	name := o.node.Name
	if name == "" {
		return
	}
	if o.node.OS == "windows" && len(name) > longestWindowsName {
		p.add("--node-name %q: it has %d characters, and Windows has room for %d", name, len(name), longestWindowsName)
	}
	for _, wrong := range validation.IsDNS1123Subdomain(name) {
		p.add("--node-name %q: %s", name, wrong)
	}
}

func (o *rancherRegisterOptions) run(ctx context.Context, deps Deps, path string, args []string) error {
	at, c, err := o.rancher.cluster(ctx, deps, path, args)
	if err != nil {
		return err
	}
	if why := noCommand(c.Cluster); why != "" {
		return fmt.Errorf("nodes of cluster %s are not registered by a command: %s", c.Name, why)
	}
	commands, err := at.Registration(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("registering nodes of cluster %s: %w", c.Name, err)
	}
	if o.node.OS == "" {
		return o.tutorial(deps, c, commands)
	}
	if missing := guide.Ready(c); o.node.OS == "windows" && len(missing) > 0 {
		fmt.Fprintf(deps.ErrOut, "it is not the time for Windows nodes of cluster %s:\n  %s\n", c.Name, strings.Join(missing, "\n  "))
		return errFindings
	}
	return o.one(deps, deps.Out, "", commands, o.node)
}

// noCommand says why the nodes of a cluster do not come by a command.
func noCommand(c *rancher.Cluster) string {
	switch {
	case c.Origin == rancher.Provisioned && len(c.Pools) > 0:
		return "Rancher makes them, for its machine pools"
	case c.Origin == rancher.Provisioned, c.Origin == rancher.RancherRKE1:
		return ""
	case c.Origin == rancher.Hosted:
		return "the cloud makes them, for its node pools"
	default:
		return "it was not made by Rancher, and who made it adds its nodes"
	}
}

// one writes the command for one node.
func (o *rancherRegisterOptions) one(deps Deps, w io.Writer, indent string, commands *rancher.Registration, n rancher.Joining) error {
	command, err := commands.Command(n)
	if err != nil {
		return err
	}
	if !o.secrets {
		command = commands.Redacted(command)
		if indent == "" {
			fmt.Fprintln(deps.ErrOut, "note: *** is in the place of the token; --show-secrets writes it")
		}
	}
	_, err = fmt.Fprintln(w, indent+command)
	return err
}

// tutorial writes the nodes of the guide's layout, in their order, which of them are there, and the commands for those that are not.
func (o *rancherRegisterOptions) tutorial(deps Deps, c *guide.Cluster, commands *rancher.Registration) error {
	var b strings.Builder
	fmt.Fprintf(&b, "nodes of cluster %s, in the order in which they come:\n", c.Name)
	for i, step := range guide.Steps(c) {
		fmt.Fprintf(&b, "\n%d. %s: %s\n", i+1, step.Name, step.Says)
		if !step.Now {
			continue
		}
		fmt.Fprintf(&b, "   %s\n", step.Where)
		if err := o.one(deps, &b, "     ", commands, rancher.Joining{OS: step.OS, Roles: step.Roles}); err != nil {
			return err
		}
	}
	if !o.secrets {
		b.WriteString("\n*** is in the place of the token; --show-secrets writes it\n")
	}
	_, err := io.WriteString(deps.Out, b.String())
	return err
}
