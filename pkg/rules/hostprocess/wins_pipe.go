package hostprocess

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var winsPipe = &rule.Rule{
	ID: "WR212", Name: "wins-pipe", Category: rule.HostProcess, Severity: finding.Warning,
	Title: "A pod has rancher/wins run something on the node for it",
	Rationale: "Through the pipe \\\\.\\pipe\\rancher_wins an ordinary Windows pod had the service rancher-wins start processes on the node. Kubernetes " +
		"has HostProcess pods for that since 1.23, with RKE2 since 1.24.1, without a service that anybody who mounts the pipe may " +
		"command. Rancher's own agent upgrade is a HostProcess pod today. Where rancher-wins does not run, or its configuration " +
		"does not list the program, the pod does not get what it asks for.",
	Remedy: "Use a version of the chart that uses HostProcess. In a pod of your own remove the volume and the mount, set hostNetwork: true and, in " +
		"securityContext.windowsOptions of the pod, hostProcess: true and runAsUserName: NT AUTHORITY\\SYSTEM, start the program itself " +
		"instead of wins.exe cli prc run, and install it to a namespace whose Pod Security is privileged.",
	Since: "v0.1.0",
	References: []string{
		"https://github.com/rancher/wins", "https://github.com/rancher/windows/issues/69", "https://github.com/rancher/charts/pull/3532",
		"https://github.com/rancher/rancher/blob/59bd052/pkg/controllers/capr/managesystemagent/managesystemagent.go", docs,
	},
	Needs: []inventory.Kind{inventory.Workloads},
	Check: func(p *rule.Pass) {
		reportPipes(p, func(path string) bool { return sameSpelled(path, platform.WinsPipe) }, "has rancher-wins run processes on the node")
	},
}

// reportPipes reports the volumes that are one of some pipes, of pods that are no HostProcess pods: those cannot mount them at all, and
// another rule says so.
func reportPipes(p *rule.Pass, is func(path string) bool, what string) {
	workloads := p.Workloads()
	for i := range workloads {
		w := &workloads[i]
		if hostprocess.Wanted(&w.Spec) {
			continue
		}
		for _, v := range pipes(&w.Spec) {
			if is(v.path) {
				p.Reportf(rule.On(w, v.at...), "volume %s: %s", v.path, what)
			}
		}
	}
}

// sameSpelled tells whether a path begins like a pipe's, as Windows compares them.
func sameSpelled(path, prefix string) bool {
	return strings.HasPrefix(strings.ToLower(strings.ReplaceAll(path, "/", `\`)), prefix)
}
