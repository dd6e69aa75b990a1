package chart

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// DefaultKubeVersion is the Kubernetes version a chart sees when the user names none. Helm's releases get it from the
// client-go they are built with (Makefile, K8S_MODULES_MINOR_VER); the library alone would say v1.20.
const DefaultKubeVersion = "v1.37.0"

// Release is what a chart may ask about the release it becomes. The fields are helm template's flags.
type Release struct {
	Name, Namespace      string
	KubeVersion          string // empty: DefaultKubeVersion, or the cluster's for a chart that is installed in one
	APIVersions          []string
	IsUpgrade            bool
	SkipTests            bool // leave the pods of helm test out
	SkipSchemaValidation bool
}

// Renderer renders one chart for one release, again and again with other values. The chart was parsed and its
// dependencies resolved once. It is safe for concurrent use.
type Renderer struct {
	chart    *helmchart.Chart
	caps     *chartutil.Capabilities
	options  chartutil.ReleaseOptions
	user     map[string]any
	engine   engine.Engine // the zero one looks nothing up
	schema   *schemas      // nil: not to be asked
	skipTest bool
	paths    map[*helmchart.File]string // where a template is in the chart's folder; nil but for a Folder
}

// Renderer prepares a chart for rendering with the user's values: it resolves conditions, tags, aliases and
// import-values, and checks the chart's kubeVersion, as Helm does.
func (c *Chart) Renderer(rel Release, values map[string]any) (*Renderer, error) {
	caps, err := c.capabilities(rel)
	if err != nil {
		return nil, err
	}
	if err := chartutil.ValidateReleaseName(rel.Name); err != nil {
		return nil, usageError{fmt.Errorf("release name %q: %w", rel.Name, err)}
	}
	helm := cloneChart(c.helm)
	if err := chartutil.ProcessDependenciesWithMerge(helm, values); err != nil {
		return nil, fmt.Errorf("chart %q: resolving dependencies: %w", c.Name(), err)
	}
	if want := helm.Metadata.KubeVersion; want != "" && !chartutil.IsCompatibleRange(want, caps.KubeVersion.String()) {
		return nil, fmt.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", want, caps.KubeVersion.String())
	}
	r := &Renderer{
		chart: helm, caps: caps, user: values, skipTest: rel.SkipTests,
		options: chartutil.ReleaseOptions{
			Name: rel.Name, Namespace: rel.Namespace, Revision: c.revision + 1, IsInstall: !rel.IsUpgrade, IsUpgrade: rel.IsUpgrade,
		},
	}
	if c.around != nil {
		r.engine = c.around.engine
	}
	if !rel.SkipSchemaValidation {
		r.schema = newSchemas()
	}
	return r, nil
}

// capabilities are what the chart may ask about the cluster: Helm's own table, or what a live one can do; and what the user says.
func (c *Chart) capabilities(rel Release) (*chartutil.Capabilities, error) {
	caps, version := chartutil.DefaultCapabilities.Copy(), rel.KubeVersion
	switch {
	case c.around != nil:
		caps = c.around.capabilities.Copy()
	case version == "":
		version = DefaultKubeVersion
	}
	caps.APIVersions = append(slices.Clip(caps.APIVersions), rel.APIVersions...)
	if version == "" {
		return caps, nil
	}
	kube, err := chartutil.ParseKubeVersion(version)
	if err != nil {
		return nil, usageError{fmt.Errorf("reading --kube-version %q: %w: want one such as 1.34.0", version, err)}
	}
	caps.KubeVersion = *kube
	return caps, nil
}

// cloneChart copies what resolving dependencies changes, and shares the rest.
func cloneChart(c *helmchart.Chart) *helmchart.Chart {
	out := *c
	meta := *c.Metadata
	meta.Dependencies = make([]*helmchart.Dependency, 0, len(c.Metadata.Dependencies))
	for _, d := range c.Metadata.Dependencies {
		if d == nil {
			continue
		}
		dep := *d
		dep.ImportValues = slices.Clone(d.ImportValues)
		meta.Dependencies = append(meta.Dependencies, &dep)
	}
	if len(meta.Dependencies) == 0 && c.Metadata.Dependencies == nil {
		meta.Dependencies = nil
	}
	out.Metadata = &meta
	subs := make([]*helmchart.Chart, 0, len(c.Dependencies()))
	for _, d := range c.Dependencies() {
		subs = append(subs, cloneChart(d))
	}
	out.SetDependencies(subs...)
	return &out
}

// Narrow is a renderer of the same chart that renders only the templates in keep and those that define named templates: for
// probes that need no more. It fails where one of them includes a file that is left out.
func (r *Renderer) Narrow(keep map[string]bool) *Renderer {
	out := *r
	out.chart = cloneChart(r.chart)
	filter(out.chart, keep)
	return &out
}

func filter(c *helmchart.Chart, keep map[string]bool) {
	var kept []*helmchart.File
	for _, t := range c.Templates {
		if t != nil && (keep[path.Join(c.ChartFullPath(), t.Name)] || strings.HasPrefix(path.Base(t.Name), "_") || strings.Contains(string(t.Data), "define")) {
			kept = append(kept, t)
		}
	}
	c.Templates = kept
	for _, d := range c.Dependencies() {
		filter(d, keep)
	}
}

// Name is the chart's name.
func (r *Renderer) Name() string { return r.chart.Name() }

// Version is the chart's version.
func (r *Renderer) Version() string { return r.chart.Metadata.Version }

