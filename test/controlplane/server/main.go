// Command server is a Kubernetes control plane in one binary: etcd, the API server, the scheduler, the controllers, kubelets
// that pretend and kubectl, each from the module its makers publish. Nothing here is for production: it exists so that tests
// ask the real thing.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	_ "time/tzdata" // for the time zones of CronJobs, as the real commands have

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register" // --logging-format=json, as the real commands have
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// main is the command that the binary is called as, through a link, or else the one that its first argument names.
func main() {
	commands := []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelets", "supervise"}
	if !slices.Contains(commands, filepath.Base(os.Args[0])) {
		os.Args = os.Args[1:] // each command takes the process for its own
	}
	if len(os.Args) == 0 || !slices.Contains(commands, filepath.Base(os.Args[0])) {
		fmt.Fprintf(os.Stderr, "want one of %q\n", commands)
		os.Exit(2)
	}
	os.Exit(run(filepath.Base(os.Args[0])))
}

func run(command string) int {
	switch command {
	case "etcd":
		etcdmain.Main(os.Args)
		return 0
	case "kube-apiserver":
		claimVersion(os.Getenv(claimVariable))
		return cli.Run(apiserver.NewAPIServerCommand())
	case "kube-controller-manager":
		return cli.Run(controllers.NewControllerManagerCommand())
	case "kube-scheduler":
		return cli.Run(scheduler.NewSchedulerCommand())
	case "kubectl":
		// As cmd/kubectl/kubectl.go of k8s.io/kubernetes does it.
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err)
		}
		return 0
	case "kubelets":
		return status(pretend(context.Background(), os.Args[1:]))
	default:
		return status(supervise(os.Stdin, os.Args[1:]))
	}
}

func status(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
