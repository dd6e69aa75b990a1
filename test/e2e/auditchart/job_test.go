package auditchart_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/script"
)

// nodes are one of each kind.
func nodes() []*corev1.Node {
	return []*corev1.Node{
		controlplane.Linux("linux-1"), controlplane.Windows("win2022-1", "10.0.20348"),
	}
}

// job does what the CronJob of a namespace does, and wants an exit status: job 0 winready. What it would write to /metrics is in the
// folder metrics.
func job(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := run(ts, args[1]); neg || got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// run runs the job's command as its ServiceAccount, and returns the exit status.
func run(ts *testscript.TestScript, namespace string) int {
	kubectl := func(args ...string) string {
		ts.Check(ts.Exec("kubectl", append(args, "--namespace", namespace)...))
		return ts.ReadFile("stdout")
	}
	const pod = ".items[0].spec.jobTemplate.spec.template.spec"
	account := kubectl("get", "cronjobs", "--output", "jsonpath={"+pod+".serviceAccountName}")
	token := strings.TrimSpace(kubectl("create", "token", account))
	var words []string
	ts.Check(json.Unmarshal([]byte(kubectl("get", "cronjobs", "--output", "jsonpath={"+pod+".containers[0].args}")), &words))
	for i := range words {
		words[i] = strings.Replace(words[i], "=/metrics/", "="+ts.MkAbs("metrics")+"/", 1)
	}
	admin := ts.Getenv("KUBECONFIG")
	config, err := clientcmd.LoadFromFile(admin)
	ts.Check(err)
	for _, user := range config.AuthInfos {
		*user = api.AuthInfo{Token: token}
	}
	ts.Check(clientcmd.WriteToFile(*config, ts.MkAbs("job.kubeconfig")))
	ts.Setenv("KUBECONFIG", ts.MkAbs("job.kubeconfig"))
	defer ts.Setenv("KUBECONFIG", admin)
	return script.Status(ts, append([]string{"kubectl-winready"}, words...)...)
}

// runsOn waits until the scheduler has bound the pod of a Job to a node: runs-on NODE NAMESPACE JOB.
func runsOn(ts *testscript.TestScript, neg bool, args []string) {
	got := ""
	controlplane.Within(ts, 30*time.Second, func() error {
		ts.Check(ts.Exec("kubectl", "get", "pods", "--namespace", args[1], "--selector", "job-name="+args[2], "--output", "jsonpath={.items[*].spec.nodeName}"))
		if got = strings.TrimSpace(ts.ReadFile("stdout")); got == "" {
			return fmt.Errorf("the pod of job %s runs nowhere", args[2])
		}
		return nil
	})
	if neg || got != args[0] {
		ts.Fatalf("the pod of job %s runs on %q, want %q", args[2], got, args[0])
	}
}

// needsEach takes the right to list from the ClusterRole, one resource after the other, and wants the job to say what it could not
// read: needs-each ROLE NAMESPACE RESOURCE...
func needsEach(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(ts.Exec("kubectl", "get", "clusterrole", args[0], "--output", "json"))
	whole := ts.ReadFile("stdout")
	for _, resource := range args[2:] {
		role := strings.Replace(whole, `"`+resource+`"`, `"nothing"`, 1)
		if role == whole || neg {
			ts.Fatalf("the role %s does not name %s", args[0], resource)
		}
		replace(ts, role)
		if status := run(ts, args[1]); status != 3 || !strings.Contains(ts.ReadFile("stderr"), resource) {
			ts.Fatalf("without the right to list %s: exit status %d, want 3 and a word about it; stderr:\n%s", resource, status, ts.ReadFile("stderr"))
		}
	}
	replace(ts, whole)
}

func replace(ts *testscript.TestScript, role string) {
	var o map[string]any
	ts.Check(json.Unmarshal([]byte(role), &o))
	if meta, ok := o["metadata"].(map[string]any); ok {
		delete(meta, "resourceVersion")
	}
	text, err := json.Marshal(o)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("role.json"), text, 0o600))
	ts.Check(ts.Exec("kubectl", "replace", "--filename", ts.MkAbs("role.json")))
}
