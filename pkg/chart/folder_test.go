package chart_test

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/downloader"
	"helm.sh/helm/v3/pkg/getter"

	"github.com/winready/kubectl-winready/pkg/chart"
)

// manager is what helm dependency uses.
func manager(dir string) *downloader.Manager {
	settings := cli.New()
	return &downloader.Manager{
		Out: io.Discard, ChartPath: dir, SkipUpdate: true, Getters: getter.All(settings),
		RepositoryConfig: settings.RepositoryConfig, RepositoryCache: settings.RepositoryCache,
	}
}

const onePod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Chart.Name }}\nspec:\n  containers: []\n"

// shop writes the charts shop, db and cache side by side. Helm packs the other two into shop and locks them.
func shop(t *testing.T, apiVersion string) string {
	t.Helper()
	const dependencies = `dependencies:
  # The database has an alias.
  - name: db
    alias: users
    version: ^1.0.0
    repository: file://../db # beside this one
  - {name: cache, version: 0.1.0, repository: "file://../cache"}
`
	head, file := "apiVersion: "+apiVersion+"\nname: shop\nversion: 0.1.0\n", "Chart.yaml"
	dir := t.TempDir()
	tree := files{
		"shop/Chart.yaml": head, "shop/templates/shop.yaml": onePod,
		"db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.2.3\n", "db/templates/db.yaml": onePod, "db/values.yaml": "a: b\n",
		"db/charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\n", "db/charts/lib/templates/lib.yaml": onePod,
		"cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 0.1.0\n", "cache/templates/cache.yaml": onePod,
	}
	if apiVersion == "v1" {
		file = "requirements.yaml"
	}
	tree["shop/"+file] = strings.TrimPrefix(tree["shop/"+file]+dependencies, "\n")
	tree.write(t, dir)
	if err := manager(filepath.Join(dir, "shop")).Update(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "shop")
}

