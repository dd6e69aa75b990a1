// Package story_test tells the whole story on a real control plane, with the programs that a user has: a chart lands wrong, audit
// says so, patch writes the values, and the upgrade moves every pod to where it can run.
package story_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/script"
	"github.com/winready/kubectl-winready/test/helmcli"
)

func TestMain(m *testing.M) { script.Main(m) }

func TestStory(t *testing.T) {
	t.Parallel()
	shop, err := filepath.Abs("../../../charts/mixed-shop")
	if err != nil {
		t.Fatal(err)
	}
	script.RunEach(t, nodes(), script.Params{
		Programs: []string{helmcli.Build(t)},
		Env:      map[string]string{"SHOP": shop},
		Cmds:     map[string]func(*testscript.TestScript, bool, []string){"eventually": eventually, "runs-on": runsOn},
	})
}

// nodes are those of an RKE2 cluster, which taints none of them, with a Windows pool of each of two builds.
func nodes() []*corev1.Node {
	return []*corev1.Node{
		controlplane.ControlPlane("server-1"),
		controlplane.Linux("linux-1"),
		controlplane.Windows("win2019-1", "10.0.17763"),
		controlplane.Windows("win2022-1", "10.0.20348"),
		controlplane.Windows("win2022-2", "10.0.20348"),
	}
}

// patience is how long the controllers may take to do what was asked of them.
const patience = 2 * time.Minute

// eventually runs a command until it exits with a status: eventually 0 kubectl winready audit.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: eventually STATUS COMMAND ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	controlplane.Within(ts, patience, func() error {
		if got := script.Status(ts, args[1:]...); got != want {
			return fmt.Errorf("exit status %d, want %d", got, want)
		}
		return nil
	})
}

// runsOn says that all pods of a component run, and on nodes whose names start with a word: runs-on storefront win2022.
func runsOn(ts *testscript.TestScript, neg bool, args []string) {
	var list corev1.PodList
	ts.Check(ts.Exec("kubectl", "get", "pods", "--selector", "app.kubernetes.io/component="+args[0], "--output", "json"))
	ts.Check(json.NewDecoder(bytes.NewBufferString(ts.ReadFile("stdout"))).Decode(&list))
	if neg || len(list.Items) == 0 {
		ts.Fatalf("there are no pods of %s", args[0])
	}
	for _, p := range list.Items {
		if problem := misplaced(p, args[1:]); problem != "" && p.DeletionTimestamp == nil {
			ts.Fatalf("%s %s", p.Name, problem)
		}
	}
}

func misplaced(p corev1.Pod, words []string) string {
	if p.Status.Phase != corev1.PodRunning {
		return fmt.Sprintf("is %s on %s", p.Status.Phase, p.Spec.NodeName)
	}
	for _, word := range words {
		if strings.HasPrefix(p.Spec.NodeName, word) {
			return ""
		}
	}
	return "runs on " + p.Spec.NodeName
}
