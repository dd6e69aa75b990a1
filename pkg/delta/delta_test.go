package delta_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/delta"
)

// docs are documents of one template, cut at ---; those that hold "hook" are hooks.
func docs(text string) []chart.Document {
	var out []chart.Document
	for part := range strings.SplitSeq(text, "---\n") {
		out = append(out, chart.Document{Source: "web/templates/all.yaml", Text: part, Hook: strings.Contains(part, "hook")})
	}
	return out
}

func TestBetween(t *testing.T) {
	t.Parallel()
	const web = "kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, template: {spec: {nodeSelector: {kubernetes.io/os: linux}}}}\n"
	for name, tc := range map[string]struct {
		older, newer string
		want         []string
	}{
		"nothing":                        {web, web, nil},
		"comments and the order of keys": {web, "# new\nmetadata: {name: web}\nkind: Deployment\n" + strings.Split(web, "\n")[2] + "\n", nil},
		"a field":                        {web, strings.Replace(web, "linux", "windows", 1), []string{"Deployment/web spec.template.spec.nodeSelector[kubernetes.io/os]"}},
		"two fields": {
			web, strings.NewReplacer("linux", "windows", "1", "2").Replace(web),
			[]string{"Deployment/web spec.replicas, spec.template.spec.nodeSelector[kubernetes.io/os]"},
		},
		"what comes and goes": {
			"kind: Job\nmetadata: {name: hook-a}\n---\n" + web, web + "---\nkind: Job\nmetadata: {name: b, namespace: x}\n",
			[]string{"Job/x/b, which is new", "Job/hook-a, which goes away"},
		},
		"two of one name":     {web + "---\n" + web, web + "---\n" + strings.Replace(web, "1", "2", 1), []string{"Deployment/web#2 spec.replicas"}},
		"what does not parse": {"a: [", "a: [[", []string{"web/templates/all.yaml its text"}},
		"what was nothing":    {"# nothing\n", "\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range delta.Between(docs(tc.older), docs(tc.newer)) {
				got = append(got, c.String())
			}
			if diff := cmp.Diff(got, tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestUnified(t *testing.T) {
	t.Parallel()
	older := docs("kind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: one\n---\nkind: Service\nmetadata: {name: s}\n")
	newer := docs("kind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: two\n---\nkind: Job\nmetadata: {name: hook}\n")
	var got []string
	for _, c := range delta.Between(older, newer) {
		got = append(got, c.Unified())
	}
	want := []string{
		"--- ConfigMap/c\n+++ ConfigMap/c\n@@ -1,4 +1,4 @@\n kind: ConfigMap\n metadata: {name: c}\n data:\n-  a: one\n+  a: two\n",
		"--- /dev/null\n+++ Job/hook\n@@ -0,0 +1,2 @@\n+kind: Job\n+metadata: {name: hook}\n",
		"--- Service/s\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-kind: Service\n-metadata: {name: s}\n",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

// TestSecretsStaySecret: whatever happens to a Secret, also to one in a List, its values are not shown.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	secret := func(value string) string {
		return "kind: Secret\nmetadata: {name: db}\ndata: {password: " + value + "}\n"
	}
	list := func(value string) string {
		return "kind: List\nitems:\n- {kind: Secret, metadata: {name: db}, stringData: {password: " + value + "}}\n"
	}
	for name, tc := range map[string]struct{ older, newer, want string }{
		"changed":   {secret("OLDSECRET"), secret("NEWSECRET"), "-data.password: (hidden)\n+data.password: (hidden, another one)\n"},
		"new":       {"", secret("NEWSECRET"), "+(a new Secret)\n"},
		"gone":      {secret("OLDSECRET"), "", "-(a Secret)\n"},
		"in a list": {list("OLDSECRET"), list("NEWSECRET"), "-items[0].stringData.password: (hidden)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := delta.Between(docs(tc.older), docs(tc.newer))
			if len(changes) != 1 {
				t.Fatalf("got %d changes", len(changes))
			}
			got := changes[0].Unified()
			if !strings.Contains(got, tc.want) || strings.Contains(got+changes[0].String(), "SECRET") {
				t.Errorf("got %q, want %q in it and no secret", got, tc.want)
			}
		})
	}
}
