package plugin

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// since narrows what is checked to what has changed in git since a commit. What is in no repository is checked: nothing is known of it.
type since struct {
	ref     string
	changed map[string][]string // absolute paths, by the repository's root
	strays  bool                // something is in no repository
}

// narrow drops the charts that are as they were, with all they are made of. Manifests are looked at together, so that one that changed
// takes the others along. Files that the flags name are part of every chart.
func (s *since) narrow(ctx context.Context, deps Deps, in inputs, flagFiles []string) (inputs, error) {
	for _, name := range flagFiles {
		switch changed, err := s.differs(ctx, name); {
		case err != nil:
			return in, err
		case changed:
			fmt.Fprintf(deps.ErrOut, "%s has changed since %s: everything is checked\n", name, s.ref)
			return in, nil
		}
	}
	all := len(in.charts)
	kept := in
	kept.charts = nil
	for _, ref := range in.charts {
		changed, err := s.chartDiffers(ctx, ref)
		if err != nil {
			return in, err
		}
		if changed {
			kept.charts = append(kept.charts, ref)
		}
	}
	manifests, err := s.anyDiffers(ctx, in.manifests)
	if err != nil {
		return in, err
	}
	if !manifests {
		kept.manifests = nil
	}
	what := fmt.Sprintf("%d of %d charts", len(kept.charts), all)
	if len(in.manifests) > 0 && !manifests {
		what += " and no manifest"
	}
	what += " changed since " + s.ref
	if s.strays {
		what += ", or in no git repository"
	}
	fmt.Fprintln(deps.ErrOut, what+"; the others are not checked")
	return kept, nil
}

func (s *since) anyDiffers(ctx context.Context, paths []string) (bool, error) {
	for _, path := range paths {
		if changed, err := s.differs(ctx, path); changed || err != nil {
			return changed, err
		}
	}
	return false, nil
}

// chartDiffers tells whether anything has changed in a chart, in the local charts it depends on, or in files it has links to.
func (s *since) chartDiffers(ctx context.Context, ref string) (bool, error) {
	parts, known := allParts(ref)
	if !known {
		return true, nil // it is somewhere else, or broken, and loading it tells
	}
	return s.anyDiffers(ctx, parts)
}

// allParts are a chart and what it has outside of it, all the way; false where that is not to be known.
func allParts(ref string) ([]string, bool) {
	parts := []string{ref}
	for i := 0; i < len(parts); i++ {
		more, err := chartParts(parts[i])
		if err != nil {
			return nil, false
		}
		for _, p := range more {
			if !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
	}
	return parts, true
}

// chartParts are what a chart's folder has outside of it: the charts of its dependencies with an address like file://../library, and
// what its symbolic links lead to, which Helm follows.
func chartParts(folder string) ([]string, error) {
	var parts []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Type()&os.ModeSymlink != 0:
			target, err := filepath.EvalSymlinks(path)
			if err != nil {
				return err
			}
			parts = append(parts, target)
		case entry.Name() == "Chart.yaml":
			local, err := localDependencies(path)
			if err != nil {
				return err
			}
			parts = append(parts, local...)
		}
		return nil
	})
	return parts, err
}

func localDependencies(chartYAML string) ([]string, error) {
	data, err := os.ReadFile(chartYAML)
	if err != nil {
		return nil, err
	}
	var meta struct {
		Dependencies []struct {
			Repository string `json:"repository"`
		} `json:"dependencies"`
	}
	if err := yaml.Unmarshal(data, &meta); err != nil {
		return nil, err
	}
	var local []string
	for _, d := range meta.Dependencies {
		if path, ok := strings.CutPrefix(d.Repository, "file://"); ok && path != "" {
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(chartYAML), path)
			}
			local = append(local, path)
		}
	}
	return local, nil
}

// differs tells whether a file, or anything below a folder, is other than it was.
func (s *since) differs(ctx context.Context, path string) (bool, error) {
	absolute, known := place(path)
	if !known {
		return true, nil // reading it tells
	}
	root := repository(absolute)
	if root == "" {
		s.strays = true
		return true, nil
	}
	changed, err := s.changes(ctx, root)
	if err != nil {
		return true, err
	}
	return slices.ContainsFunc(changed, func(c string) bool {
		return c == absolute || strings.HasPrefix(c, absolute+string(filepath.Separator))
	}), nil
}

// place is where a path leads to; false where it leads nowhere.
func place(path string) (string, bool) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	absolute, err = filepath.EvalSymlinks(absolute)
	return absolute, err == nil
}

// repository is the root of the work tree that a path is in; empty where there is none.
func repository(path string) string {
	for {
		if _, err := os.Stat(filepath.Join(path, ".git")); err == nil {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return ""
		}
		path = up
	}
}

// changes are the files that are not as they were where the branch left ref: changed, deleted, new, committed or not.
func (s *since) changes(ctx context.Context, root string) ([]string, error) {
	if changed, known := s.changed[root]; known {
		return changed, nil
	}
	var changed []string
	for _, args := range [][]string{
		{"diff", "--merge-base", "--name-only", "--no-renames", "--no-ext-diff", "-z", s.ref, "--"},
		{"ls-files", "--others", "--exclude-standard", "-z"},
	} {
		out, err := git(ctx, root, args)
		if err != nil {
			return nil, fmt.Errorf("finding what has changed since %s: %w", s.ref, err)
		}
		for name := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
			if name != "" {
				changed = append(changed, filepath.Join(root, filepath.FromSlash(name)))
			}
		}
	}
	if s.changed == nil {
		s.changed = map[string][]string{}
	}
	s.changed[root] = changed
	return changed, nil
}

// git runs git in a folder. The error is what git says.
func git(ctx context.Context, folder string, args []string) (string, error) {
	c := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, args...)...)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	err := c.Run()
	if text := strings.TrimSpace(said.String()); err != nil && text != "" {
		first, _, _ := strings.Cut(text, "\n")
		return "", fmt.Errorf("git %s: %s", args[0], first)
	}
	return out.String(), err
}
