package chart_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/object"
)

func pod(name string) string {
	return "kind: Pod\nmetadata: {name: " + name + "}\nspec: {nodeSelector: {name: " + name + "}}\n"
}

func TestFindPods(t *testing.T) {
	t.Parallel()
	item := func(s string) string { return "- " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ") + "\n" }
	scan := chart.FindPods([]chart.Document{
		{Source: "a", Text: pod("one")},
		{Source: "a", Text: "kind: ConfigMap\ndata: {x: y}\n"},
		{Source: "a", Text: `{"kind": "Pod", "metadata": {"name": "json"}, "spec": {"nodeSelector": {"name": "json"}}}`},
		{Source: "b", Text: pod("one")},
		{Source: "b", Text: "kind: List\nitems:\n" + item(pod("listed")) + item("kind: PodList\nitems:\n"+item(pod("nested"))) + "- oops\n"},
		{Source: "c", Text: "kind: Pod\nmetadata: {name: broken}\nspec: [\n"},
		{Source: "d", Text: "kind: ConfigMap\ndata: [\n"},
		{Source: "e", Text: "- kind: Pod\n"},
		{Source: "f", Text: "kind:\r\n  Pod\nmetadata: {name: below}\nspec: {nodeSelector: {a: below}}\n"},
		{Source: "g", Text: "kind: &k Pod\nmetadata: {name: anchored}\nspec: {nodeSelector: {a: anchored}}\n"},
		{Source: "h", Text: "'kind' : !!str 'Pod'\nmetadata: {name: tagged}\nspec: {nodeSelector: {a: tagged}}\n"},
	})
	type found struct {
		Key, At string
		SpecAt  string
		Name    string
	}
	var got []found
	for _, p := range scan.Pods {
		pairs := p.Doc.Pairs(append(p.SpecAt, "nodeSelector"))
		if len(pairs) != 1 {
			t.Fatalf("%s: no nodeSelector at %v", p.Key, p.SpecAt)
		}
		got = append(got, found{p.Key, p.At, object.Path(p.SpecAt).String(), pairs[0].Value})
	}
	want := []found{
		{"Pod/one", "a Pod 1", "spec", "one"},
		{"Pod/json", "a Pod 2", "spec", "json"},
		{"Pod/one#2", "b Pod 1", "spec", "one"},
		{"Pod/listed", "b Pod 2", "items[0].spec", "listed"},
		{"Pod/nested", "b Pod 3", "items[1].items[0].spec", "nested"},
		{"Pod/below", "f Pod 1", "spec", "below"},
		{"Pod/anchored", "g Pod 1", "spec", "anchored"},
		{"Pod/tagged", "h Pod 1", "spec", "tagged"},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("pods (-got +want):\n%s", diff)
	}
	if len(scan.Unreadable) != 1 || !strings.HasPrefix(scan.Unreadable[0], "c: parsing YAML: line ") {
		t.Errorf("unreadable: got %q, want one line about c", scan.Unreadable)
	}
}

func TestMatchFindsWhatIsStillThere(t *testing.T) {
	t.Parallel()
	pods := func(names ...string) []chart.Pod {
		var docs []chart.Document
		for _, n := range names {
			source, name, _ := strings.Cut(n, "/")
			docs = append(docs, chart.Document{Source: source, Text: pod(name)})
		}
		return chart.FindPods(docs).Pods
	}
	for name, tc := range map[string]struct {
		base, pods []string
		want       []int
	}{
		"the same":            {base: []string{"a/x", "a/y"}, pods: []string{"a/x", "a/y"}, want: []int{0, 1}},
		"in another order":    {base: []string{"a/x", "a/y"}, pods: []string{"a/y", "a/x"}, want: []int{1, 0}},
		"one gone":            {base: []string{"a/x", "a/y"}, pods: []string{"a/y"}, want: []int{1}},
		"one more":            {base: []string{"a/y"}, pods: []string{"a/x", "a/y"}, want: []int{-1, 0}},
		"a random name":       {base: []string{"a/x", "a/y-123"}, pods: []string{"a/x", "a/y-456"}, want: []int{0, 1}},
		"one name twice":      {base: []string{"a/x", "a/x"}, pods: []string{"a/x", "a/x"}, want: []int{0, 1}},
		"a name elsewhere":    {base: []string{"a/x"}, pods: []string{"b/x"}, want: []int{-1}},
		"nothing to find":     {pods: []string{"a/x"}, want: []int{-1}},
		"more random than is": {base: []string{"a/x-1"}, pods: []string{"a/x-2", "a/x-3"}, want: []int{0, -1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(chart.Match(pods(tc.base...), pods(tc.pods...)), tc.want); diff != "" {
				t.Errorf("matched (-got +want):\n%s", diff)
			}
		})
	}
}
