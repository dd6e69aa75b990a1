package main

import (
	"context"
	"fmt"
	"io"

	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// readInventory does what audit does without what it prints.
func readInventory(ctx context.Context, out io.Writer, kubeconfig string) error {
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &kubeconfig
	r, err := cluster.New(flags, cluster.Options{})
	if err != nil {
		return err
	}
	inv, err := r.Inventory(ctx, cluster.Scope{})
	if err != nil {
		return err
	}
	s := survey.Of(inv)
	for _, gap := range inv.Gaps {
		if gap.Unread {
			return fmt.Errorf("reading the cluster: %s", gap.Reason)
		}
	}
	pods := 0
	for _, g := range inv.Pods {
		pods += g.Count
	}
	fmt.Fprintf(out, "%d nodes, %d pools, %d workloads, %d pods in %d groups, %d placements\n",
		len(inv.Nodes), len(inv.Pools), len(inv.Workloads), pods, len(inv.Pods), len(s.Placements))
	return nil
}
