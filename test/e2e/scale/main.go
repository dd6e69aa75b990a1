// Command scale fills a real API server with nodes and pods and measures what it costs to read them: with the product, with the
// least that a client can do, and with kubectl. Each is a process of its own. It must not be told what to measure in the product:
// only its command line is used.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"time"

	"github.com/winready/kubectl-winready/test/controlplane"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // this is a main
	err := run(ctx, os.Stdout, os.Stderr, os.Args[1:])                    //nolint:forbidigo // this is a main
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "scale: %v\n", err) //nolint:forbidigo // this is a main
		os.Exit(1)                                 //nolint:forbidigo // this is a main
	}
}

// options are the flags. Role is for the processes that the command starts of itself.
type options struct {
	size
	runs       int
	hold       bool
	kubectl    bool
	kubeconfig string
	server     string
	product    string
	role       string
}

func run(ctx context.Context, out, errOut io.Writer, args []string) error {
	var o options
	f := flag.NewFlagSet("scale", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.IntVar(&o.nodes, "nodes", 1000, "how many nodes there are")
	f.IntVar(&o.pods, "pods", 20000, "how many pods there are")
	f.IntVar(&o.workloads, "workloads", 0, "how many Deployments there are; 0 is one for ten pods")
	f.IntVar(&o.runs, "n", 5, "how often each is measured; the fastest counts")
	f.BoolVar(&o.kubectl, "kubectl", true, "measure kubectl, too, which needs a gigabyte of memory for 3,000 pods")
	f.BoolVar(&o.hold, "hold", false, "leave the API server running until interrupted")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "measure this cluster as it is, instead of one that is made")
	f.StringVar(&o.server, "server", "", "binary of the control plane, instead of one that is built")
	f.StringVar(&o.product, "product", "", "binary of the product, instead of one that is built")
	f.StringVar(&o.role, "role", "", "what this process does: fill, list, bytes or inventory")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch o.role {
	case "fill":
		return fill(ctx, o.kubeconfig, o.size)
	case "list":
		return listTyped(ctx, out, o.kubeconfig)
	case "bytes":
		return listBytes(ctx, out, o.kubeconfig)
	case "inventory":
		return readInventory(ctx, out, o.kubeconfig)
	}
	if o.kubeconfig != "" {
		return measureAll(ctx, out, errOut, o)
	}
	return onPlane(ctx, out, errOut, o)
}

// onPlane measures over a cluster that is made for it. Another process fills it: what this one has used at most would count as the
// memory of those it starts.
func onPlane(ctx context.Context, out, errOut io.Writer, o options) (err error) {
	if o.server == "" {
		if o.server, err = controlplane.Build(ctx, errOut); err != nil {
			return err
		}
	}
	p, err := startPlane(ctx, o.server, errOut)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	o.kubeconfig = p.kubeconfig
	start := time.Now()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	filling := exec.CommandContext(ctx, self, "-role", "fill", "-kubeconfig", p.kubeconfig,
		"-nodes", strconv.Itoa(o.nodes), "-pods", strconv.Itoa(o.pods), "-workloads", strconv.Itoa(o.workloads))
	filling.Stdout, filling.Stderr = errOut, errOut
	if err := filling.Run(); err != nil {
		return fmt.Errorf("filling the cluster: %w", err)
	}
	fmt.Fprintf(errOut, "filled in %s; KUBECONFIG=%s\n", time.Since(start).Round(time.Second), p.kubeconfig)
	if err := measureAll(ctx, out, errOut, o); err != nil || !o.hold {
		return err
	}
	<-ctx.Done()
	return nil
}

// product builds the command that is measured.
func product(ctx context.Context, folder string) (string, error) {
	path := filepath.Join(folder, "kubectl-winready")
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "github.com/winready/kubectl-winready/cmd/kubectl-winready")
	if text, err := build.CombinedOutput(); err != nil {
		return path, fmt.Errorf("building the product: %w: %s", err, text)
	}
	return path, nil
}
