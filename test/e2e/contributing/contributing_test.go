// Package contributing_test follows CONTRIBUTING.md to a new rule, in a copy of the sources: every file and every command that is
// written there.
package contributing_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const repository = "../../.."

var block = regexp.MustCompile("(?s)```(\\w*)\n(.*?)```")

func TestNewRule(t *testing.T) {
	t.Parallel()
	text := read(t, repository, "CONTRIBUTING.md")
	_, guide, _ := strings.Cut(text, "## A rule in ten minutes")
	blocks := block.FindAllStringSubmatch(guide, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d blocks in the guide, want an archive, a rule and commands", len(blocks))
	}
	tree := checkout(t)
	write(t, blocks[0][2], tree, "pkg", "rules", "testdata", "WR199.txtar")
	write(t, blocks[1][2], tree, "pkg", "rules", "linux_shell.go")
	list := read(t, tree, "pkg", "rules", "rules.go")
	write(t, strings.Replace(list, "\t\tidleValue,\n", "\t\tidleValue,\n\t\tlinuxShell,\n", 1), tree, "pkg", "rules", "rules.go")
	var out string
	for line := range strings.Lines(blocks[2][2]) {
		command := strings.TrimPrefix(strings.TrimSpace(line), "$ ")
		if strings.HasPrefix(command, "git ") {
			continue // to look at
		}
		c := exec.CommandContext(t.Context(), "sh", "-c", command)
		c.Dir = tree
		data, err := c.CombinedOutput()
		if out = string(data); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	const want = `error Pod/web spec.containers[0].command 6:82: "/bin/sh" is a path of Linux, in a container for Windows`
	if !strings.Contains(out, want) || !strings.Contains(read(t, tree, "pkg", "rules", "README.md"), want) {
		t.Errorf("the rule and the catalogue do not show %q:\n%s", want, out)
	}
}

// checkout is a copy of what the product is made of.
func checkout(t *testing.T) string {
	t.Helper()
	tree := t.TempDir()
	for _, name := range []string{"cmd", "pkg", "plugin", "charts"} {
		if err := os.CopyFS(filepath.Join(tree, name), os.DirFS(filepath.Join(repository, name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		write(t, read(t, repository, name), tree, name)
	}
	return tree
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, text string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
