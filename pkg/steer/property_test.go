package steer_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
)

// Whatever a pod asks for: with the changes of a plan that has no problem it is placed, a second plan changes nothing, nothing but
// the fields of placement is touched, and what is not about the OS stays or is named in a note.
func TestPlaceHolds(t *testing.T) {
	t.Parallel()
	ask := aim.Request{Pools: readPools(t, pools)}
	r := rand.New(rand.NewPCG(1, 2))
	placed := 0
	for range 600 {
		spec := randomSpec(r)
		os := pick(r, platform.Windows, platform.Linux)
		before, err := json.Marshal(spec)
		if err != nil {
			t.Fatal(err)
		}
		goal := ask.Goal(os, classes())
		plan := steer.Place(deployment(t, spec), goal)
		if plan.Problem != "" {
			if len(plan.Changes) > 0 {
				t.Fatalf("%s: changes beside the problem %s", before, plan.Problem)
			}
			continue
		}
		placed++
		after, _ := clone(t, spec).(map[string]any)
		for _, c := range plan.Changes {
			after, _ = change(t, after, c.Path, c).(map[string]any)
		}
		w := deployment(t, after)
		if ok, why := goal.Placed(&w.Spec); !ok {
			t.Fatalf("%s: not on %s: %v\nwith %v", before, os, why, told(plan))
		}
		if again := steer.Place(w, goal); len(again.Changes) > 0 || again.Problem != "" {
			t.Fatalf("%s: planned again: %v\nafter %v", before, told(again), told(plan))
		}
		kept(t, spec, after, os, plan)
	}
	if placed < 360 {
		t.Errorf("only %d of 600 pods could be placed: the generator is off", placed)
	}
}

// kept holds that what is not about the OS is as it was.
func kept(t *testing.T, before, after map[string]any, os platform.OS, plan steer.Plan) {
	t.Helper()
	about := []string{platform.LabelOS, platform.LabelLegacyOS}
	if os == platform.Linux {
		about = append(about, platform.LabelWindowsBuild)
	}
	notes := strings.Join(plan.Notes, "\n")
	for _, field := range slices.Sorted(maps.Keys(before)) {
		switch field {
		case "nodeSelector":
			have, _ := after[field].(map[string]any)
			was, _ := before[field].(map[string]any)
			for k, v := range was {
				if have[k] != v && !slices.Contains(about, k) && !strings.Contains(notes, fmt.Sprintf("nodeSelector %s=%v is taken away", k, v)) {
					t.Fatalf("nodeSelector %s went without a note: %v -> %v", k, before, told(plan))
				}
			}
		case "tolerations":
			have, _ := after[field].([]any)
			was, _ := before[field].([]any)
			if len(have) < len(was) || cmp.Diff(have[:len(was)], was) != "" {
				t.Fatalf("tolerations went: %v -> %v", before, after)
			}
		case "affinity":
			for _, e := range onlyTerm(before) {
				text := fmt.Sprintf("%v %v", e["key"], e["operator"])
				key, _ := e["key"].(string)
				stays := slices.ContainsFunc(onlyTerm(after), func(x map[string]any) bool { return cmp.Equal(x, e) })
				if !stays && !slices.Contains(about, key) && !strings.Contains(notes, text) {
					t.Fatalf("%s went without a note: %v -> %v", text, before, told(plan))
				}
			}
		case "nodeName", "runtimeClassName":
			if _, stays := after[field]; !stays && !strings.Contains(notes, field) {
				t.Fatalf("%s went without a note: %v", field, told(plan))
			}
		case "os":
		default:
			if diff := cmp.Diff(after[field], before[field]); diff != "" {
				t.Fatalf("%s is another one (-got +want):\n%s", field, diff)
			}
		}
	}
	for field := range after {
		if _, was := before[field]; !was && !slices.Contains([]string{"nodeSelector", "tolerations"}, field) {
			t.Fatalf("%s is new: %v", field, told(plan))
		}
	}
}

