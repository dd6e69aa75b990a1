package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// entries are the files of an archive.
func (r *release) entries(ctx context.Context, p platform, b binary, modules []module) ([]entry, error) {
	entries := []entry{{name: p.program(), data: b.data, run: true}}
	license, err := os.ReadFile(filepath.Join(r.root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	entries = append(entries, entry{name: "LICENSE", data: license}, entry{name: "THIRD-PARTY-NOTICES.txt", data: notices(modules)})
	scripts, err := r.completions(ctx)
	if err != nil {
		return nil, err
	}
	plugins, err := r.helmPlugins(p, b.version)
	if err != nil {
		return nil, err
	}
	return slices.Concat(entries, scripts, plugins), nil
}

// completions asks a program that can run here for its scripts, once: they are the same for every platform.
func (r *release) completions(ctx context.Context) ([]entry, error) {
	if r.scripts != nil {
		return r.scripts, nil
	}
	work, err := os.MkdirTemp("", "dist-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	here := platform{runtime.GOOS, runtime.GOARCH}
	program := filepath.Join(work, here.program())
	if err := r.build(ctx, here, program); err != nil {
		return nil, err
	}
	for _, c := range []struct{ shell, file string }{
		{"bash", "kubectl-winready.bash"}, {"fish", "kubectl-winready.fish"}, {"powershell", "kubectl-winready.ps1"}, {"zsh", "_kubectl-winready"},
	} {
		script, err := output(ctx, work, nil, program, "completion", c.shell)
		if err != nil {
			return nil, err
		}
		r.scripts = append(r.scripts, entry{name: "completions/" + c.file, data: script})
	}
	// What kubectl looks for on PATH to complete the words of "kubectl winready".
	script := "#!/bin/sh\nexec kubectl-winready __complete \"$@\"\n"
	r.scripts = append(r.scripts, entry{name: "completions/kubectl_complete-winready", data: []byte(script), run: true})
	return r.scripts, nil
}

// helmPlugins are the three ways to be a plugin of Helm. The one at the root makes the archive itself one that Helm installs:
// its program is the one beside it.
func (r *release) helmPlugins(p platform, version string) ([]entry, error) {
	var entries []entry
	for _, f := range []struct{ from, to string }{
		{"helm3/plugin.yaml", "plugin.yaml"},
		{"helm4/plugin.yaml", "helm4/plugin.yaml"},
		{"helm/plugin.yaml", "helm4-post-render/plugin.yaml"},
	} {
		data, err := os.ReadFile(filepath.Join(r.root, "plugin", f.from))
		if err != nil {
			return nil, err
		}
		stamped, ok := replaceLine(data, "version: ", strings.TrimPrefix(version, "v"))
		if !ok {
			return nil, fmt.Errorf("plugin/%s has no version", f.from)
		}
		if f.to == "plugin.yaml" {
			stamped = bytes.Replace(stamped, []byte("command: kubectl-winready\n"), []byte("command: $HELM_PLUGIN_DIR/"+p.program()+"\n"), 1)
		}
		entries = append(entries, entry{name: f.to, data: stamped})
	}
	return entries, nil
}

// replaceLine replaces what follows the key of the first line that begins with it.
func replaceLine(text []byte, key, value string) ([]byte, bool) {
	lines := strings.SplitAfter(string(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, key) {
			lines[i] = key + value + "\n"
			return []byte(strings.Join(lines, "")), true
		}
	}
	return nil, false
}
