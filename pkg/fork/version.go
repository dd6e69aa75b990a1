package fork

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/likeness"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/template"
)

// suffix is what the version of a fork ends with: build metadata, which does not count where versions are compared.
// Source: https://semver.org, 10.
func suffixOf(version string) string {
	switch {
	case strings.HasSuffix(version, "+winready"), strings.HasSuffix(version, ".winready"):
		return ""
	case strings.Contains(version, "+"):
		return ".winready"
	}
	return "+winready"
}

// write makes the files. Templates print the chart's version in places that bear no build metadata, or where it names something else:
// an image. Where the copy's version shows there, it is taken off again.
func (m *maker) write(ctx context.Context, f *Fork) error {
	all, err := m.tried(ctx, 0)
	if err != nil {
		return err
	}
	if problem := m.scenes[0].differs(ctx, all, nil, m.wants, m.accepted); problem != "" {
		return errors.New("all edits together: " + problem)
	}
	suffix := suffixOf(f.From)
	var problem string
	for _, try := range []struct {
		suffix string
		plain  func(string) bool // the actions in which it is taken off
	}{{suffix, nil}, {suffix, unreplaced}, {suffix, anyVersion}, {"", nil}} {
		desk := m.plainVersion(m.desk, try.suffix, try.plain)
		files, err := m.folder.Copy(desk.texts(m.original), f.From+try.suffix)
		if err != nil {
			return err
		}
		was := problem
		if problem, err = m.prove(ctx, files, try.suffix); err != nil {
			return err
		}
		if problem != "" {
			continue
		}
		if try.suffix != suffix {
			f.Notes = append(f.Notes, "the version stays "+f.From+": with another one "+was+" would be another one too")
		}
		f.Files, f.Version, f.Edits = files, f.From+try.suffix, m.edits(desk)
		f.Files[UpstreamFile] = f.upstream(files[UpstreamFile])
		return nil
	}
	return errors.New("the copy does not render what was tried: " + problem)
}

// prove loads the copy as Helm does, renders it for two releases, and says where it differs from the templates that were tried, but for
// the version in labels and annotations.
func (m *maker) prove(ctx context.Context, files map[string][]byte, suffix string) (string, error) {
	c, err := m.folder.Load(files)
	if err != nil {
		return "", err
	}
	for i, s := range m.scenes[:min(2, len(m.scenes))] {
		want, err := m.tried(ctx, i)
		if err != nil {
			return "", err
		}
		r, err := c.Renderer(s.release, m.input.Values)
		if err != nil {
			return "", err
		}
		have, err := r.Probe(ctx, s.overlay)
		if err != nil {
			return "", err
		}
		for _, name := range changed(want, have, nil) {
			if problem := s.versionDiffers(ctx, name, want.Files[name], have.Files[name], suffix); problem != "" {
				return problem, nil
			}
		}
	}
	return "", nil
}

// tried is a render with the accepted edits.
func (m *maker) tried(ctx context.Context, i int) (*chart.Render, error) {
	if i < len(m.renders) {
		return m.renders[i], nil
	}
	r, err := m.scenes[i].render(ctx, m.desk.texts(m.original), nil)
	if err == nil {
		m.renders = append(m.renders, r)
	}
	return r, err
}

func (s *scene) versionDiffers(ctx context.Context, name, before, after, suffix string) string {
	a, err := readOutput(name, before)
	if err != nil {
		return err.Error()
	}
	b, err := readOutput(name, after)
	if err != nil {
		return err.Error()
	}
	if base := s.output(name); base != nil {
		likeness.PairUp(base.objects, a.objects)
	}
	likeness.PairUp(a.objects, b.objects)
	if len(a.objects) != len(b.objects) {
		return name + " renders other objects"
	}
	for _, o := range a.objects {
		i := slices.IndexFunc(b.objects, func(n likeness.Object) bool { return n.Key == o.Key })
		if i < 0 {
			return name + " no longer renders " + o.Name
		}
		for _, d := range manifest.Diff(o.Doc.Object(), b.objects[i].Doc.Object()) {
			if !likeness.Checksum(d) && !versionOnly(d, suffix) && !s.byChance(ctx, name, o, d) {
				return fmt.Sprintf("%s: %s", o.Name, object.Path(d.Path))
			}
		}
	}
	return ""
}

var labelValue = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]{0,61})?[A-Za-z0-9]$`)

// versionOnly says that two values differ in the chart's version only, where that may stand with the suffix: in an annotation, and in a
// label that is one, but for those that select.
func versionOnly(d manifest.Difference, suffix string) bool {
	was, aok := d.Old.(string)
	is, bok := d.New.(string)
	if suffix == "" || !aok || !bok || slices.Contains(d.Path, any("selector")) || slices.Contains(d.Path, any("matchLabels")) {
		return false
	}
	plain := regexp.MustCompile(`[+._-]`+regexp.QuoteMeta(strings.TrimLeft(suffix, "+."))).ReplaceAllString(is, "")
	if plain != was {
		return false
	}
	return slices.Contains(d.Path, any("annotations")) || slices.Contains(d.Path, any("labels")) && labelValue.MatchString(is)
}

var chartVersion = regexp.MustCompile(`[\w.$]*\.Chart\.Version\b`)

// unreplaced says that an action prints the version as it is.
func unreplaced(body string) bool { return !strings.Contains(body, `replace "+"`) }

func anyVersion(string) bool { return true }

// plainVersion takes the suffix off the version in the actions that which chooses.
func (m *maker) plainVersion(d *desk, suffix string, which func(string) bool) *desk {
	if which == nil || suffix == "" {
		return d
	}
	out := &desk{sources: maps.Clone(d.sources), groves: map[string]*template.Tree{}}
	for _, file := range slices.Sorted(maps.Keys(d.sources)) {
		if strings.HasPrefix(file, "charts/") {
			continue // a sub-chart has a version of its own
		}
		g := d.grove(file)
		lines := slices.Clone(g.Source)
		for i, c := range g.Lines {
			for _, a := range slices.Backward(c.Actions) {
				if c.Open || c.Inside || !chartVersion.MatchString(a.Body) || !which(a.Body) {
					continue
				}
				lines[i].Text = template.WithBody(lines[i].Text, a, c.Offset, trimmedVersion(a.Body, suffix))
			}
		}
		out.sources[file] = lines
	}
	return out
}

// trimmedVersion is the body of an action in which the chart's version is without the suffix.
func trimmedVersion(body, suffix string) string {
	st := template.Stages(body)
	for i, s := range st {
		if chartVersion.FindString(s) == s {
			st[i] = s + ` | trimSuffix "` + suffix + `"`
		} else {
			st[i] = chartVersion.ReplaceAllString(s, `($0 | trimSuffix "`+suffix+`")`)
		}
	}
	return strings.Join(st, " | ")
}
