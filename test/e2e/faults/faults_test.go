package faults_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/test/controlplane"
)

// pageSize makes every kind of the cluster a list of several pages.
const pageSize = 3

// read reads the cluster through a proxy.
func read(ctx context.Context, t *testing.T, p *proxy, timeout string) (*inventory.Inventory, error) {
	t.Helper()
	r, err := cluster.New(p.getter(t, timeout), cluster.Options{PageSize: pageSize})
	if err != nil {
		t.Fatal(err)
	}
	return r.Inventory(ctx, cluster.Scope{})
}

// whole is the inventory without any faults.
func whole(t *testing.T) *inventory.Inventory {
	t.Helper()
	inv, err := read(t.Context(), t, newProxy(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := unread(inv); len(got) > 0 || len(inv.Workloads) != 9 {
		t.Fatalf("without faults: gaps %v, %d workloads", got, len(inv.Workloads))
	}
	return inv
}

// unread are the reasons of all parts that could not be read.
func unread(inv *inventory.Inventory) map[inventory.Kind]string {
	out := map[inventory.Kind]string{}
	for kind, gap := range inv.Gaps {
		if gap.Unread {
			out[kind] = gap.Reason
		}
	}
	return out
}

// nothingRuns tells that no goroutine of the reader is left.
func nothingRuns(t *testing.T) {
	t.Helper()
	controlplane.Within(t, 2*time.Second, func() error {
		var left []string
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		for stack := range strings.SplitSeq(string(stacks), "\n\n") {
			if strings.Contains(stack, "winready/pkg/cluster.") {
				left = append(left, stack)
			}
		}
		if len(left) > 0 {
			return fmt.Errorf("still running:\n%s", strings.Join(left, "\n\n"))
		}
		return nil
	})
}

func TestWhatPasses(t *testing.T) {
	want := whole(t)
	reset := func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	expired := status(http.StatusGone, "Expired", "The provided continue parameter is too old")
	broken := status(http.StatusInternalServerError, "InternalError", "etcdserver: leader changed")
	for name, faults := range map[string]func(p *proxy) map[string]fault{
		"the server is busy for a moment":    func(*proxy) map[string]fault { return map[string]fault{"pods": times(2, busy(1))} },
		"it is busy in the middle of a list": func(*proxy) map[string]fault { return map[string]fault{"pods": continued(times(1, busy(1)))} },
		"an error, once": func(*proxy) map[string]fault {
			return map[string]fault{"deployments": times(1, broken), "nodes": times(1, broken)}
		},
		"an error while it greets": func(*proxy) map[string]fault { return map[string]fault{"version": times(1, broken)} },
		"every first request breaks off": func(*proxy) map[string]fault {
			return map[string]fault{"pods": times(1, reset), "apis": times(1, reset), "nodes": times(1, reset)}
		},
		"an answer breaks off on the first page": func(p *proxy) map[string]fault { return map[string]fault{"pods": times(1, p.cut(0.7))} },
		"an answer breaks off on a further page": func(p *proxy) map[string]fault { return map[string]fault{"pods": continued(times(1, p.cut(0.7)))} },
		"two answers in a row break off":         func(p *proxy) map[string]fault { return map[string]fault{"pods": continued(times(2, p.cut(0.4)))} },
		"an answer breaks off before its end":    func(p *proxy) map[string]fault { return map[string]fault{"replicasets": times(1, p.cut(0.999))} },
		"one in JSON breaks off": func(p *proxy) map[string]fault {
			return map[string]fault{"rollouts": times(1, p.cut(0.9)), "apis": times(1, p.cut(0.5))}
		},
		"a list expires": func(*proxy) map[string]fault { return map[string]fault{"pods": continued(times(1, expired))} },
		"it expires twice": func(*proxy) map[string]fault {
			return map[string]fault{"pods": continued(times(2, expired)), "deployments": continued(times(1, expired))}
		},
		"a page for browsers comes, once": func(*proxy) map[string]fault { return map[string]fault{"nodes": times(1, page())} },
		"an object does not decode, once": func(*proxy) map[string]fault {
			return map[string]fault{"pods": continued(times(1, answer("application/json", `{"kind": "PodList", "items": [{"metadata": {"name": 5}}]}`)))}
		},
		"the server has no protobuf":             func(*proxy) map[string]fault { return map[string]fault{"*": accept("application/json")} },
		"it does not tell of all groups at once": func(*proxy) map[string]fault { return map[string]fault{"apis": accept("application/json")} },
		"the events are slow":                    func(*proxy) map[string]fault { return map[string]fault{"events": slow(300 * time.Millisecond)} },
		"the nodes come after the pods":          func(*proxy) map[string]fault { return map[string]fault{"nodes": slow(time.Second)} },
		"the workloads come after everything": func(*proxy) map[string]fault {
			return map[string]fault{"deployments": slow(time.Second), "replicasets": slow(time.Second)}
		},
	} {
		for _, http2 := range []bool{true, false} {
			if !http2 && !strings.Contains(name, "break") {
				continue // the protocols only differ in how a connection breaks
			}
			t.Run(fmt.Sprintf("%s, HTTP/2 %t", name, http2), func(t *testing.T) {
				p := startProxy(t, http2)
				p.faults = faults(p)
				got, err := read(t.Context(), t, p, "")
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(got, want); diff != "" {
					t.Errorf("got -, want +:\n%s", diff)
				}
				nothingRuns(t)
			})
		}
	}
}

func TestWhatDoesNotPassIsAGap(t *testing.T) {
	want := whole(t)
	reset := func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	const later = `the server is busy and did not answer for 30s`
	for name, tc := range map[string]struct {
		faults  func(p *proxy) map[string]fault
		timeout string
		gaps    map[inventory.Kind]string // regular expressions
	}{
		"an error for ever": {
			func(*proxy) map[string]fault {
				return map[string]fault{"nodes": status(http.StatusInternalServerError, "InternalError", "etcdserver: no leader")}
			}, "",
			map[inventory.Kind]string{inventory.Nodes: `^listing nodes: etcdserver: no leader$`, inventory.Pools: `^listing nodes: etcdserver: no leader$`},
		},
		"unavailable for ever": {
			func(*proxy) map[string]fault {
				return map[string]fault{"events": status(http.StatusServiceUnavailable, "ServiceUnavailable", "apiserver is shutting down")}
			}, "",
			map[inventory.Kind]string{
				inventory.Events: `^listing events: apiserver is shutting down$`, inventory.Refusals: `^listing events: apiserver is shutting down$`,
			},
		},
		"the server wants to be left alone for an hour": {
			func(*proxy) map[string]fault { return map[string]fault{"pods": busy(3600)} }, "",
			map[inventory.Kind]string{inventory.Pods: `^listing pods: ` + later, inventory.Workloads: `^listing pods: ` + later},
		},
		"answers break off for ever": {
			func(p *proxy) map[string]fault { return map[string]fault{"pods": continued(p.cut(0.5))} }, "",
			map[inventory.Kind]string{inventory.Pods: `^listing pods: no whole answer, asked 3 times: stream error`, inventory.Workloads: `^listing pods: no whole`},
		},
		"no connection for some": {
			func(*proxy) map[string]fault { return map[string]fault{"cronjobs": reset, "daemonsets": reset} }, "",
			map[inventory.Kind]string{inventory.Workloads: `^listing daemonsets: no whole answer, asked 3 times: stream error.*; listing cronjobs: no whole answer`},
		},
		"a list expires for ever": {
			func(*proxy) map[string]fault {
				return map[string]fault{"pods": continued(status(http.StatusGone, "Expired", "too old"))}
			}, "",
			map[inventory.Kind]string{inventory.Pods: `^listing pods: the list expired before it was read, 3 times: too old$`, inventory.Workloads: `^listing pods: the list expired`},
		},
		"the server does not have a kind": {
			func(*proxy) map[string]fault {
				return map[string]fault{"runtimeclasses": status(http.StatusNotFound, "NotFound", "not found")}
			}, "",
			map[inventory.Kind]string{inventory.RuntimeClasses: `^listing runtimeclasses: the server does not have node.k8s.io/v1$`},
		},
		"it does not tell which custom kinds there are": {
			func(*proxy) map[string]fault {
				return map[string]fault{"apis": status(http.StatusForbidden, "Forbidden", "no")}
			}, "",
			map[inventory.Kind]string{inventory.Workloads: `^asking which custom resources there are: no$`},
		},
		"a page for browsers comes": {
			func(*proxy) map[string]fault { return map[string]fault{"nodes": page()} }, "",
			map[inventory.Kind]string{inventory.Nodes: `^listing nodes: no whole answer, asked 3 times: the answer is not a list of objects$`, inventory.Pools: `.`},
		},
		"its version is not told": {
			func(*proxy) map[string]fault {
				return map[string]fault{"version": status(http.StatusForbidden, "Forbidden", "no")}
			}, "",
			map[inventory.Kind]string{inventory.Server: `^reading the server's version: no$`},
		},
		"an answer takes too long": {
			func(*proxy) map[string]fault { return map[string]fault{"nodes": slow(time.Minute)} }, "700ms",
			map[inventory.Kind]string{
				inventory.Nodes: `^listing nodes: no whole answer within 700ms, which is the --request-timeout$`, inventory.Pools: `.`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProxy(t)
			p.faults = tc.faults(p)
			start := time.Now()
			got, err := read(t.Context(), t, p, tc.timeout)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
			for kind, reason := range unread(got) {
				if pattern, expected := tc.gaps[kind]; !expected || !regexp.MustCompile(pattern).MatchString(reason) {
					t.Errorf("%s: got the gap %q, want a match of %q", kind, reason, pattern)
				}
				delete(tc.gaps, kind)
			}
			for kind, pattern := range tc.gaps {
				t.Errorf("%s: got no gap, want %q", kind, pattern)
			}
			onlyLess(t, got, want)
			nothingRuns(t)
		})
	}
}

// onlyLess tells that what could not be read is missing, and that nothing else is there instead: nothing was counted twice.
func onlyLess(t *testing.T, got, want *inventory.Inventory) {
	t.Helper()
	count := func(inv *inventory.Inventory) int {
		n := 0
		for _, g := range inv.Pods {
			n += g.Count
		}
		return n
	}
	_, lacking := got.Gaps[inventory.Pods]
	switch have := count(got); {
	case lacking && have != 0, !lacking && have != count(want):
		t.Errorf("got %d pods, want %d, or none without access", have, count(want))
	}
	if len(got.Nodes) != 0 && len(got.Nodes) != len(want.Nodes) {
		t.Errorf("got %d nodes of %d", len(got.Nodes), len(want.Nodes))
	}
}

func TestWhatEndsTheRun(t *testing.T) {
	unauthorized := status(http.StatusUnauthorized, "Unauthorized", "Unauthorized")
	for name, tc := range map[string]struct {
		faults  map[string]fault
		timeout string
		want    string
	}{
		"no credentials":                        {map[string]fault{"*": unauthorized}, "", `^asking the API server of context test: it does not accept the credentials: Unauthorized$`},
		"credentials that expire in the middle": {map[string]fault{"pods": continued(unauthorized)}, "", `^asking the API server of context test: it does not accept the credentials: Unauthorized$`},
		"somebody else answers":                 {map[string]fault{"*": page()}, "", `^asking the API server of context test: `},
		"nobody answers in time":                {map[string]fault{"*": slow(time.Minute)}, "300ms", `^asking the API server of context test: no whole answer within 300ms, which is the --request-timeout$`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProxy(t)
			p.faults = tc.faults
			_, err := read(t.Context(), t, p, tc.timeout)
			if err == nil || !regexp.MustCompile(tc.want).MatchString(err.Error()) {
				t.Errorf("got %v, want a match of %s", err, tc.want)
			}
			if err != nil && (strings.Contains(err.Error(), plane.Config.BearerToken) || len(err.Error()) > 500) {
				t.Errorf("the error says too much: %v", err)
			}
			nothingRuns(t)
		})
	}
}

// TestCancel stops a run while the server does not answer, while it is to be asked again, and while it answers.
func TestCancel(t *testing.T) {
	for name, f := range map[string]fault{
		"while it does not answer": slow(time.Minute),
		"while waiting":            busy(20),
	} {
		for _, kind := range []string{"pods", "version", "rollouts", "apis", "nodes"} {
			t.Run(name+" for "+kind, func(t *testing.T) {
				p := newProxy(t)
				p.faults = map[string]fault{kind: f}
				ctx, cancel := context.WithCancel(t.Context())
				timer := time.AfterFunc(300*time.Millisecond, cancel)
				defer timer.Stop()
				start := time.Now()
				_, err := read(ctx, t, p, "")
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want %v", err, context.Canceled)
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("it took %s to stop", took)
				}
				nothingRuns(t)
			})
		}
	}
	t.Run("by a deadline", func(t *testing.T) {
		p := newProxy(t)
		p.faults = map[string]fault{"pods": slow(time.Minute)}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := read(ctx, t, p, "5s"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
		nothingRuns(t)
	})
}

// TestRequests counts what is asked of a server that has none of the custom kinds: every list once, page by page; of events two.
func TestRequests(t *testing.T) {
	p := newProxy(t)
	if _, err := read(t.Context(), t, p, ""); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/version": 1, "/apis": 1, "/api": 0, "/api/v1/pods": 1, "/api/v1/pods continued": 6, "/api/v1/nodes": 1, "/api/v1/nodes continued": 1,
		"/apis/apps/v1/deployments": 1, "/apis/argoproj.io/v1alpha1/rollouts": 1, "/apis/argoproj.io/v1alpha1": 0, "/api/v1/events": 2, // about pods, and about what makes them
		"/apis/apps/v1/replicasets": 1, "/apis/node.k8s.io/v1/runtimeclasses": 1, "/api/v1/namespaces": 0,
	} {
		if got := p.requests(path); got != want {
			t.Errorf("got %d requests for %s, want %d", got, path, want)
		}
	}
}

// TestBusyServerIsAskedAgain counts how often, and that it is not asked for ever.
func TestBusyServerIsAskedAgain(t *testing.T) {
	p := newProxy(t)
	p.faults = map[string]fault{"nodes": status(http.StatusInternalServerError, "InternalError", "x"), "pods": busy(3600)}
	if _, err := read(t.Context(), t, p, ""); err != nil {
		t.Fatal(err)
	}
	if nodes, pods := p.requests("/api/v1/nodes"), p.requests("/api/v1/pods"); nodes != 3 || pods != 1 {
		t.Errorf("got %d requests for nodes and %d for pods, want 3 and 1", nodes, pods)
	}
}