func folder(t *testing.T, dir string) *chart.Folder {
	t.Helper()
	f, err := load(t, dir).Folder()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func copyOf(t *testing.T, f *chart.Folder, texts map[string]string) map[string]string {
	t.Helper()
	copied, err := f.Copy(texts, "0.1.0+winready")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, data := range copied {
		out[name] = string(data)
	}
	return out
}

// TestCopyWithoutChanges has every file of the folder, and another version; what is packed stays packed, byte for byte.
func TestCopyWithoutChanges(t *testing.T) {
	t.Parallel()
	dir := shop(t, "v2")
	want := map[string]string{}
	for _, name := range []string{"Chart.yaml", "Chart.lock", "templates/shop.yaml", "charts/db-1.2.3.tgz", "charts/cache-0.1.0.tgz"} {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		want[name] = strings.Replace(string(data), "version: 0.1.0\ndependencies", "version: 0.1.0+winready\ndependencies", 1)
	}
	if diff := cmp.Diff(copyOf(t, folder(t, dir), nil), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// TestCopyWithChangesInPackedCharts: the sub-chart with a change, and the one in that, are folders; helm dependency build takes them as
// they are, and goes on to pack the other one from where it is. Helm renders, packs and lints the copy.
func TestCopyWithChangesInPackedCharts(t *testing.T) {
	t.Parallel()
	for _, apiVersion := range []string{"v1", "v2"} {
		t.Run(apiVersion, func(t *testing.T) {
			t.Parallel()
			dir := shop(t, apiVersion)
			const changed = "charts/db/charts/lib/templates/lib.yaml"
			const added = "charts/db/templates/_new.tpl"
			got := copyOf(t, folder(t, dir), map[string]string{changed: onePod + "# changed\n", added: "# new\n"})
			names := slices.Sorted(maps.Keys(got))
			declared := "Chart.yaml"
			want := []string{
				"Chart.lock", "Chart.yaml", "charts/cache-0.1.0.tgz", "charts/db/Chart.yaml", changed[:len("charts/db/charts/lib/")] + "Chart.yaml", changed,
				added, "charts/db/templates/db.yaml", "charts/db/values.yaml", "templates/shop.yaml",
			}
			if apiVersion == "v1" {
				declared = "requirements.yaml"
				want = append(want[1:], declared, "requirements.lock")
			}
			slices.Sort(want)
			if diff := cmp.Diff(names, want); diff != "" {
				t.Fatalf("files: got -, want +:\n%s", diff)
			}
			if text := got[declared]; !strings.Contains(text, `repository: "" # beside this one`) || !strings.Contains(text, "# The database has an alias.") ||
				!strings.Contains(text, `repository: "file://../cache"`) {
				t.Errorf("%s is\n%s", declared, text)
			}
			copied := filepath.Join(filepath.Dir(dir), "copy")
			files(got).write(t, copied)
			if err := manager(copied).Build(); err != nil {
				t.Errorf("helm dependency build: %v", err)
			}
			after, err := os.ReadFile(filepath.Join(copied, filepath.FromSlash(changed)))
			if err != nil || !strings.HasSuffix(string(after), "# changed\n") {
				t.Errorf("the changed file is %q, %v", after, err)
			}
			pack := action.NewPackage()
			pack.Destination = t.TempDir()
			packed, err := pack.Run(copied, nil)
			if err != nil {
				t.Fatalf("helm package: %v", err)
			}
			for _, path := range []string{copied, packed} {
				text, _, err := template(t, path, chart.Release{Name: "rel"}, nil)
				if err != nil || strings.Count(text, "# changed") != 1 || strings.Count(text, "kind: Pod") != 4 {
					t.Errorf("%s renders %q, %v", path, text, err)
				}
			}
		})
	}
}

// TestTemplatesCanBeExchanged by the files that they are in: one file of two aliases is exchanged for both.
func TestTemplatesCanBeExchanged(t *testing.T) {
	t.Parallel()
	dir := files{
		"Chart.yaml":         "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- {name: db, version: 1.x, alias: users}\n- {name: db, version: 1.x, alias: orders}\n",
		"templates/web.yaml": onePod, "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n", "charts/db/templates/db.yaml": onePod,
	}.chart(t)
	f := folder(t, dir)
	r, err := f.Renderer(chart.Release{Name: "rel"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, tpl := range r.Templates() {
		at = append(at, tpl.Name+" in "+tpl.File)
	}
	want := []string{
		"web/charts/orders/templates/db.yaml in charts/db/templates/db.yaml", "web/charts/users/templates/db.yaml in charts/db/templates/db.yaml",
		"web/templates/web.yaml in templates/web.yaml",
	}
	if diff := cmp.Diff(at, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	out, err := r.WithTemplates(map[string]string{
		"charts/db/templates/db.yaml": `{{ include "new" . }}`, "charts/db/templates/_new.tpl": `{{ define "new" }}name: {{ .Chart.Name }}{{ end }}`,
	}).Render(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	rendered := map[string]string{
		"web/charts/orders/templates/db.yaml": "name: orders", "web/charts/users/templates/db.yaml": "name: users",
		"web/templates/web.yaml": strings.ReplaceAll(onePod, "{{ .Chart.Name }}", "web"),
	}
	if diff := cmp.Diff(out.Files, rendered); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// TestFolderOfARecord: what Helm keeps of a release has no files, but all that is in them.
func TestFolderOfARecord(t *testing.T) {
	t.Parallel()
	dir := files{
		"values.yaml": "# A comment.\nname: web\n", "values.schema.json": `{"type": "object"}`, "README.md": "read me",
		"templates/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\ndata: {text: {{ .Files.Get \"README.md\" }}}\n",
	}.chart(t)
	f, err := chart.Recall(t, load(t, dir)).Folder()
	if err != nil {
		t.Fatal(err)
	}
	copied := copyOf(t, f, nil)
	want := []string{"Chart.yaml", "README.md", "templates/web.yaml", "values.schema.json", "values.yaml"}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(copied)), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	was, _, err := template(t, dir, chart.Release{Name: "rel"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	is, _, err := template(t, files(copied).write(t, filepath.Join(t.TempDir(), "copy")), chart.Release{Name: "rel"}, nil)
	if diff := cmp.Diff(is, was); err != nil || diff != "" {
		t.Errorf("got -, want +, %v:\n%s", err, diff)
	}
}
