package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/fork"
)

// writeFork writes the folder of a fork: all of it or nothing. A folder that is there is replaced where it is an earlier fork of the
// same chart and holds no other files, but for those of git, which stay.
func writeFork(ctx context.Context, dir string, f *fork.Fork) error {
	target := filepath.Clean(dir)
	if resolved, err := filepath.EvalSymlinks(target); err == nil {
		target = resolved // the link stays, what it points to is replaced
	}
	there, err := checkForkDir(target, f)
	if err != nil {
		return err
	}
	temp := fmt.Sprintf("%s.%08x.tmp", target, rand.Uint32())
	defer os.RemoveAll(temp) // where it was not moved
	if err := writeFolder(ctx, temp, f.Files); err != nil {
		return fmt.Errorf("writing %s: %w", dir, cause(err))
	}
	if err := swapFolder(target, temp, there); err != nil {
		return fmt.Errorf("writing %s: %w", dir, cause(err))
	}
	return nil
}

// checkForkDir says whether the folder of a fork is there. The error is a usageError where it is something else's.
func checkForkDir(dir string, f *fork.Fork) (bool, error) {
	refuse := func(why string) error {
		return &usageError{problems: []string{fmt.Sprintf("writing the fork to %s: %s: want a folder that is not there, or that of an earlier fork of %s", dir, why, f.Name)}}
	}
	entries, err := os.ReadDir(dir)
	switch info, statErr := os.Stat(dir); {
	case errors.Is(statErr, fs.ErrNotExist):
		return false, nil
	case statErr == nil && !info.IsDir():
		return false, refuse("it is no folder")
	case err != nil:
		return false, fmt.Errorf("reading %s: %w", dir, cause(err))
	case len(entries) == 0:
		return true, nil
	}
	upstream, err := os.ReadFile(filepath.Join(dir, fork.UpstreamFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("reading %s: %w", filepath.Join(dir, fork.UpstreamFile), cause(err))
	}
	if name, ok := fork.Of(upstream); !ok || name != f.Name {
		return false, refuse("it is not empty")
	}
	stranger, err := foreignFile(dir, f)
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", dir, cause(err))
	}
	if stranger != "" {
		return false, refuse(stranger + " in it is no file of the fork, and would be lost")
	}
	return true, nil
}

// foreignFile is the first file in a folder that a fork has not, and that is none of git's; empty without one.
func foreignFile(dir string, f *fork.Fork) (string, error) {
	found := ""
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		switch {
		case err != nil:
			return err
		case isGit(name) && d.IsDir():
			return fs.SkipDir
		case isGit(name), d.IsDir():
			return nil
		}
		if _, ok := f.Files[filepath.ToSlash(name)]; !ok {
			found = name
			return fs.SkipAll
		}
		return nil
	})
	return found, err
}

// isGit says that an entry of a folder is how git keeps it.
func isGit(name string) bool { return strings.HasPrefix(name, ".git") }

func writeFolder(ctx context.Context, dir string, files map[string][]byte) error {
	if err := os.Mkdir(dir, 0o777); err != nil { // the umask narrows it
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		local := filepath.FromSlash(name)
		if !filepath.IsLocal(local) {
			return fmt.Errorf("%s is outside the folder", name)
		}
		path := filepath.Join(dir, local)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := write(path, os.O_CREATE|os.O_EXCL, 0o666, files[name]); err != nil {
			return err
		}
	}
	return nil
}

// swapFolder puts a folder where another is, if there is one. That one is put back where this fails.
func swapFolder(target, temp string, there bool) error {
	if !there {
		return os.Rename(temp, target)
	}
	old := strings.TrimSuffix(temp, ".tmp") + ".old"
	if err := os.Rename(target, old); err != nil {
		return err
	}
	if err := os.Rename(temp, target); err != nil {
		return errors.Join(err, os.Rename(old, target))
	}
	entries, err := os.ReadDir(old)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(target, e.Name())); !isGit(e.Name()) || err == nil {
			continue // the fork has it
		}
		if err := os.Rename(filepath.Join(old, e.Name()), filepath.Join(target, e.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(old)
}
