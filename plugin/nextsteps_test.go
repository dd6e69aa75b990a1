package plugin_test

import (
	"os/exec"
	"testing"

	"github.com/winready/kubectl-winready/plugin"
)

// TestWordsThatAreTyped: what a person is told to type is the word that was meant, in a POSIX shell and in PowerShell.
func TestWordsThatAreTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ word, linux, windows string }{
		{"placed/shop.yaml", "placed/shop.yaml", "placed/shop.yaml"},
		{`C:\charts\shop`, `'C:\charts\shop'`, `C:\charts\shop`},
		{`C:\my charts\it's`, `'C:\my charts\it'\''s'`, `'C:\my charts\it''s'`},
		{"$HOME;@(1)", "'$HOME;@(1)'", "'$HOME;@(1)'"},
		{"", "''", "''"},
	} {
		if got := plugin.WordOn("linux", c.word); got != c.linux {
			t.Errorf("%s: got %s, want %s", c.word, got, c.linux)
		}
		if got := plugin.WordOn("windows", c.word); got != c.windows {
			t.Errorf("%s on Windows: got %s, want %s", c.word, got, c.windows)
		}
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+c.linux).Output(); err != nil || string(out) != c.word {
			t.Errorf("sh reads %s as %s: %v", c.linux, out, err)
		}
	}
}
