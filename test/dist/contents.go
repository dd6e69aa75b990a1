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
	plugin, err := r.helmPlugin("helm3", b.version)
	if err != nil {
		return nil, err
	}
	// It makes the archive itself a plugin that Helm installs: the program is the one beside it.
	plugin.data = bytes.Replace(plugin.data, []byte("command: kubectl-winready\n"), []byte("command: $HELM_PLUGIN_DIR/"+p.program()+"\n"), 1)
	return append(slices.Concat(entries, scripts), plugin), nil
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
		r.scripts = append(r.scripts, entry{name: c.file, data: script})
	}
	// What kubectl looks for on PATH to complete the words of "kubectl winready".
	script := "#!/bin/sh\nexec kubectl-winready __complete \"$@\"\n"
	r.scripts = append(r.scripts, entry{name: "kubectl_complete-winready", data: []byte(script), run: true})
	return r.scripts, nil
}

// helmPlugin is a way to be a plugin of Helm, from a folder of plugin.
func (r *release) helmPlugin(from, version string) (entry, error) {
	file := filepath.Join("plugin", from, "plugin.yaml")
	data, err := os.ReadFile(filepath.Join(r.root, file))
	if err != nil {
		return entry{}, err
	}
	stamped, ok := replaceLine(data, "version: ", strings.TrimPrefix(version, "v"))
	if !ok {
		return entry{}, fmt.Errorf("%s has no version", file)
	}
	return entry{name: "plugin.yaml", data: stamped}, nil
}

// writePlugins writes the archives of what Helm 4 has forms of its own for. They start the program that is on PATH.
func (r *release) writePlugins() error {
	for _, a := range []struct{ from, file string }{{"helm4", "helm4-winready.tar.gz"}, {"helm", "helm4-winready-post-render.tar.gz"}} {
		plugin, err := r.helmPlugin(a.from, r.version)
		if err != nil {
			return err
		}
		if err := r.write(a.file, func(path string) error { return writeArchive(path, []entry{plugin}, r.date) }); err != nil {
			return err
		}
	}
	return nil
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
