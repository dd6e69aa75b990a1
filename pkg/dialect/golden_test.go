package dialect_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/dialect"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
)

// TestGoldens writes what each archive in testdata asks for. An archive begins with a sentence and with settings, and holds the
// overlay, what is there already, and then what comes of it.
func TestGoldens(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			in := request(t, archive)
			archive.Files = in.given
			archive.Files = append(archive.Files, in.outcome(t)...)
			golden.Check(t, path, txtar.Format(archive))
		})
	}
}

// asked is what an archive asks for.
type asked struct {
	format   dialect.Format
	overlay  tree
	target   dialect.Target
	fallback dialect.Fallback
	given    []txtar.File
}

func request(t *testing.T, archive *txtar.Archive) asked {
	t.Helper()
	name, _, _ := strings.Cut(string(bytes.TrimSpace(archive.Comment)), ":")
	a := asked{format: format(t, name), target: dialect.Target{Chart: dialect.Chart{Name: "shop", Version: "1.2.3"}}}
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "ref":
			a.target.Chart.Ref = value
		case "repo":
			a.target.Chart.Repo = value
		case "release":
			a.target.Release = value
		case "namespace":
			a.target.Namespace = value
		case "hooks":
			a.target.Hooks = true
		case "clusters":
			name, label, _ := strings.Cut(value, " ")
			k, v, _ := strings.Cut(label, "=")
			a.target.Clusters = dialect.Clusters{Name: name, Labels: map[string]string{k: v}}
		case "fallback":
			a.fallback.Render = rendered(bare, hook)
			a.fallback.Unreached = []dialect.Unreached{
				unreached(t, a.fallback.Render, "Deployment/bare", set("windows", "nodeSelector", osLabel), set(toleration("os"), "tolerations", 0)),
				unreached(t, a.fallback.Render, "Job/migrate", set("windows", "nodeSelector", osLabel)),
			}
		}
	}
	for _, f := range archive.Files {
		beside, isBeside := strings.CutPrefix(f.Name, "beside/")
		switch {
		case f.Name == "overlay.yaml":
			if err := yaml.UnmarshalStrict(f.Data, &a.overlay); err != nil {
				t.Fatal(err)
			}
		case f.Name == "existing":
			a.target.Existing = f.Data
		case isBeside:
			a.target.Beside = append(a.target.Beside, dialect.File{Path: beside, Data: f.Data})
		default:
			continue
		}
		a.given = append(a.given, f)
	}
	return a
}

// outcome is what is written, and that it is written once: with what was written there is nothing more to do.
func (a asked) outcome(t *testing.T) []txtar.File {
	t.Helper()
	out, err := a.format.Write(overlayOf(a.overlay), a.target, a.fallback)
	if err != nil {
		return []txtar.File{{Name: "error", Data: []byte(err.Error() + "\n")}}
	}
	files := []txtar.File{{Name: "want", Data: out.Data}}
	for _, f := range out.Beside {
		files = append(files, txtar.File{Name: "want/" + f.Path, Data: f.Data})
	}
	var uncovered strings.Builder
	for _, u := range out.Uncovered {
		uncovered.WriteString(u.Workload + ": " + u.Reason + "\n")
	}
	if uncovered.Len() > 0 {
		files = append(files, txtar.File{Name: "uncovered", Data: []byte(uncovered.String())})
	}
	if len(out.Notes) > 0 {
		files = append(files, txtar.File{Name: "notes", Data: []byte(strings.Join(out.Notes, "\n") + "\n")})
	}
	if len(a.format.Kinds) == 0 || a.format.Name == "rancher-app" {
		return files // it cannot be edited
	}
	a.target.Existing, a.target.Beside = out.Data, append(out.Beside, a.target.Beside...)
	again, err := a.format.Write(overlayOf(a.overlay), a.target, a.fallback)
	if err != nil || !bytes.Equal(again.Data, out.Data) {
		t.Errorf("a second time it writes (error %v):\n%s", err, again.Data)
	}
	return files
}

// FuzzExisting edits any text: it is refused, or has the values that it had and those of the overlay, and everything else.
func FuzzExisting(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "existing" {
				f.Add(string(file.Data))
			}
		}
	}
	over := oddTrees()["placement"]
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range dialect.Formats() {
			to := target()
			to.Existing = []byte(text)
			out, err := format.Write(overlayOf(over), to, dialect.Fallback{})
			if err != nil {
				continue
			}
			have, err := format.Read([]byte(text), to)
			if err != nil {
				t.Fatalf("%s: it is written and cannot be read: %v", format.Name, err)
			}
			to.Beside = out.Beside
			if got, err := format.Read(out.Data, to); err != nil || cmp.Diff(plain(t, got), plain(t, dialect.Merge(have, over))) != "" {
				t.Errorf("%s: error %v, values (-got +want):\n%s\n%s", format.Name, err, cmp.Diff(plain(t, got), plain(t, dialect.Merge(have, over))), out.Data)
			}
		}
	})
}
