package hostprocess_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/rules/hostprocess"
	"github.com/winready/kubectl-winready/test/e2e/example"
)

// quoted are the API server's words in a message: behind "refuses it" or "refuses its pods".
var quoted = regexp.MustCompile(`the API server refuses (?:it|its pods)(?:, |: )(.+)$`)

// words are what the server is said to say, as it says it.
func words(f finding.Finding) string {
	m := quoted.FindStringSubmatch(f.Message)
	if m == nil {
		return ""
	}
	var plain string
	if strings.HasPrefix(m[1], `"`) && json.Unmarshal([]byte(m[1]), &plain) == nil {
		return plain
	}
	return m[1]
}

// TestExamples has the API server take every example of the rules about HostProcess: it refuses what a rule says it refuses, in the words
// that are quoted, and takes all else.
func TestExamples(t *testing.T) {
	t.Parallel()
	refused, accepted := 0, 0
	for _, e := range example.Of(t, hostprocess.All()) {
		claims := claimsOf(t, e)
		for _, o := range objectsOf(t, e) {
			says := claims[o.id]
			answer := refusalOf(t, o.data)
			switch {
			case len(says) == 0 && answer != "":
				t.Errorf("%s %s: the API server refuses %s: %s", e.Rule.ID, e.Name, o.id, answer)
			case len(says) == 0:
				accepted++
			default:
				refused++
			}
			for _, w := range says {
				if !strings.Contains(answer, w) {
					t.Errorf("%s %s: %s: the API server says %q, want %q in it", e.Rule.ID, e.Name, o.id, answer, w)
				}
			}
		}
	}
	t.Logf("%d objects refused in the words quoted, %d accepted", refused, accepted)
	if refused < 8 || accepted < 30 {
		t.Errorf("the examples ask too little: %d refused, %d accepted", refused, accepted)
	}
}

// claimsOf are the words that the rules quote, by the object that is refused. What is said of a controller's pods is of the pods.
func claimsOf(t *testing.T, e example.Example) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, found := range e.Findings(t) {
		if w := words(found); w != "" {
			id := found.Object.String()
			if strings.Contains(found.Message, "its pods") {
				id = podsOf + id
			}
			out[id] = append(out[id], w)
		}
	}
	return out
}

const podsOf = "pods of "

// sample is an object of an example, or a pod of its template.
type sample struct {
	id   string
	data []byte
}

// objectsOf are the objects of an example that are asked about. Nodes and events are there already, and namespaces are made for real.
func objectsOf(t *testing.T, e example.Example) []sample {
	t.Helper()
	var out []sample
	err := manifest.Stream(bytes.NewReader(e.Text), func(i manifest.Item) error {
		obj := i.Object()
		meta, _ := obj["metadata"].(map[string]any)
		delete(meta, "uid")
		namespace, _ := meta["namespace"].(string)
		if namespace != "" {
			if _, err := plane.Run(t.Context(), "", "create", "namespace", namespace); err == nil {
				plane.Kubectl(t, "wait", "--for=create", "serviceaccount/default", "--namespace", namespace, "--timeout=60s")
			}
		}
		switch obj["kind"] {
		case "Node", "Event":
			return nil
		case "Namespace", "RuntimeClass":
			ensure(t, obj)
			return nil
		}
		id := obj["kind"].(string) + "/" + manifest.NameOf(obj)
		if namespace != "" {
			id = obj["kind"].(string) + "/" + namespace + "/" + manifest.NameOf(obj)
		}
		out = append(out, sample{id, marshal(t, obj)})
		if spec, ok := obj["spec"].(map[string]any); ok && spec["template"] != nil {
			pod := spec["template"].(map[string]any)
			pod["apiVersion"], pod["kind"] = "v1", "Pod"
			pod["metadata"] = map[string]any{"generateName": "of-template-", "namespace": orDefault(namespace)}
			if refusalOf(t, out[len(out)-1].data) == "" { // else what is wrong with the template is said of the controller
				out = append(out, sample{podsOf + id, marshal(t, pod)})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func orDefault(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}

func marshal(t *testing.T, obj any) []byte {
	t.Helper()
	data, err := json.Marshal(obj)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// ensure makes what other objects need, and in a namespace waits for the account that pods run as.
func ensure(t *testing.T, obj map[string]any) {
	t.Helper()
	if _, err := plane.Run(t.Context(), string(marshal(t, obj)), "apply", "--server-side", "--force-conflicts", "-f", "-"); err != nil {
		t.Fatal(err)
	}
	if obj["kind"] == "Namespace" {
		plane.Kubectl(t, "wait", "--for=create", "serviceaccount/default", "--namespace", manifest.NameOf(obj), "--timeout=60s")
	}
}

// refusalOf is what the server says of an object that it does not take; empty when it does.
func refusalOf(t *testing.T, data []byte) string {
	t.Helper()
	_, err := plane.Run(t.Context(), string(data), "create", "--dry-run=server", "--validate=ignore", "-f", "-")
	if err == nil {
		return ""
	}
	return err.Error()
}
