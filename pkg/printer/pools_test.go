package printer_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/survey"
)

func TestPools(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range printer.PoolsFormats() {
		names = append(names, f.Name)
		var got bytes.Buffer
		if err := f.Pools(&got, "context prod", audited().Picture, printer.Style{}); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, filepath.Join("testdata", "pools", f.Name+".golden"), got.Bytes())
		if found, ok := printer.LookupPools(f.Name); !ok || found.Doc != f.Doc || f.Doc == "" {
			t.Errorf("LookupPools(%q) found %q, want %q", f.Name, found.Doc, f.Doc)
		}
	}
	if diff := cmp.Diff(names, []string{"json", "text", "wide", "yaml"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestPoolsOnATerminal(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	wide, _ := printer.LookupPools("wide")
	if err := wide.Pools(&got, "context prod", audited().Picture, printer.Style{Columns: 100}); err != nil {
		t.Fatal(err)
	}
	format, _ := printer.LookupPools("text")
	for _, style := range []printer.Style{{Columns: 140, Color: true}, {Columns: 80}, {Columns: 40}} {
		if err := format.Pools(&got, "context prod", audited().Picture, style); err != nil {
			t.Fatal(err)
		}
	}
	if err := format.Pools(&got, "context empty", &survey.Summary{}, printer.Style{Columns: 80}); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", "pools", "terminal.golden"), got.Bytes())
}
