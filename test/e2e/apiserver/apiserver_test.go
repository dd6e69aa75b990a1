// Package apiserver_test holds the examples of the rules against the API server: what a rule says the server refuses it refuses,
// and everything else it accepts.
package apiserver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules"
	"github.com/winready/kubectl-winready/test/controlplane"
	"github.com/winready/kubectl-winready/test/e2e/example"
)

// objects are the documents of an example as JSON, by KIND/NAME. Those that are broken on purpose are none.
func objects(t *testing.T, e example.Example) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := manifest.Stream(bytes.NewReader(e.Text), func(i manifest.Item) error {
		if i.Err != nil || i.Object() == nil {
			return nil //nolint:nilerr // it is broken on purpose
		}
		obj := i.Object()
		data, err := json.Marshal(obj)
		out[fmt.Sprintf("%v/%s", obj["kind"], manifest.NameOf(obj))] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// refusals are the objects that the rules say the API server refuses, with the fields; "pods of" those whose pods it refuses,
// which is at admission, and not when the template is made.
func refusals(t *testing.T, e example.Example) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, f := range e.Findings(t) {
		if strings.Contains(f.Message, "API server refuses") {
			id := f.Object.Kind + "/" + f.Object.Name
			if strings.Contains(f.Message, "refuses its pods") {
				id = podsOf + id
			}
			out[id] = append(out[id], f.Field)
		}
	}
	return out
}

const podsOf = "pods of "

// podOf is a pod of a workload's template; nil for what has none.
func podOf(t *testing.T, data []byte) []byte {
	t.Helper()
	var owner struct {
		Metadata struct {
			Namespace string `json:"namespace"`
		} `json:"metadata"`
		Spec struct {
			Template map[string]any `json:"template"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(data, &owner); err != nil || owner.Spec.Template == nil {
		return nil
	}
	pod := owner.Spec.Template
	pod["apiVersion"], pod["kind"] = "v1", "Pod"
	pod["metadata"] = map[string]any{"name": "of-template", "namespace": owner.Metadata.Namespace}
	out, err := json.Marshal(pod)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestExamplesAgainstTheServer(t *testing.T) {
	t.Parallel()
	plane := controlplane.Start(t, controlplane.Options{})
	all := example.Of(t, rules.All())
	prepare(t, plane, all)
	refused, accepted := 0, 0
	for _, e := range all {
		claims := refusals(t, e)
		for id, data := range objects(t, e) {
			if e.Old || custom(data) || e.Rule.Category == rule.Own {
				continue // what cannot be read is refused for that
			}
			if _, claimed := claims[podsOf+id]; claimed {
				if _, err := plane.Run(t.Context(), string(podOf(t, data)), "create", "--dry-run=server", "-f", "-"); err == nil {
					t.Errorf("%s %s: the rule says that the API server refuses the pods of %s, and it accepts one", e.Rule.ID, e.Name, id)
				}
				refused++
			}
			_, err := plane.Run(t.Context(), string(data), "create", "--dry-run=server", "--validate=ignore", "-f", "-")
			fields, claimed := claims[id]
			switch {
			case err != nil && (strings.Contains(err.Error(), "already exists") || foreignClass(err)):
				accepted++
			case claimed && err == nil:
				t.Errorf("%s %s: the rule says that the API server refuses %s, and it accepts it", e.Rule.ID, e.Name, id)
			case !claimed && err != nil:
				t.Errorf("%s %s: the API server refuses %s: %v", e.Rule.ID, e.Name, id, err)
			case claimed:
				refused++
				for _, field := range fields {
					if !namesField(err, field) {
						t.Errorf("%s %s: the API server refuses %s, but not for %s: %v", e.Rule.ID, e.Name, id, field, err)
					}
				}
			default:
				accepted++
			}
		}
	}
	t.Logf("%d objects refused and %d accepted, as the rules say", refused, accepted)
	if refused == 0 || accepted == 0 {
		t.Error("the examples ask nothing")
	}
}

// foreignClass tells an error about a RuntimeClass that the example supposes to be in the cluster.
func foreignClass(err error) bool {
	return strings.Contains(err.Error(), "RuntimeClass") && strings.Contains(err.Error(), "not found")
}

// namesField tells whether an error names a field; one of admission says what is wrong, but not where.
func namesField(err error, field string) bool {
	return strings.Contains(err.Error(), field) || strings.Contains(err.Error(), "is forbidden")
}

// prepare makes for real what other objects of the examples need to be accepted: namespaces and RuntimeClasses.
func prepare(t *testing.T, plane *controlplane.Plane, all []example.Example) {
	t.Helper()
	made := map[string]bool{}
	for _, e := range all {
		for id, data := range objects(t, e) {
			if name, is := strings.CutPrefix(id, "Namespace/"); is && !made[name] {
				made[name] = true // as the example has it, before another object wants it
				create(t.Context(), t, plane, data)
				plane.Kubectl(t, "wait", "--for=create", "serviceaccount/default", "--namespace", name, "--timeout=60s")
			}
		}
	}
	for _, e := range all {
		for id, data := range objects(t, e) {
			var obj struct {
				Metadata struct {
					Namespace string `json:"namespace"`
				} `json:"metadata"`
			}
			if err := json.Unmarshal(data, &obj); err != nil {
				continue // its name is of another type, on purpose
			}
			if ns := obj.Metadata.Namespace; ns != "" && !made[ns] {
				made[ns] = true
				create(t.Context(), t, plane, []byte(`{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "`+ns+`"}}`))
				plane.Kubectl(t, "wait", "--for=create", "serviceaccount/default", "--namespace", ns, "--timeout=60s")
			}
			if strings.HasPrefix(id, "RuntimeClass/") && !made[id] {
				made[id] = true
				create(t.Context(), t, plane, data)
			}
		}
	}
}

func create(ctx context.Context, t *testing.T, plane *controlplane.Plane, data []byte) {
	t.Helper()
	if _, err := plane.Run(ctx, string(data), "create", "-f", "-"); err != nil && !strings.Contains(err.Error(), "already exists") {
		t.Fatal(err)
	}
}

// custom tells a kind that a plain server does not have.
func custom(data []byte) bool {
	var obj struct {
		APIVersion string `json:"apiVersion"`
	}
	if err := json.Unmarshal(data, &obj); err != nil {
		return false
	}
	group, _, named := strings.Cut(obj.APIVersion, "/")
	return named && strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io")
}
