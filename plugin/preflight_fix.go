package plugin

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// fixOptions are the flags of preflight fix vmxnet3, as they were given.
type fixOptions struct {
	networkInterface string
	nodes            []string
}

func newPreflightFixCmd(deps Deps) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fix",
		Short: "Write what mends a machine, as text to run there",
		Long: `Write what mends something that cannot be mended through the API, as a script to be run on the machines. Nothing is
executed.`,
		Example: `  # The systemd unit for machines on vSphere
  kubectl winready preflight fix vmxnet3 --interface ens192`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newFixOffloadCmd(deps))
	return cmd
}

func newFixOffloadCmd(deps Deps) *cobra.Command {
	var o fixOptions
	cmd := &cobra.Command{
		Use:   "vmxnet3",
		Short: "Write the systemd unit that turns off offloading of overlay networks on vSphere machines",
		Long: `Write a shell script that turns off the offloading of what overlay networks encapsulate, for Linux machines on ESXi 6.7
update 2 and later whose vmxnet3 adapter drops it: RHEL 8.3, CentOS 8.3, SLES 15 SP2 and later. The script writes a
systemd unit, so that it lasts when the machine starts again, starts it, and shows what became of it.

Nothing is executed: run the script as root on each machine. ip route get 1.1.1.1 shows the interface.`,
		Example: `  # For one machine
  kubectl winready preflight fix vmxnet3 --interface ens192 --node linux-1

  # As a file to copy to the machines and to run there
  kubectl winready preflight fix vmxnet3 --interface ens192 > vmxnet3.sh`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p problems
			switch {
			case o.networkInterface == "":
				p.add("--interface: want the name of the machines' network interface, such as ens192")
			case !platform.ValidInterface(o.networkInterface):
				p.add("--interface %q: want 1 to 15 letters, digits, dots, dashes or underscores, such as ens192", o.networkInterface)
			}
			for _, n := range o.nodes {
				if strings.ContainsFunc(n, func(r rune) bool { return r <= ' ' }) || n == "" {
					p.add("--node %q: want the name of a node", n)
				}
			}
			if err := p.err(cmd); err != nil {
				return err
			}
			_, err := fmt.Fprint(deps.Out, o.script())
			return err
		},
	}
	flagSection(cmd, "Machines", func(f *pflag.FlagSet) {
		f.StringVar(&o.networkInterface, "interface", "", "network `INTERFACE` that carries the cluster's network: ens192")
		f.StringSliceVar(&o.nodes, "node", nil, "`NAME` of a machine that the script is for, as a note in it (repeatable)")
	})
	return cmd
}

func (o *fixOptions) script() string {
	where := "each Linux machine on vSphere"
	if len(o.nodes) > 0 {
		where = strings.Join(o.nodes, ", ")
	}
	return fmt.Sprintf("#!/bin/sh\n# Run as root on %s.\n%s", where, platform.OffloadFix(o.networkInterface))
}
