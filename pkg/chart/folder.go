package chart

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"sigs.k8s.io/yaml"
)

// Folder is a chart as the files in its folder, to make copies of in which some files are others. What is packed in charts/ is
// opened. Files that .helmignore names are no part of it, as they are none of a packed chart.
type Folder struct {
	chart *Chart // loaded from these files
	root  *part
	paths map[*helmchart.File]string // where a template is in the folder
}

// part is the chart itself or one of its sub-charts.
type part struct {
	at     string // its folder, with a slash behind it; empty for the chart itself
	packed string // the path of the archive that it is in; empty: it is a folder
	data   []byte // of the archive
	files  []*loader.BufferedFile
	helm   *helmchart.Chart
	subs   []*part
}

// Folder opens the chart's files. Of a chart that was read from Helm's record of a release they are made of the record, which has no
// comments of Chart.yaml and values.yaml.
func (c *Chart) Folder() (*Folder, error) {
	files, err := filesOf(c.helm)
	if err != nil {
		return nil, fmt.Errorf("copying chart %q: %w", c.Name(), err)
	}
	root, err := openPart(files, "")
	if err != nil {
		return nil, fmt.Errorf("copying chart %q: %w", c.Name(), err)
	}
	f := &Folder{root: root, chart: &Chart{helm: root.helm, around: c.around, revision: c.revision}, paths: map[*helmchart.File]string{}}
	f.root.locate(f.paths)
	return f, nil
}

func filesOf(c *helmchart.Chart) ([]*loader.BufferedFile, error) {
	raw := c.Raw
	if len(raw) == 0 {
		raw = slices.Concat(c.Templates, c.Files)
		if len(c.Schema) > 0 {
			raw = append(raw, &helmchart.File{Name: chartutil.SchemafileName, Data: c.Schema})
		}
		for name, data := range map[string]any{chartutil.ChartfileName: c.Metadata, chartutil.ValuesfileName: c.Values} {
			text, err := yaml.Marshal(data)
			if err != nil {
				return nil, fmt.Errorf("writing %s: %w", name, err)
			}
			raw = append(raw, &helmchart.File{Name: name, Data: text})
		}
	}
	files := make([]*loader.BufferedFile, 0, len(raw))
	for _, f := range raw {
		files = append(files, &loader.BufferedFile{Name: f.Name, Data: f.Data})
	}
	slices.SortFunc(files, func(a, b *loader.BufferedFile) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// openPart loads a chart and the charts in it. Helm's loader does the same, and does not tell which file is of which chart.
func openPart(files []*loader.BufferedFile, at string) (*part, error) {
	p := &part{at: at}
	groups := map[string][]*loader.BufferedFile{}
	for _, f := range files {
		if name, ok := subchartOf(f.Name); ok {
			groups[name] = append(groups[name], f)
		} else {
			p.files = append(p.files, f)
		}
	}
	helm, err := loader.LoadFiles(p.files)
	if err != nil {
		return nil, err
	}
	p.helm = helm
	for _, name := range sortedKeys(groups) {
		sub, err := p.openSub(name, groups[name], groups)
		if err != nil {
			return nil, fmt.Errorf("%scharts/%s: %w", at, name, err)
		}
		p.subs = append(p.subs, sub)
		helm.AddDependency(sub.helm)
	}
	return p, nil
}

// subchartOf is the folder or archive in charts/ that a file is of, where Helm takes that for a chart.
func subchartOf(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, "charts/")
	if !ok || path.Ext(name) == ".prov" {
		return "", false
	}
	first, _, _ := strings.Cut(rest, "/")
	return first, !strings.HasPrefix(first, "_") && !strings.HasPrefix(first, ".")
}

func (p *part) openSub(name string, files []*loader.BufferedFile, groups map[string][]*loader.BufferedFile) (*part, error) {
	if path.Ext(name) != ".tgz" {
		inner := make([]*loader.BufferedFile, 0, len(files))
		for _, f := range files {
			if rest, ok := strings.CutPrefix(f.Name, "charts/"+name+"/"); ok {
				inner = append(inner, &loader.BufferedFile{Name: rest, Data: f.Data})
			}
		}
		return openPart(inner, p.at+"charts/"+name+"/")
	}
	data := files[0].Data
	inner, err := loader.LoadArchiveFiles(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	folder := strings.TrimSuffix(name, ".tgz")
	if head, err := loader.LoadFiles(withoutSubcharts(inner)); err == nil {
		if _, taken := groups[head.Name()]; !taken {
			folder = head.Name() // where helm dependency build looks for a chart that has no repository
			groups[folder] = nil
		}
	}
	sub, err := openPart(inner, p.at+"charts/"+folder+"/")
	if err != nil {
		return nil, err
	}
	sub.packed, sub.data = p.at+"charts/"+name, data
	return sub, nil
}

func withoutSubcharts(files []*loader.BufferedFile) []*loader.BufferedFile {
	return slices.DeleteFunc(slices.Clone(files), func(f *loader.BufferedFile) bool { return strings.HasPrefix(f.Name, "charts/") })
}

func (p *part) locate(paths map[*helmchart.File]string) {
	for _, t := range p.helm.Templates {
		paths[t] = p.at + t.Name
	}
	for _, s := range p.subs {
		s.locate(paths)
	}
}

// Renderer is as Chart.Renderer. Its templates tell their files, and can be exchanged.
func (f *Folder) Renderer(rel Release, values map[string]any) (*Renderer, error) {
	r, err := f.chart.Renderer(rel, values)
	if err != nil {
		return nil, err
	}
	r.paths = f.paths
	return r, nil
}

// WithTemplates is a renderer of the same chart with other templates, by their path in the chart's folder: those that are there
// are exchanged, others are added to the chart in whose templates folder they are. The renderer must be of a Folder.
func (r *Renderer) WithTemplates(texts map[string]string) *Renderer {
	out := *r
	out.chart = cloneChart(r.chart)
	r.exchange(out.chart, texts)
	return &out
}

func (r *Renderer) exchange(c *helmchart.Chart, texts map[string]string) {
	templates := make([]*helmchart.File, len(c.Templates))
	root, have := "", map[string]bool{}
	for i, t := range c.Templates {
		templates[i] = t
		at, ok := r.paths[t]
		if !ok {
			continue
		}
		root = strings.TrimSuffix(at, t.Name)
		have[at] = true
		if text, ok := texts[at]; ok {
			templates[i] = &helmchart.File{Name: t.Name, Data: []byte(text)}
		}
	}
	for _, at := range sortedKeys(texts) {
		if name, ok := strings.CutPrefix(at, root); ok && len(have) > 0 && !have[at] && strings.HasPrefix(name, "templates/") {
			templates = append(templates, &helmchart.File{Name: name, Data: []byte(texts[at])})
		}
	}
	c.Templates = templates
	for _, d := range c.Dependencies() {
		r.exchange(d, texts)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
