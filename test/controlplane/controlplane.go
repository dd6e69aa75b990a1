// Package controlplane starts a real Kubernetes control plane for tests: etcd, the API server, the scheduler, the controllers
// and, for nodes, KWOK. What is scheduled where, who may read what and what admission says is thus not written down but asked.
// It must not know the product, so that the two cannot share a mistake.
package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Options say how a control plane differs from Kubernetes v1.37.2 with its defaults, which the zero value is.
type Options struct {
	// ServerVersion is what /version claims, "v1.30.4+rke2r1". Nothing else changes with it.
	ServerVersion string
	// Nodes are there and ready when the control plane is. Of what OS a node is, its pods find out: see Linux and Windows.
	// A kubelet of no version gets the server's.
	Nodes []*corev1.Node
	// FeatureGates are those of the API server, the scheduler and the controllers.
	FeatureGates map[string]bool
	// RuntimeConfig turns API versions on and off: "resource.k8s.io/v1beta1": true.
	RuntimeConfig map[string]bool
	// Admission turns plugins on and off by name.
	Admission map[string]bool
	// PodSecurity is the level enforced in namespaces whose labels do not say: "baseline" or "restricted"; none when empty.
	PodSecurity string
}

// Plane is a running control plane. All that it has, its folder too, is gone when it is stopped or, unless it is in the
// background, when the process that started it ends, in whatever way.
type Plane struct {
	// Folder holds the logs of what runs, and nothing that outlives it.
	Folder string
	// Kubeconfig is the path of an administrator's.
	Kubeconfig string
	// Config is the same for client-go, without its limit on requests.
	Config *rest.Config
	// Path is a folder with kubectl alone, for PATH.
	Path string

	client     kubernetes.Interface
	supervisor *supervisor
}

// Start starts a control plane that ends with the test.
func Start(tb testing.TB, o Options) *Plane {
	tb.Helper()
	p, err := New(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return p
}

// New starts a control plane for who has no test, such as TestMain; Stop ends it. It returns when pods can be made and run.
func New(ctx context.Context, o Options) (*Plane, error) {
	return retry(ctx, func(ctx context.Context, bin string) (*Plane, error) {
		folder, err := os.MkdirTemp("", "controlplane-")
		if err != nil {
			return nil, err
		}
		in, commands, err := os.Pipe()
		if err != nil {
			return nil, errors.Join(err, os.Remove(folder))
		}
		defer in.Close()
		return start(ctx, bin, folder, in, commands, o)
	})
}

// Stop ends the control plane and returns when nothing is left of it. The error says why it had ended before it was told to.
func (p *Plane) Stop() error {
	return errors.Join(p.supervisor.stop(), os.RemoveAll(p.Folder))
}

// retry makes attempts to start one: a port that was free may be taken before the server has it.
func retry(ctx context.Context, attempt func(context.Context, string) (*Plane, error)) (*Plane, error) {
	bin, err := Build(ctx, os.Stderr) //nolint:forbidigo // some minutes of saying nothing look like a hang
	if err != nil {
		return nil, err
	}
	for range 5 {
		var p *Plane
		if p, err = attempt(ctx, bin); err == nil || !strings.Contains(err.Error(), "address already in use") {
			return p, err
		}
	}
	return nil, err
}

// start starts one in a folder, with a supervisor that takes its commands from in.
func start(ctx context.Context, bin, folder string, in *os.File, commands io.WriteCloser, o Options) (*Plane, error) {
	supervisor, err := newSupervisor(bin, folder, o.ServerVersion, in, commands)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	p := &Plane{Folder: folder, Kubeconfig: filepath.Join(folder, "kubeconfig"), Path: filepath.Join(folder, "bin"), supervisor: supervisor}
	if err := p.boot(ctx, bin, o); err != nil {
		_ = p.Stop() // which has nothing to add
		return nil, err
	}
	return p, nil
}

// boot writes what the commands need, and starts each when what it needs is there.
func (p *Plane) boot(ctx context.Context, bin string, o Options) error {
	if err := os.Mkdir(p.Path, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(bin, filepath.Join(p.Path, "kubectl")); err != nil {
		return err
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	if err := p.credentials(port); err != nil {
		return err
	}
	apiserver, err := apiserverFlags(p.Folder, port, o)
	if err != nil {
		return err
	}
	if err := p.supervisor.run(etcdFlags(), apiserver); err != nil {
		return err
	}
	if err := p.until(ctx, p.serves); err != nil {
		return err
	}
	if err := p.supervisor.run(controllerFlags(o), schedulerFlags(o), kubeletFlags()); err != nil {
		return err
	}
	if err := p.createNodes(ctx, o.Nodes); err != nil {
		return err
	}
	return p.until(ctx, p.ready(len(o.Nodes)))
}

// until waits for something to hold, or for something to have ended that should not.
func (p *Plane) until(ctx context.Context, holds func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("waited for a minute"))
	defer cancel()
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	go func() {
		select {
		case <-p.supervisor.ended:
			giveUp(p.supervisor.err) // at once: who else has its port may never answer
		case <-ctx.Done():
		}
	}()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		why := holds(ctx)
		if why == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), why)
		case <-tick.C:
		}
	}
}
