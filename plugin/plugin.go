// Package plugin is the command line: cobra's tree, flags, the wiring of the packages below it and the exit statuses.
// It must not decide anything about charts or pods, and only cmd may end the process.
package plugin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
)

// The exit statuses, the same for every command.
const (
	exitDone       = 0
	exitFindings   = 1
	exitUsage      = 2
	exitIncomplete = 3
)

// interruptGrace is what a run gets after Ctrl-C to finish replacing a file. A render in progress cannot be stopped, only left.
const interruptGrace = 200 * time.Millisecond

// Main runs the command line args, of which the first is the program's own name, and returns the exit status.
// It returns soon after ctx is done, even when a template still runs; the caller must end the process then. Only what has
// begun and has to be wound up is waited for: an upgrade, a probe.
func Main(ctx context.Context, streams Streams, args []string) int {
	deps := Deps{Streams: streams, Env: os.Getenv, Name: programName(args[0], os.Getenv), winding: new(atomic.Bool)}
	done := make(chan error, 1)
	go func() { done <- run(ctx, deps, commandLine(args)) }()
	select {
	case err := <-done:
		return exitStatus(deps, err)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return exitStatus(deps, err)
	case <-time.After(interruptGrace):
	}
	if deps.winding.Load() {
		fmt.Fprintln(streams.ErrOut, "interrupted: winding up")
		return exitStatus(deps, <-done)
	}
	return exitStatus(deps, ctx.Err())
}

// run executes one command line. A panic is a bug of ours, and must not look like wrong usage: the Go runtime exits with 2.
func run(ctx context.Context, deps Deps, args []string) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("a bug in %s: %v\n%s", deps.Name, bug, debug.Stack())
		}
	}()
	root := newRootCmd(deps) //nolint:contextcheck // commands get their context when they run
	root.SetArgs(args)
	err = root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// programName is what help calls the program: "kubectl winready" when kubectl runs it, "kubectl-winready" when a person does, and
// "helm winready" when Helm says so.
//
// kubectl says nothing to a plugin, but it looks it up on PATH and executes it by its full path
// (DefaultPluginHandler.Execute: argv[0] is the path found), and `rancher kubectl` runs kubectl. A shell passes the word
// that was typed, which is seldom a full path; when it is one, bash, zsh and ksh also put it in the variable "_",
// which holds kubectl's path when kubectl was typed.
func programName(arg0 string, env func(string) string) string {
	if env("HELM_PLUGIN_NAME") == helmPlugin {
		return "helm winready"
	}
	if filepath.IsAbs(arg0) && env("_") != arg0 {
		return "kubectl winready"
	}
	return "kubectl-winready"
}

// commandLine is the words after the program's name. kubectl completes the words of a plugin by running kubectl_complete-PLUGIN
// with them: a link of that name to this program answers, in the protocol that cobra and kubectl share.
func commandLine(args []string) []string {
	if strings.HasPrefix(filepath.Base(args[0]), "kubectl_complete-") {
		return append([]string{cobra.ShellCompRequestCmd}, args[1:]...)
	}
	return args[1:]
}

func newRootCmd(deps Deps) *cobra.Command {
	root := &cobra.Command{
		Use:         "kubectl-winready",
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: deps.Name},
		Short:       "Put every workload on the right operating system",
		Long: `Put every workload on the right operating system.

In a cluster with Windows and Linux nodes a pod that names no operating system may land on the wrong one. winready finds
such pods in charts, manifests and clusters, and mends charts: it renders a chart as Helm does, finds by experiment
which of its values steer which pods, and writes the smallest values file that places them, shown to work by
rendering once more.

Exit status: 0 done, 1 done but something is not as wanted, 2 wrong usage, 3 it could not be done.`,
		Args:                       rootArgs,
		PersistentPreRunE:          func(cmd *cobra.Command, _ []string) error { return fromHelm(cmd, deps) },
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetIn(deps.In)
	root.SetOut(deps.Out)
	root.SetErr(deps.ErrOut)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, err.Error()) })
	root.SetUsageFunc(usageFunc(deps))
	root.AddCommand(newInspectCmd(deps), newPatchCmd(deps), newPostRenderCmd(deps), newPolicyCmd(deps), newLintCmd(deps), newAuditCmd(deps), newPoolsCmd(deps), newImagesCmd(deps), newHostProcessCmd(deps), newPreflightCmd(deps), newRancherCmd(deps), newAzureFileCmd(deps), newRulesCmd(deps), newVersionCmd(deps), newCompletionCmd(deps))
	name(root, deps.Name)
	return root
}

// rootArgs reports an unknown command. cobra's own check does not go through a usage error.
func rootArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := usage(cmd, fmt.Sprintf("unknown command %q", args[0]))
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		err.hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	return err
}

// name puts the program's name into the texts of cmd and of the commands below it, which all say "kubectl winready".
func name(cmd *cobra.Command, program string) {
	for _, text := range []*string{&cmd.Long, &cmd.Example} {
		*text = strings.ReplaceAll(*text, "kubectl winready", program)
	}
	for _, child := range cmd.Commands() {
		name(child, program)
	}
}
