package knob_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
)

// write makes a chart folder of an archive; Chart.yaml is added where there is none.
func write(t *testing.T, archive string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "web")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(archive, "-- Chart.yaml --") {
		archive = "-- Chart.yaml --\napiVersion: v2\nname: web\nversion: 0.1.0\n" + archive
	}
	if err := txtar.Write(txtar.Parse([]byte(archive)), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t *testing.T, dir string) *chart.Renderer {
	t.Helper()
	chart.LogTo(io.Discard)
	c, err := chart.Load(t.Context(), chart.Source{Ref: dir}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Renderer(chart.Release{Name: "rel", Namespace: "default"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func candidates(t *testing.T, r *chart.Renderer) []knob.Candidate {
	t.Helper()
	out, err := knob.Candidates(r, knob.Also{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// proposed are candidates as lines: "web.nodeSelector: nodeSelector map", those that only templates read with a question mark.
func proposed(cands []knob.Candidate) []string {
	var out []string
	for _, c := range cands {
		line := fmt.Sprintf("%s: %s %s", c.Path, c.Field, c.Shape)
		if !c.Declared {
			line += " ?"
		}
		if c.Gate != nil {
			line += " if " + c.Gate.String()
		}
		out = append(out, line)
	}
	return out
}

// probe renders with all sentinels and reads what came of it.
func probe(t *testing.T, r *chart.Renderer) knob.Table {
	t.Helper()
	tree, err := r.Values()
	if err != nil {
		t.Fatal(err)
	}
	base, err := r.Render(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := base.Documents()
	if err != nil {
		t.Fatal(err)
	}
	p := knob.Prober{Renderer: r, Tree: tree}
	first, firstErr := r.Probe(t.Context(), p.Overlay(candidates(t, r)))
	table, err := p.Read(t.Context(), base, chart.FindPods(docs).Pods, first, firstErr)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// found are the knobs of a table as lines: "nodeSelector map steers Deployment/web.nodeSelector collides".
func found(table knob.Table) []string {
	var out []string
	for _, k := range table.Knobs {
		words := []string{k.Path.String(), string(k.Shape), string(k.Status)}
		for _, e := range k.Effects {
			words = append(words, table.Pods[e.Pod].Key+"."+string(e.Field))
			for word, is := range map[string]bool{"collides": e.Collides, "overruled": e.Overruled, "repeats": e.Repeats} {
				if is {
					words = append(words, word)
				}
			}
		}
		for _, l := range k.Elsewhere {
			words = append(words, "at", l.At)
		}
		out = append(out, strings.Join(words, " "))
	}
	slices.Sort(out)
	return out
}
