package controlplane_test

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// TestStopLeavesNothing ends control planes in each way there is, and looks for their processes and folders.
func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, signal, process, err string }{
		{"stopped", "", "", ""},
		{"terminated", "TERM", "supervise", ""},
		{"supervisor killed", "KILL", "supervise", "the control plane ended: signal: killed"},
		{"server killed", "KILL", "etcd", "etcd ended: signal: killed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := controlplane.New(t.Context(), controlplane.Options{})
			if err != nil {
				t.Fatal(err)
			}
			all := processes(t, p.Folder)
			if test.signal != "" {
				signal(t, test.signal, all[test.process])
				gone(t, "", all)
			}
			text := ""
			if err := p.Stop(); err != nil {
				text = err.Error()
			}
			if (text == "") != (test.err == "") || !strings.Contains(text, test.err) {
				t.Errorf("got error %q, want %q", text, test.err)
			}
			gone(t, p.Folder, all)
		})
	}
}

// TestKilledTestLeavesNothing kills a test, which then has no chance to clear up.
func TestKilledTestLeavesNothing(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env, c.Stderr = append(c.Environ(), beKilled+"=yes"), t.Output()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("it said nothing")
	}
	folder := lines.Text()
	all := processes(t, folder)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, folder, all)
	if err := c.Wait(); err == nil {
		t.Error("want the error that it was killed")
	}
}

func TestBackground(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "plane")
	is := func(want bool) {
		t.Helper()
		if got, err := controlplane.InBackground(folder); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	is(false)
	starter(t, folder)
	is(true)
	if _, err := controlplane.Background(t.Context(), folder, controlplane.Options{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want that it is there", err)
	}
	all := processes(t, folder)
	if err := controlplane.StopBackground(folder); err != nil {
		t.Error(err)
	}
	gone(t, folder, all)
	is(false)
}

// TestBackgroundAfterItWasKilled is what a machine that was switched off leaves: a folder and no processes.
func TestBackgroundAfterItWasKilled(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "plane")
	starter(t, folder)
	all := processes(t, folder)
	signal(t, "KILL", all["supervise"])
	delete(all, "supervise")
	for running, err := controlplane.InBackground(folder); running; running, err = controlplane.InBackground(folder) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := controlplane.StopBackground(folder); err != nil {
		t.Error(err)
	}
	gone(t, folder, all)
}

// starter starts a control plane in the background by a process that has ended when it returns.
func starter(t *testing.T, folder string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(c.Environ(), beStarter+"="+folder)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() {
		if err := controlplane.StopBackground(folder); err != nil {
			t.Error(err)
		}
	})
}

// processes are those of the control plane in a folder, by command; that they are all of them is seen to.
func processes(t *testing.T, folder string) map[string]string {
	t.Helper()
	all, supervisor := map[string]string{}, ""
	for _, p := range running(t) {
		if slices.Equal(p[3:], []string{"supervise", folder}) {
			supervisor = p[0]
			all["supervise"] = p[0]
		}
	}
	var got []string
	for _, p := range running(t) {
		if p[1] == supervisor {
			all[p[3]] = p[0]
			got = append(got, p[3])
		}
	}
	slices.Sort(got)
	if d := cmp.Diff(got, []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelets"}); d != "" {
		t.Fatal(d)
	}
	return all
}

// running are all processes but those that have ended and that nobody asked about yet: process, parent, command and arguments.
func running(t *testing.T) [][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-ww", "-eo", "stat=,pid=,ppid=,args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(out)) {
		if p := strings.Fields(line); len(p) > 4 && !strings.HasPrefix(p[0], "Z") {
			all = append(all, p[1:])
		}
	}
	return all
}

func signal(t *testing.T, name, pid string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "kill", "-"+name, pid).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// gone waits until a folder and the processes that ran there are.
func gone(t *testing.T, folder string, all map[string]string) {
	t.Helper()
	var left []string
	for range 100 {
		left = nil
		for _, p := range running(t) {
			if p[0] == all[p[3]] {
				left = append(left, strings.Join(p, " "))
			}
		}
		if _, err := os.Stat(folder); err == nil {
			left = append(left, folder)
		}
		if left == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("still there after ten seconds: %q", left)
}
