package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// plane is an API server over etcd, without controllers, scheduler and kubelets: they would make of what is filled in what they
// think right. It runs under the supervisor of test/controlplane.
type plane struct {
	kubeconfig string
	folder     string
	commands   io.WriteCloser
	supervisor *exec.Cmd
}

const token = "scale"

func startPlane(ctx context.Context, bin string, errOut io.Writer) (*plane, error) {
	folder, err := os.MkdirTemp("", "scale-")
	if err != nil {
		return nil, err
	}
	p := &plane{folder: folder, kubeconfig: filepath.Join(folder, "kubeconfig")}
	p.supervisor = exec.Command(bin, "supervise", folder) //nolint:noctx // a context would kill it, and it has to clear up
	p.supervisor.Stderr = errOut
	if p.commands, err = p.supervisor.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.supervisor.Start(); err != nil {
		return nil, err
	}
	if err := p.boot(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *plane) boot(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err = errors.Join(err, listener.Close()); err != nil {
		return err
	}
	key := exec.CommandContext(ctx, "openssl", "genrsa", "-out", filepath.Join(p.folder, "sa.key"), "2048")
	if text, err := key.CombinedOutput(); err != nil {
		return fmt.Errorf("making a key: %w: %s", err, text)
	}
	if err := os.WriteFile(filepath.Join(p.folder, "tokens.csv"), []byte(token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return err
	}
	if err := p.start(port); err != nil {
		return err
	}
	return p.ready(ctx, port)
}

func (p *plane) start(port string) error {
	const etcd, peer = "unix://etcd.sock", "unix://peer.sock"
	const quota = 16 << 30
	for _, command := range [][]string{
		{
			"etcd", "--data-dir=etcd", "--unsafe-no-fsync", "--log-level=warn", "--quota-backend-bytes=" + strconv.Itoa(quota),
			"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
			"--listen-client-urls=" + etcd, "--advertise-client-urls=" + etcd,
		},
		{
			"kube-apiserver", "--etcd-servers=" + etcd, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port=" + port,
			"--cert-dir=" + p.folder, "--service-account-key-file=sa.key", "--service-account-signing-key-file=sa.key",
			"--service-account-issuer=https://kubernetes.default.svc.cluster.local", "--token-auth-file=tokens.csv", "--authorization-mode=RBAC",
			"--service-cluster-ip-range=10.43.0.0/16", "--allow-privileged", "--endpoint-reconciler-type=none",
			"--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
		},
	} {
		line, err := json.Marshal(command)
		if err != nil {
			return err
		}
		if _, err := p.commands.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// ready writes the kubeconfig and waits until the server says that it is ready.
func (p *plane) ready(ctx context.Context, port string) error {
	host := "https://127.0.0.1:" + port
	if err := controlplane.WriteKubeconfig(p.kubeconfig, "scale", api.Cluster{Server: host, InsecureSkipTLSVerify: true}, api.AuthInfo{Token: token}); err != nil {
		return err
	}
	client, err := discovery.NewDiscoveryClientForConfig(&rest.Config{
		Host: host, BearerToken: token, TLSClientConfig: rest.TLSClientConfig{Insecure: true},
	})
	if err != nil {
		return err
	}
	for range 600 {
		if err = client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error(); err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// stop ends the processes, and returns when they and the folder are gone.
func (p *plane) stop() error {
	_, err := p.commands.Write([]byte(`["stop"]` + "\n"))
	return errors.Join(err, p.commands.Close(), p.supervisor.Wait(), os.RemoveAll(p.folder))
}
