package chart_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/winready/kubectl-winready/pkg/chart"
)

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-{{ .Chart.Name }}}\n"

// archive packages a chart with Helm's own code, and says where.
func archive(t *testing.T, dir, into string) string {
	t.Helper()
	c, err := loader.LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	path, err := chartutil.Save(c, into)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadFolderAndArchive(t *testing.T) {
	t.Parallel()
	dir := files{"templates/cm.yaml": configMap, "values.yaml": "a: 1\n"}.chart(t)
	var text []string
	for _, path := range []string{dir, archive(t, dir, t.TempDir())} {
		c := load(t, path)
		if diff := cmp.Diff([]string{c.Name(), c.Version()}, []string{"web", "1.2.3"}); diff != "" {
			t.Errorf("%s (-got +want):\n%s", path, diff)
		}
		r := renderer(t, path, chart.Release{}, nil)
		if diff := cmp.Diff(string(r.DefaultValuesFile()), "a: 1\n"); diff != "" {
			t.Errorf("the values file of %s (-got +want):\n%s", path, diff)
		}
		text = append(text, manifestOf(t, r, nil))
	}
	if diff := cmp.Diff(text[0], text[1]); diff != "" {
		t.Errorf("the folder and its archive differ:\n%s", diff)
	}
}

// entry is one file of a hand-made archive.
type entry struct {
	name string
	size int
	text string
}

func tgz(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	zip, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(zip)
	for _, e := range entries {
		text := e.text + strings.Repeat("\n", e.size)
		if err := w.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(text)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "web.tgz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadBadInput(t *testing.T) {
	t.Parallel()
	const meta = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
	metaEntry := entry{name: "web/Chart.yaml", text: meta}
	whole := tgz(t, metaEntry, entry{name: "web/values.yaml", size: 10_000})
	half, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	loose := files{"half.tgz": string(half[:len(half)/2]), "text.tgz": "not an archive\n", "values.yaml": "a: 1\n", "none": ""}.write(t, t.TempDir())
	manyBig := []entry{metaEntry}
	for i := range 21 {
		manyBig = append(manyBig, entry{name: "web/files/" + string(rune('a'+i)), size: 5 << 20})
	}
	for name, tc := range map[string]struct {
		ref   string
		usage bool
		want  []string
	}{
		"nothing":                 {ref: " ", usage: true, want: []string{"CHART is empty: want a folder"}},
		"no such folder":          {ref: "./no/such", usage: true, want: []string{`chart "./no/such": no such file or folder`}},
		"no such absolute path":   {ref: "/no/such", usage: true, want: []string{`chart "/no/such": no such file or folder`}},
		"no such name":            {ref: "nosuch", usage: true, want: []string{`chart "nosuch": no such file or folder`}},
		"no such repository":      {ref: "nosuch/web", usage: true, want: []string{`chart "nosuch/web"`, "no repository nosuch", "helm repo add"}},
		"unknown scheme":          {ref: "ftp://example.invalid/web.tgz", want: []string{"ftp://example.invalid/web.tgz", `scheme "ftp" not supported`}},
		"a folder of no chart":    {ref: loose, usage: true, want: []string{loose, "is not a chart", "Chart.yaml"}},
		"a folder as Chart.yaml":  {ref: filepath.Dir(filepath.Dir(files{"x/Chart.yaml/f": ""}.write(t, t.TempDir()) + "/x/Chart.yaml")), usage: true, want: []string{"is not a chart"}},
		"a values file":           {ref: filepath.Join(loose, "values.yaml"), usage: true, want: []string{"values.yaml is not a chart: want a folder"}},
		"a text named .tgz":       {ref: filepath.Join(loose, "text.tgz"), usage: true, want: []string{"text.tgz is not a chart", "gzipped archive"}},
		"an empty file":           {ref: filepath.Join(loose, "none"), usage: true, want: []string{"is not a chart"}},
		"half an archive":         {ref: filepath.Join(loose, "half.tgz"), want: []string{"half.tgz", "cut short or damaged"}},
		"an empty archive":        {ref: tgz(t), want: []string{"web.tgz", "no files in chart archive"}},
		"an archive of something": {ref: tgz(t, entry{name: "web/readme"}), want: []string{"web.tgz", "Chart.yaml file is missing"}},
		"out by dots":             {ref: tgz(t, metaEntry, entry{name: "web/../../etc/passwd"}), want: []string{"web.tgz", "parent directory"}},
		"out by a root":           {ref: tgz(t, metaEntry, entry{name: "web//etc/passwd"}), want: []string{"web.tgz", "absolute paths"}},
		"out by a drive":          {ref: tgz(t, metaEntry, entry{name: `web\c:\x`}), want: []string{"web.tgz", "illegally named"}},
		"no folder around":        {ref: tgz(t, entry{name: "Chart.yaml", text: meta}), want: []string{"web.tgz", "outside the base directory"}},
		"a file too large":        {ref: tgz(t, metaEntry, entry{name: "web/templates/a", size: 5<<20 + 1}), want: []string{"web.tgz", `"web/templates/a"`, "maximum file size 5242880"}},
		"too large on the whole":  {ref: tgz(t, manyBig...), want: []string{"web.tgz", "maximum file size 104857600"}},
		"a folder's file too large": {
			ref:  files{"templates/a": strings.Repeat("\n", 5<<20+1)}.chart(t),
			want: []string{"/web", `"a"`, "maximum file size 5242880"},
		},
		"Chart.yaml with a tab":       {ref: files{"Chart.yaml": "apiVersion: v2\nname: web\n\tversion: 1\n"}.chart(t), want: []string{"/web", "Chart.yaml", "line 3"}},
		"Chart.yaml of null":          {ref: files{"Chart.yaml": "null\n"}.chart(t), want: []string{"/web", "Chart.yaml", "chart.metadata.name is required"}},
		"Chart.yaml empty":            {ref: files{"Chart.yaml": ""}.chart(t), want: []string{"/web", "Chart.yaml", "chart.metadata.name is required"}},
		"Chart.yaml of a list":        {ref: files{"Chart.yaml": "- a\n"}.chart(t), want: []string{"/web", "Chart.yaml", "array"}},
		"Chart.yaml without version":  {ref: files{"Chart.yaml": "name: web\n"}.chart(t), want: []string{"/web", "Chart.yaml", "version is required"}},
		"Chart.yaml with a bad type":  {ref: files{"Chart.yaml": meta + "maintainers: x\n"}.chart(t), want: []string{"/web", "Chart.yaml", "maintainers"}},
		"a dependency of null":        {ref: files{"Chart.yaml": meta + "dependencies: [null]\n"}.chart(t), want: []string{"/web", "Chart.yaml", "dependencies must not contain empty"}},
		"a maintainer of null":        {ref: files{"Chart.yaml": meta + "maintainers: [null]\n"}.chart(t), want: []string{"/web", "Chart.yaml", "maintainers must not contain empty"}},
		"two dependencies of a name":  {ref: files{"Chart.yaml": meta + "dependencies: [{name: a, version: 1.x}, {name: a, version: 1.x}]\n"}.chart(t), want: []string{"Chart.yaml", "more than one dependency"}},
		"a library":                   {ref: files{"Chart.yaml": meta + "type: library\n"}.chart(t), usage: true, want: []string{`chart "web" is of type library`, "want an application chart"}},
		"values.yaml of a list":       {ref: files{"values.yaml": "- a\n"}.chart(t), want: []string{"/web", "values.yaml", "want a map of values at the top"}},
		"values.yaml of a text":       {ref: files{"values.yaml": "a\n"}.chart(t), want: []string{"/web", "values.yaml", "want a map of values at the top"}},
		"values.yaml with a tab":      {ref: files{"values.yaml": "a:\n\tb: c\n"}.chart(t), want: []string{"/web", "values.yaml", "line 2"}},
		"values.yaml of nine nines":   {ref: files{"values.yaml": bomb()}.chart(t), want: []string{"/web", "values.yaml", "excessive aliasing"}},
		"a sub-chart's Chart.yaml":    {ref: files{"charts/db/Chart.yaml": "name: [\n"}.chart(t), want: []string{"/web", "subchart db in web", "Chart.yaml", "line 1"}},
		"a sub-chart's values.yaml":   {ref: files{"charts/db/Chart.yaml": meta, "charts/db/values.yaml": "5"}.chart(t), want: []string{"subchart db in web", "values.yaml", "want a map"}},
		"a sub-chart of no archive":   {ref: files{"charts/db-1.tgz": "x"}.chart(t), want: []string{"subchart db-1.tgz in web", "damaged"}},
		"a broken .helmignore":        {ref: files{".helmignore": "[\n"}.chart(t), want: []string{"/web", "syntax error in pattern"}},
		"Chart.yaml in its own shade": {ref: files{".helmignore": "Chart.yaml\n"}.chart(t), want: []string{"/web", "Chart.yaml file is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := chart.Load(t.Context(), chart.Source{Ref: tc.ref}, io.Discard)
			if err == nil {
				t.Fatal("got no error")
			}
			wantWords(t, err, tc.want...)
			if errors.Is(err, chart.ErrUsage) != tc.usage {
				t.Errorf("%v is ErrUsage: got %v, want %v", err, !tc.usage, tc.usage)
			}
		})
	}
}

func TestLoadSaysWhichDependenciesAreMissing(t *testing.T) {
	t.Parallel()
	dir := files{
		"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n" +
			"- {name: postgresql, version: 12.x.x, repository: 'https://example.invalid', condition: postgresql.enabled}\n" +
			"- {name: cache, version: 1.0.0}\n- {name: common, version: ^2}\n",
		"charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
	}.chart(t)
	_, err := chart.Load(t.Context(), chart.Source{Ref: dir}, io.Discard)
	var missing *chart.MissingDependenciesError
	if !errors.As(err, &missing) {
		t.Fatalf("got %v, want a MissingDependenciesError", err)
	}
	want := &chart.MissingDependenciesError{Chart: "web", Names: []string{"common ^2", "postgresql 12.x.x"}}
	if diff := cmp.Diff(missing, want); diff != "" {
		t.Errorf("missing (-got +want):\n%s", diff)
	}
	wantWords(t, err, `chart "web"`, "common ^2, postgresql 12.x.x")
}

func TestLoadUpdatesDependencies(t *testing.T) {
	t.Parallel()
	root := files{
		"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n" +
			"- {name: db, version: 0.x, repository: 'file://../db'}\n",
		"db/Chart.yaml":        "apiVersion: v2\nname: db\nversion: 0.1.0\n",
		"db/templates/cm.yaml": configMap,
	}.write(t, t.TempDir())
	var progress strings.Builder
	c, err := chart.Load(t.Context(), chart.Source{Ref: filepath.Join(root, "web"), DependencyUpdate: true}, &progress)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Renderer(chart.Release{Name: "rel"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "---\n# Source: web/charts/db/templates/cm.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: rel-db}\n"
	if diff := cmp.Diff(manifestOf(t, r, nil), want); diff != "" {
		t.Errorf("after the update (-got +want):\n%s", diff)
	}
	if !strings.Contains(progress.String(), "Saving 1 charts") {
		t.Errorf("got progress %q", progress.String())
	}
}

func TestLoadSaysWhatTheUpdateOfDependenciesLacks(t *testing.T) {
	t.Parallel()
	dir := files{"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: db, version: 0.x, repository: 'file://../none'}]\n"}.chart(t)
	_, err := chart.Load(t.Context(), chart.Source{Ref: dir, DependencyUpdate: true}, io.Discard)
	if err == nil {
		t.Fatal("got no error")
	}
	wantWords(t, err, "updating the dependencies of", "/web", "none not found")
}
