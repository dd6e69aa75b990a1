package plugin

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/cluster"
)

func newAzureFileCmd(deps Deps) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "azurefile",
		Short: "Plan, apply and check Azure File StorageClasses for Windows pods",
		Long: `Make StorageClasses of Azure File that work for Windows pods, and find out why others do not.

Windows mounts Azure File by SMB with the account key, and by nothing else: NFS shares and mounts with an identity are for
Linux, and mount options do nothing. plan shows what a cluster lacks for such a class, apply makes it, check looks at the
driver and at the classes, claims and volumes that there are, and migrate makes classes of the driver out of those of its
predecessor, which ended with Kubernetes 1.30.`,
		Example: `  # What a class for Windows pods needs here, and then the class
  kubectl winready azurefile plan
  kubectl winready azurefile apply

  # Why pods and claims wait for their volumes
  kubectl winready azurefile check`,
		Args: rootArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAzureFilePlanCmd(deps), newAzureFileApplyCmd(deps), newAzureFileCheckCmd(deps), newAzureFileMigrateCmd(deps))
	return cmd
}

// azureFileHint is what the user can do about an error of these commands.
func azureFileHint(err error) string {
	if refused, ok := errors.AsType[*azurefile.RefusedError](err); ok {
		return refused.Hint
	}
	if _, ok := errors.AsType[*cluster.ConflictError](err); ok {
		return "--force-conflicts takes the fields over"
	}
	return ""
}

// showTold writes what a user has to know of a plan, and what else is the case.
func showTold(deps Deps, p *azurefile.Plan) {
	for _, w := range p.Warnings {
		fmt.Fprintf(deps.ErrOut, "warning: %s\n", w)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(deps.ErrOut, "note: %s\n", n)
	}
}
