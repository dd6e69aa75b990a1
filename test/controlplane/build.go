package controlplane

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Build returns the path of the server's binary, below bin in the root of the repository, and builds it unless it is there.
// Its name hangs on all it is made of; that of what it was before stays, as something may run. The first time takes minutes; w is told how far it got. Of those who ask at the same
// time one builds and the others wait for it.
func Build(ctx context.Context, w io.Writer) (string, error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return "", err
	}
	source, bin := filepath.Join(root, "test", "controlplane", "server"), filepath.Join(root, "bin")
	sum, err := fingerprint(source)
	if err != nil {
		return "", err
	}
	path := filepath.Join(bin, "controlplane-"+sum)
	if exists(path) {
		return path, nil
	}
	unlock, err := lock(ctx, filepath.Join(bin, "controlplane.lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(path) {
		return path, nil // by who had the lock
	}
	fmt.Fprintf(w, "building %s: some six minutes on two cores the first time, seconds thereafter\n", path)
	if err := compile(ctx, w, source, path); err != nil {
		return "", fmt.Errorf("building the control plane: %w", err)
	}
	return path, nil
}

// compile builds next to where the binary goes, so that no half of one is ever taken for it.
func compile(ctx context.Context, w io.Writer, source, path string) error {
	version := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	version.Dir, version.Stderr, version.Env = source, w, append(version.Environ(), "GOWORK=off")
	out, err := version.Output()
	if err != nil {
		return fmt.Errorf("asking for the version of Kubernetes: %w", err)
	}
	release := strings.TrimSpace(string(out))
	// Clients cannot read the version of a server that was not told its own.
	flags := strings.Join([]string{
		"-ldflags=-s -w", "gitVersion=" + release, "gitMajor=1", "gitMinor=" + strings.Split(release, ".")[1],
	}, " -X k8s.io/component-base/version.")
	c := exec.CommandContext(ctx, "go", "build", "-v", "-buildvcs=false", flags, "-o", path+".new", ".")
	c.Dir, c.Stdout, c.Stderr, c.Env = source, w, w, version.Env
	if err := c.Run(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// moduleRoot is the folder of the main module, below which tests run.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("asking go for the module's root: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// fingerprint is a digest of the files that the server is built from and of what builds it.
func fingerprint(source string) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	files := os.DirFS(source)
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		fmt.Fprintln(h, path, len(text))
		h.Write(text)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)[:6]), err
}

// lock takes a lock that the kernel gives back when its holder is gone.
func lock(ctx context.Context, path string) (func(), error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.EWOULDBLOCK
	for errors.Is(err, syscall.EWOULDBLOCK) {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil, errors.Join(err, f.Close())
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