// KubeMinor is the minor version of the Kubernetes 1 that the chart is told; 0 for one that is no number.
func (r *Renderer) KubeMinor() int {
	minor, err := strconv.Atoi(strings.TrimRight(r.caps.KubeVersion.Minor, "+"))
	if err != nil {
		return 0
	}
	return minor
}

// Annotations are those of Chart.yaml.
func (r *Renderer) Annotations() map[string]string { return r.chart.Metadata.Annotations }

// Values are the values the templates see: the user's over the chart's, sub-charts under their names or aliases,
// globals copied into each. The caller may change the copy.
func (r *Renderer) Values() (map[string]any, error) {
	vals, err := chartutil.CoalesceValues(r.chart, r.user)
	if err != nil {
		return nil, fmt.Errorf("chart %q: merging values: %w", r.Name(), err)
	}
	return vals, nil
}

// DefaultValuesFile is the text of the chart's own values.yaml, for the order of its keys; empty when it has none.
func (r *Renderer) DefaultValuesFile() []byte {
	for _, f := range r.chart.Raw {
		if f.Name == chartutil.ValuesfileName {
			return f.Data
		}
	}
	return nil
}

// CheckValues asks the charts' schemas about an overlay without rendering. Nil when it is fine or nobody is to be asked.
func (r *Renderer) CheckValues(overlay map[string]any) error {
	if r.schema == nil {
		return nil
	}
	vals, err := chartutil.CoalesceValues(r.chart, Merge(r.user, overlay))
	if err != nil {
		return fmt.Errorf("chart %q: merging values: %w", r.Name(), err)
	}
	return r.schema.check(r.chart, vals)
}

// UncheckedSchemas are the addresses that the charts' schemas refer to. They are not fetched: rendering a chart does not
// reach for the network. What they would demand is unknown. Sorted; complete after the first render.
func (r *Renderer) UncheckedSchemas() []string {
	if r.schema == nil {
		return nil
	}
	return r.schema.remote()
}

// Render renders the chart with overlay laid over the user's values, as helm template -f overlay would.
func (r *Renderer) Render(ctx context.Context, overlay map[string]any) (*Render, error) {
	return r.render(ctx, overlay, r.schema)
}

// Probe renders like Render without asking the schemas: a probe wants to know what templates do.
func (r *Renderer) Probe(ctx context.Context, overlay map[string]any) (*Render, error) {
	return r.render(ctx, overlay, nil)
}

func (r *Renderer) render(ctx context.Context, overlay map[string]any, schema *schemas) (*Render, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	top, err := chartutil.ToRenderValuesWithSchemaValidation(r.chart, Merge(r.user, overlay), r.options, r.caps, true)
	if err != nil {
		return nil, fmt.Errorf("chart %q: merging values: %w", r.Name(), err)
	}
	if schema != nil {
		vals, _ := top["Values"].(chartutil.Values)
		if err := schema.check(r.chart, vals); err != nil {
			return nil, err
		}
	}
	files, err := r.execute(ctx, top)
	if err != nil {
		return nil, err
	}
	for name := range files {
		if strings.HasSuffix(name, "NOTES.txt") || strings.TrimSpace(files[name]) == "" {
			delete(files, name)
		}
	}
	return &Render{Files: files, skipTest: r.skipTest}, nil
}

// execute runs Helm's engine and gives up on it when the context ends: templates can loop.
func (r *Renderer) execute(ctx context.Context, top chartutil.Values) (map[string]string, error) {
	files, err := interruptible(ctx, func() (map[string]string, error) {
		return r.engine.Render(r.chart, top)
	})
	if err != nil && !IsCanceled(err) {
		return nil, &RenderError{Chart: r.Name(), Value: asksFor(err.Error(), r.Templates()), Err: err}
	}
	return files, err
}

// RenderError is a failure of the chart's templates, in Helm's words.
type RenderError struct {
	Chart string
	Value string // the path of the value that it is about, as far as Helm's message leads to one; else empty
	Err   error
}

func (e *RenderError) Error() string { return fmt.Sprintf("rendering chart %q: %v", e.Chart, e.Err) }

// Unwrap is Helm's own error.
func (e *RenderError) Unwrap() error { return e.Err }

// Template is the source of one template, with where its .Values are in the values of the whole chart.
type Template struct {
	Name    string // as Helm prints it: web/charts/cache/templates/deployment.yaml
	Text    string
	Scope   []string // path of the chart's values: names or aliases of the sub-charts that lead to it
	Library bool     // its own output is not rendered
	File    string   // its path in the chart's folder; empty unless the renderer is that of a Folder
}

// Templates are the templates of the chart and of its enabled sub-charts, library charts included, sorted by name.
func (r *Renderer) Templates() []Template {
	var out []Template
	r.collect(r.chart, nil, &out)
	slices.SortFunc(out, func(a, b Template) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (r *Renderer) collect(c *helmchart.Chart, scope []string, out *[]Template) {
	library := strings.EqualFold(c.Metadata.Type, "library")
	for _, t := range c.Templates {
		if t != nil {
			*out = append(*out, Template{
				Name: path.Join(c.ChartFullPath(), t.Name), Text: string(t.Data), Scope: scope,
				Library: library || strings.HasPrefix(path.Base(t.Name), "_"), File: r.paths[t],
			})
		}
	}
	for _, d := range c.Dependencies() {
		r.collect(d, append(slices.Clip(scope), d.Name()), out)
	}
}

// IsCanceled tells a render that was given up from one that failed.
func IsCanceled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
