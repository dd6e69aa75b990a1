// Package bench_test measures patch against helm template, in this process and as whole processes. It must not test anything else.
package bench_test

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var more = flag.String("charts", "", "further charts to measure, as folders with commas between them")

// size is a chart to measure.
type size struct{ name, dir string }

// sizes are the charts that are measured, from small to huge, and those of -charts.
func sizes(b *testing.B) []size {
	b.Helper()
	out := []size{{"small", "../charts/plain"}, {"middle", "../../charts/mixed-shop"}, {"huge", huge(b)}}
	for dir := range strings.SplitSeq(*more, ",") {
		if dir != "" {
			out = append(out, size{filepath.Base(dir), dir})
		}
	}
	return out
}

const (
	subcharts = 40
	templates = 10 // in each, beside helpers
)

//go:embed testdata/subchart.txtar
var subchart string

// huge writes an umbrella chart of 40 services with 400 templates and 120 pod templates.
func huge(b *testing.B) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "huge")
	write := func(at string, a *txtar.Archive) {
		if err := os.MkdirAll(at, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := txtar.Write(a, at); err != nil {
			b.Fatal(err)
		}
	}
	var meta, values bytes.Buffer
	meta.WriteString("apiVersion: v2\nname: huge\nversion: 0.1.0\ndependencies:\n")
	values.WriteString("global:\n  imageRegistry: registry.internal\n")
	for i := range subcharts {
		name := fmt.Sprintf("service%02d", i)
		a := txtar.Parse([]byte(strings.ReplaceAll(subchart, "SUB", name)))
		if n := len(a.Files) - 3; n != templates {
			b.Fatalf("%d templates, want %d", n, templates)
		}
		write(filepath.Join(dir, "charts", name), a)
		fmt.Fprintf(&meta, "  - name: %s\n    version: 1.2.3\n    condition: %s.enabled\n", name, name)
		fmt.Fprintf(&values, "%s:\n  enabled: true\n  replicaCount: 3\n", name)
	}
	write(dir, &txtar.Archive{Files: []txtar.File{{Name: "Chart.yaml", Data: meta.Bytes()}, {Name: "values.yaml", Data: values.Bytes()}}})
	return dir
}
