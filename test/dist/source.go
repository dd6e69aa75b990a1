package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// source is what is built.
type source struct {
	root string
	date time.Time // of the commit: what every file of a release is dated
}

// readSource asks git for the commit. Without one there is nothing by which two builds could be known to be of the same sources.
func readSource(ctx context.Context, root string) (source, error) {
	out, err := output(ctx, root, nil, "git", "log", "-1", "--format=%cI")
	if err != nil {
		return source{}, err
	}
	date, err := time.Parse(time.RFC3339, strings.TrimSpace(string(out)))
	return source{root: root, date: date.UTC()}, err
}

// build compiles the program. -trimpath leaves out where that was, -buildvcs puts in what of; a program that uses no C is the same
// wherever it is built.
func (s source) build(ctx context.Context, p platform, path string) error {
	_, err := output(ctx, s.root, p.env(), "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", path, "./cmd/kubectl-winready")
	return err
}

func (p platform) env() []string {
	return []string{"CGO_ENABLED=0", "GOOS=" + p.os, "GOARCH=" + p.arch, "GOWORK=off"}
}

// output runs a program in a folder and returns what it writes.
func output(ctx context.Context, folder string, env []string, name string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, name, args...)
	var errors bytes.Buffer
	c.Dir, c.Stderr, c.Env = folder, &errors, append(c.Environ(), env...)
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errors.String())
	}
	return out, nil
}

// binary is what the Go command wrote into a program.
type binary struct {
	data      []byte
	version   string
	commit    string
	toolchain string // go1.26.8
	deps      map[string]string
}

// readBinary reads what is linked from the program itself, not from go.mod, which has more.
func readBinary(path string) (binary, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return binary{}, err
	}
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return binary{}, fmt.Errorf("reading what %s is built of: %w", filepath.Base(path), err)
	}
	b := binary{data: data, version: info.Main.Version, toolchain: info.GoVersion, deps: map[string]string{}}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.commit = s.Value
		}
	}
	for _, d := range info.Deps {
		if d.Replace != nil {
			return binary{}, fmt.Errorf("module %s is replaced, and a bill of materials would not say by what", d.Path)
		}
		b.deps[d.Path] = d.Version
	}
	return b, nil
}
