package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

// readManifests makes one inventory of all files; "-" is stdin. A file that has to hold something and holds no object is a gap: it may
// be the end of a pipe that broke.
func readManifests(deps Deps, files []string, named map[string]bool, scope dump.Scope, source string) (*inventory.Inventory, error) {
	p := deps.newProgress()
	defer p.done()
	r := dump.New(scope)
	var empty []string
	for i, name := range files {
		p.say("read %d of %d files, now %s", i, len(files), name)
		before := r.Documents()
		if err := readManifest(deps, r, name); err != nil {
			return nil, err
		}
		if named[name] && r.Documents() == before {
			empty = append(empty, "there is no Kubernetes object in "+shown(name))
		}
	}
	inv := r.Inventory(source)
	if len(empty) > 0 {
		gap := inventory.Gap{Reason: strings.Join(empty, "; "), Unread: true}
		inv.Gaps[inventory.Workloads], inv.Gaps[inventory.Documents] = gap, gap
	}
	return inv, nil
}

// shown is what a file goes by in messages.
func shown(name string) string {
	if name == "-" {
		return "stdin"
	}
	return filepath.ToSlash(name)
}

func readManifest(deps Deps, r *dump.Reader, name string) error {
	if name == "-" {
		if err := r.Read(deps.In, shown(name)); err != nil {
			return fmt.Errorf("reading stdin: %w", err)
		}
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading manifests: %w", err)
	}
	defer f.Close()
	if err := r.Read(f, shown(name)); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}
