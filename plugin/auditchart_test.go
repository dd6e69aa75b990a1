package plugin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/survey"
	"github.com/winready/kubectl-winready/pkg/workload"
)

const auditChart = "../charts/winready-audit"

// value is a value of a chart, with what is said of it.
type value struct{ path, about, standard string }

// values reads those of the audit chart: leaves, and maps that a user fills.
func values(t *testing.T) []value {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(readFile(t, auditChart+"/values.yaml")), &doc); err != nil {
		t.Fatal(err)
	}
	return valuesOf(t, doc.Content[0], "")
}

func valuesOf(t *testing.T, m *yaml.Node, prefix string) []value {
	t.Helper()
	var found []value
	for i := 0; i < len(m.Content); i += 2 {
		key, v := m.Content[i], m.Content[i+1]
		path := prefix + key.Value
		about := strings.ReplaceAll(strings.ReplaceAll(key.HeadComment, "# ", ""), "\n", " ")
		nested := v.Kind == yaml.MappingNode && len(v.Content) > 0 && !slices.Contains([]string{"nodeSelector", "resources", "dashboard.labels"}, path)
		if nested {
			found = append(found, valuesOf(t, v, path+".")...)
			continue
		}
		if about == "" {
			t.Errorf("values.yaml says nothing of %s", path)
		}
		text, err := inline(v)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, value{path, about, text})
	}
	return found
}

// inline is a node as JSON in one line.
func inline(n *yaml.Node) (string, error) {
	var v any
	if err := n.Decode(&v); err != nil {
		return "", err
	}
	data, err := json.Marshal(v)
	return string(data), err
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestAuditChartReadme keeps the table of values, which is made of values.yaml, and the schema, which has to know all of them.
func TestAuditChartReadme(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("| Value | Default | |\n|---|---|---|\n")
	var paths []string
	for _, v := range values(t) {
		paths = append(paths, v.path)
		fmt.Fprintf(&table, "| `%s` | `%s` | %s |\n", v.path, v.standard, v.about)
	}
	const begin, end = "<!-- values -->\n", "<!-- /values -->"
	head, rest, ok := strings.Cut(readFile(t, auditChart+"/README.md"), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("README.md has no %q and %q", begin, end)
	}
	check(t, auditChart+"/README.md", head+begin+table.String()+end+tail)
	var schema map[string]any
	if err := json.Unmarshal([]byte(readFile(t, auditChart+"/values.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	known := slices.DeleteFunc(schemaPaths(schema, ""), func(p string) bool { return p == "global" })
	slices.Sort(paths)
	if diff := cmp.Diff(known, paths); diff != "" {
		t.Errorf("values of the schema (-) and of values.yaml (+):\n%s", diff)
	}
}

// schemaPaths are the leaves of a schema, sorted.
func schemaPaths(schema map[string]any, prefix string) []string {
	properties, ok := schema["properties"].(map[string]any)
	if !ok {
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	var found []string
	for name, sub := range properties {
		if m, ok := sub.(map[string]any); ok {
			found = append(found, schemaPaths(m, prefix+name+".")...)
		}
	}
	slices.Sort(found)
	return found
}

var roleRule = regexp.MustCompile(`apiGroups: \[([^\]]*)\], resources: \[([^\]]*)\], verbs: \[list\]`)

// TestAuditChartRole holds the ClusterRole to the kinds that audit lists; what it lists of Kubernetes' own, test/e2e/auditchart tells.
func TestAuditChartRole(t *testing.T) {
	t.Parallel()
	got := map[string][]string{}
	for _, m := range roleRule.FindAllStringSubmatch(readFile(t, auditChart+"/templates/clusterrole.yaml"), -1) {
		got[m[1]] = strings.Split(m[2], ", ")
	}
	want := map[string][]string{}
	for _, k := range workload.Kinds() {
		if k.Custom {
			want[k.Group] = append(want[k.Group], plural(k.Kind))
		}
	}
	for _, builtin := range []string{`""`, "apps", "batch", "node.k8s.io"} {
		delete(got, builtin)
	}
	for group := range want {
		slices.Sort(want[group])
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("kinds of operators in the role (-got +want):\n%s", diff)
	}
}

// plural is how the API spells a kind in its paths; every kind of the table follows one of these.
func plural(kind string) string {
	kind = strings.ToLower(kind)
	switch {
	case strings.HasSuffix(kind, "s"), strings.HasSuffix(kind, "ch"), strings.HasSuffix(kind, "sh"):
		return kind + "es"
	case strings.HasSuffix(kind, "y"):
		return strings.TrimSuffix(kind, "y") + "ies"
	}
	return kind + "s"
}

var metric = regexp.MustCompile(`winready_\w+`)

// TestAuditChartDashboard holds the dashboard to the metrics that there are.
func TestAuditChartDashboard(t *testing.T) {
	t.Parallel()
	format, _ := printer.LookupReport("prometheus")
	var b bytes.Buffer
	checked := &printer.Checked{
		Picture: &survey.Summary{Pools: []survey.PoolSummary{{Name: "linux"}}},
		Report:  finding.Report{Findings: []finding.Finding{{RuleID: "WR101", Object: object.Ref{Kind: "Pod", Name: "x"}}}},
	}
	if err := format.Report(&b, checked, printer.Style{}); err != nil {
		t.Fatal(err)
	}
	dashboard := readFile(t, filepath.Join(auditChart, "files", "dashboard.json"))
	if !json.Valid([]byte(dashboard)) {
		t.Fatal("the dashboard is not JSON")
	}
	shown := map[string]bool{}
	for _, name := range metric.FindAllString(dashboard, -1) {
		shown[name] = true
		if !strings.Contains(b.String(), "\n"+name+"{") && !strings.Contains(b.String(), "# TYPE "+name+" ") {
			t.Errorf("the dashboard asks for %s, which nothing writes", name)
		}
	}
	for _, name := range regexp.MustCompile(`# TYPE (\w+) `).FindAllStringSubmatch(b.String(), -1) {
		if !shown[name[1]] {
			t.Errorf("no panel shows %s", name[1])
		}
	}
}
