// Command sandbox runs a cluster of Linux and Windows nodes in the background, to try things on; "sandbox stop" ends it. With
// "sandbox builds" there is a node of every Windows build that is known, of which most are no longer supported.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/test/controlplane"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // this is a main
	err := run(ctx, os.Stdout, os.Args[1:])                               //nolint:forbidigo // this is a main
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // this is a main
		os.Exit(1)                   //nolint:forbidigo // this is a main
	}
}

// run starts the sandbox of the working directory, in bin, or stops it.
func run(ctx context.Context, w io.Writer, args []string) error {
	folder, err := filepath.Abs(filepath.Join("bin", "sandbox"))
	switch {
	case err != nil:
		return err
	case slices.Equal(args, []string{"stop"}):
		return controlplane.StopBackground(folder)
	case len(args) > 0 && !slices.Equal(args, []string{"builds"}):
		return fmt.Errorf("want nothing, builds or stop, got %q", args)
	}
	of := nodes()
	if len(args) > 0 {
		of = append(of, ofEveryBuild()...)
	}
	running, err := controlplane.InBackground(folder)
	if err != nil {
		return err
	}
	if running {
		fmt.Fprintln(w, "# It is running already.")
	} else if err := start(ctx, folder, of); err != nil {
		return err
	}
	return tour(w, folder, len(of))
}

// start starts it, over what one that was killed may have left.
func start(ctx context.Context, folder string, of []*corev1.Node) error {
	if err := controlplane.StopBackground(folder); err != nil {
		return err
	}
	_, err := controlplane.Background(ctx, folder, controlplane.Options{Nodes: of})
	return err
}

// nodes are those of an RKE2 cluster with a Windows pool of each build, which RKE2 gives no taints.
func nodes() []*corev1.Node {
	return []*corev1.Node{
		controlplane.ControlPlane("server-1"),
		controlplane.Linux("linux-1"),
		controlplane.Linux("linux-2"),
		controlplane.Windows("win2019-1", "10.0.17763"),
		controlplane.Windows("win2022-1", "10.0.20348"),
		controlplane.Windows("win2022-2", "10.0.20348"),
		controlplane.Windows("win2025-1", "10.0.26100"),
	}
}

// ofEveryBuild are the Windows nodes of builds that nodes has none of.
func ofEveryBuild() []*corev1.Node {
	have := map[string]bool{}
	for _, n := range nodes() {
		have[n.Labels[corev1.LabelWindowsBuild]] = true
	}
	var more []*corev1.Node
	for _, b := range platform.Builds() {
		if !have[string(b)] {
			more = append(more, controlplane.Windows("win"+strings.ToLower(b.Release())+"-1", string(b)))
		}
	}
	return more
}

// tour prints what to set and what to look at, as a shell could run it.
func tour(w io.Writer, folder string, nodes int) error {
	_, err := fmt.Fprintf(w, `# A control plane with %d nodes that pretend; the folder has its logs. Set these, so that kubectl finds it and winready:
export KUBECONFIG=%[2]s/kubeconfig
export PATH=%[2]s/bin:%[3]s:$PATH

# Which nodes are there, and which pools?
kubectl get nodes -L kubernetes.io/os,node.kubernetes.io/windows-build
kubectl winready pools

# A chart as it comes lands where the scheduler likes: look for ErrImagePull, the image of one system on a node of another.
helm install shop charts/mixed-shop --set migration.enabled=false
kubectl get pods -o wide
kubectl winready audit

# Which values place it, on these nodes and for the Windows build of its images? The same chart with them.
kubectl winready patch charts/mixed-shop --set migration.enabled=false --pools cluster --windows-build ltsc2022 > /tmp/placed.yaml
helm upgrade shop charts/mixed-shop --set migration.enabled=false -f /tmp/placed.yaml

# A StatefulSet does not replace a pod that never started. Without it, nothing is left to say.
kubectl delete pod -l app.kubernetes.io/component=worker
kubectl winready audit --fail-on warning

# The end of it:
make sandbox-stop
`, nodes, folder, filepath.Dir(folder))
	return err
}
