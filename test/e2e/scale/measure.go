package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"
)

// command is something that is measured.
type command struct {
	name string
	args []string
}

// cost is what a process has used: the least of several runs of each.
type cost struct {
	wall, cpu time.Duration
	memory    int64 // the most that was resident, in bytes
	written   int64
}

// measureAll measures every command and prints a table.
func measureAll(ctx context.Context, out, errOut io.Writer, o options) error {
	folder, err := os.MkdirTemp("", "scale-product-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	bin, missing := o.product, error(nil)
	if bin == "" {
		bin, missing = product(ctx, folder)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	commands := []command{
		{"bytes of the pages alone", []string{self, "-role", "bytes", "-kubeconfig", o.kubeconfig}},
		{"paged protobuf LIST", []string{self, "-role", "list", "-kubeconfig", o.kubeconfig}},
		{"the product's inventory alone", []string{self, "-role", "inventory", "-kubeconfig", o.kubeconfig}},
		{"winready audit -A -o json", []string{bin, "audit", "-A", "-o", "json", "--kubeconfig", o.kubeconfig}},
		{"winready audit -A", []string{bin, "audit", "-A", "--kubeconfig", o.kubeconfig}},
		{"kubectl get pods -A", []string{"kubectl", "get", "pods", "-A", "--kubeconfig", o.kubeconfig}},
		{"kubectl get pods -A -o json", []string{"kubectl", "get", "pods", "-A", "-o", "json", "--kubeconfig", o.kubeconfig}},
	}
	if missing != nil {
		fmt.Fprintln(errOut, missing)
		commands = slices.DeleteFunc(commands, func(c command) bool { return c.args[0] == bin })
	}
	if !o.kubectl {
		commands = slices.DeleteFunc(commands, func(c command) bool { return c.args[0] == "kubectl" })
	}
	costs := make([]cost, len(commands))
	for round := range o.runs {
		for i, c := range commands {
			if round > 1 && c.args[0] == "kubectl" {
				continue // a comparison, and slow
			}
			fmt.Fprintf(errOut, "\r\x1b[Kround %d of %d: %s ", round+1, o.runs, c.name)
			spent, err := measure(ctx, folder, c)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			costs[i] = costs[i].least(spent)
		}
	}
	fmt.Fprint(errOut, "\r\x1b[K")
	return table(out, o, commands, costs)
}

// measure runs a command once. A status of 1 is an answer of audit's: there are findings.
func measure(ctx context.Context, folder string, c command) (cost, error) {
	run := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	var said bytes.Buffer
	var written counter
	run.Stdout, run.Stderr = &written, &said
	run.Env = append(run.Environ(), "KUBECACHEDIR="+filepath.Join(folder, "cache"))
	start := time.Now()
	err := run.Run()
	spent := cost{wall: time.Since(start), written: int64(written)}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1 || c.args[1] != "audit") {
		return cost{}, fmt.Errorf("%w: %s", err, said.String())
	}
	usage, ok := run.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return cost{}, errors.New("this system does not tell what a process has used")
	}
	spent.cpu = run.ProcessState.UserTime() + run.ProcessState.SystemTime()
	spent.memory = usage.Maxrss * 1024
	return spent, nil
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func (c cost) least(other cost) cost {
	if c.wall == 0 {
		return other
	}
	return cost{min(c.wall, other.wall), min(c.cpu, other.cpu), min(c.memory, other.memory), other.written}
}

// table shows the costs, and how they compare to those of the bare list.
func table(out io.Writer, o options, commands []command, costs []cost) error {
	fmt.Fprintf(out, "%d nodes, %d pods, least of %d runs\n\n", o.nodes, o.pods, o.runs)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "command\tseconds\tto LIST\tCPU seconds\tMB resident\tMB written\t")
	list := costs[1]
	for i, c := range commands {
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t%.0f\t%.1f\t\n", c.name, costs[i].wall.Seconds(),
			costs[i].wall.Seconds()/list.wall.Seconds(), costs[i].cpu.Seconds(), float64(costs[i].memory)/1e6, float64(costs[i].written)/1e6)
	}
	return w.Flush()
}