// onlyTerm are the requirements of a pod whose required affinity has one term; of alternatives some may go.
func onlyTerm(spec map[string]any) []map[string]any {
	affinity, _ := spec["affinity"].(map[string]any)
	node, _ := affinity["nodeAffinity"].(map[string]any)
	required, _ := node["requiredDuringSchedulingIgnoredDuringExecution"].(map[string]any)
	terms, _ := required["nodeSelectorTerms"].([]any)
	if len(terms) != 1 {
		return nil
	}
	var out []map[string]any
	term, _ := terms[0].(map[string]any)
	list, _ := term["matchExpressions"].([]any)
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// change carries out one change, in the plainest way.
func change(t *testing.T, v any, path []any, c steer.Change) any {
	t.Helper()
	if len(path) == 0 {
		return c.Value
	}
	switch step := path[0].(type) {
	case string:
		m, _ := v.(map[string]any)
		if m == nil {
			m = map[string]any{}
		}
		if len(path) == 1 && c.Remove {
			delete(m, step)
		} else {
			m[step] = change(t, m[step], path[1:], c)
		}
		return m
	case int:
		l, _ := v.([]any)
		switch {
		case step > len(l):
			t.Fatalf("index %d of %d items", step, len(l))
		case len(path) == 1 && c.Remove:
			return slices.Delete(l, step, step+1)
		case step == len(l):
			return append(l, change(t, nil, path[1:], c))
		default:
			l[step] = change(t, l[step], path[1:], c)
		}
		return l
	}
	t.Fatalf("a step of type %T", path[0])
	return nil
}

func clone(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func some(r *rand.Rand) bool { return r.IntN(3) == 0 }

// labels are keys that pods ask for, with values that some node has and one that none has.
func labels() map[string][]any {
	return map[string][]any{
		platform.LabelOS: {"linux", "windows"}, platform.LabelLegacyOS: {"linux", "windows"}, platform.LabelWindowsBuild: {"10.0.20348", "10.0.26100", "10.0.1"},
		"zone": {"a", "b"}, "gpu": {"yes", "no"}, platform.LabelArch: {"amd64", "arm64"},
	}
}

func randomSpec(r *rand.Rand) map[string]any {
	spec := map[string]any{"containers": []any{map[string]any{"name": "a", "image": "b"}}, "hostname": "c"}
	if some(r) {
		spec["nodeSelector"] = randomSelector(r)
	}
	if some(r) {
		spec["tolerations"] = randomTolerations(r)
	}
	if r.IntN(2) == 0 {
		node := map[string]any{}
		if r.IntN(4) > 0 {
			node["requiredDuringSchedulingIgnoredDuringExecution"] = map[string]any{"nodeSelectorTerms": randomTerms(r)}
		}
		if some(r) {
			node["preferredDuringSchedulingIgnoredDuringExecution"] = []any{map[string]any{"weight": 1.0, "preference": map[string]any{}}}
		}
		affinity := map[string]any{"nodeAffinity": node}
		spec["affinity"] = affinity
		if some(r) {
			affinity["podAntiAffinity"] = map[string]any{}
		}
	}
	if r.IntN(6) == 0 {
		spec["nodeName"] = "n1"
	}
	if r.IntN(6) == 0 {
		spec["runtimeClassName"] = pick(r, "gvisor", "windows-2022", "kata")
	}
	if r.IntN(6) == 0 {
		spec["os"] = pick(r, map[string]any{"name": "linux"}, map[string]any{"name": "windows"}, map[string]any{})
	}
	return spec
}

func randomSelector(r *rand.Rand) map[string]any {
	out := map[string]any{}
	for _, k := range slices.Sorted(maps.Keys(labels())) {
		if some(r) {
			out[k] = pick(r, labels()[k]...)
		}
	}
	return out
}

func randomTolerations(r *rand.Rand) []any {
	out := []any{}
	for _, t := range []map[string]any{
		{"operator": "Exists"}, {"key": "os", "operator": "Exists"}, {"key": "cattle.io/os", "value": "linux", "effect": "NoSchedule"}, {"key": "gpu", "operator": "Exists"}, {"key": "x"},
	} {
		if some(r) {
			out = append(out, t)
		}
	}
	return out
}

func randomTerms(r *rand.Rand) []any {
	out := []any{}
	for range r.IntN(3) {
		list := []any{}
		for _, k := range slices.Sorted(maps.Keys(labels())) {
			if !some(r) {
				continue
			}
			switch op := pick(r, "In", "NotIn", "Exists", "DoesNotExist"); op {
			case "In", "NotIn":
				list = append(list, map[string]any{"key": k, "operator": op, "values": []any{pick(r, labels()[k]...)}})
			default:
				list = append(list, map[string]any{"key": k, "operator": op})
			}
		}
		out = append(out, map[string]any{"matchExpressions": list})
	}
	return out
}
