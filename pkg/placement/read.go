package placement

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/platform"
)

// ReadPools reads node pools from YAML or JSON: a Node, a List of Nodes as "kubectl get nodes -o yaml" writes it, or a list of
// pools, each {name, labels, taints: [{key, value, effect}]}. Nodes that placement cannot tell apart become one pool.
// Nothing is guessed or skipped: a key that is not known, or a pool without an OS, is an error that names the file, the item and
// the field, and says what would be accepted.
func ReadPools(data []byte, file string) ([]Pool, error) {
	pools, err := readPools(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return pools, nil
}

func readPools(data []byte) ([]Pool, error) {
	top, err := oneDocument(data)
	if err != nil {
		return nil, err
	}
	switch top := top.(type) {
	case []any:
		return poolsOf(top)
	case map[string]any:
		return nodesIn(top)
	default:
		return nil, fmt.Errorf("%s, got %s", wantedShapes, shape(top))
	}
}

const wantedShapes = "want a Node, a List of Nodes or a list of {name, labels, taints}"

// oneDocument decodes a file that has to hold one document. A key given twice is an error: which of the two counts is a guess.
func oneDocument(data []byte) (any, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for seen := 0; ; {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if !isEmpty(document) {
			seen++
		}
		if seen > 1 {
			return nil, errors.New(wantedShapes + ", got more than one document")
		}
	}
	// The whole file rather than the one document, for the lines in errors.
	asJSON, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, tidy(err)
	}
	var top any
	if err := json.Unmarshal(asJSON, &top); err != nil {
		return nil, err
	}
	return top, nil
}

// isEmpty tells a document that has nothing but comments.
func isEmpty(document []byte) bool {
	for line := range bytes.Lines(document) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && !bytes.HasPrefix(line, []byte("---")) {
			return false
		}
	}
	return true
}

// tidy puts the YAML reader's errors, which name the line, on one line.
func tidy(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// poolsOf reads a list of pools.
func poolsOf(items []any) ([]Pool, error) {
	if len(items) == 0 {
		return nil, errors.New("want at least one pool, got an empty list")
	}
	var pools []Pool
	first := map[string]int{}
	for i, item := range items {
		p, err := poolOf(item)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		if n, taken := first[p.Name]; taken {
			return nil, fmt.Errorf("item %d: name: want a name of its own, got %q, the name of item %d", i+1, p.Name, n)
		}
		first[p.Name] = i + 1
		pools = append(pools, p)
	}
	return pools, nil
}

// poolOf reads one pool of a list.
func poolOf(item any) (Pool, error) {
	m, ok := item.(map[string]any)
	if !ok {
		return Pool{}, fmt.Errorf("want {name, labels, taints}, got %s", shape(item))
	}
	if err := onlyKeys(m, "name", "labels", "taints"); err != nil {
		return Pool{}, err
	}
	name, _ := m["name"].(string)
	if name == "" {
		return Pool{}, fmt.Errorf("name: want the pool's name, got %s", shape(m["name"]))
	}
	labels, err := labelsOf(m["labels"])
	if err != nil {
		return Pool{}, fmt.Errorf("labels: %w", err)
	}
	taints, err := taintsOf(m["taints"])
	if err != nil {
		return Pool{}, fmt.Errorf("taints: %w", err)
	}
	return Pool{Name: name, Labels: labels, Taints: taints}, nil
}

// onlyKeys refuses a map with other keys than these.
func onlyKeys(m map[string]any, keys ...string) error {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(keys, k) {
			return fmt.Errorf("%s: unknown field, want %s", k, strings.Join(keys, ", "))
		}
	}
	return nil
}

// labelsOf reads node labels, the OS among them, and holds them to the API's rules: with a label that no node can have, a pod
// that asks for it would seem to fit.
func labelsOf(v any) (map[string]string, error) {
	m, ok := v.(map[string]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("want a map, got %s", shape(v))
	}
	labels := map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		value, ok := m[k].(string)
		if !ok {
			return nil, fmt.Errorf("%s: want a string, got %s", k, shape(m[k]))
		}
		if problems := append(validation.IsQualifiedName(k), validation.IsValidLabelValue(value)...); len(problems) > 0 {
			return nil, fmt.Errorf("%s: want a label of the API, got %q: %s", k, value, problems[0])
		}
		labels[k] = value
	}
	if os, ok := labels[platform.LabelOS]; !ok {
		return nil, fmt.Errorf("want %s set to %s or %s, got none", platform.LabelOS, platform.Linux, platform.Windows)
	} else if known(os) == "" {
		return nil, fmt.Errorf("want %s set to %s or %s, got %q", platform.LabelOS, platform.Linux, platform.Windows, os)
	}
	return labels, nil
}

// taintsOf reads taints. An effect is never made up: without one a taint keeps nothing out.
func taintsOf(v any) ([]corev1.Taint, error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("want a list of {key, value, effect}, got %s", shape(v))
	}
	var taints []corev1.Taint
	for i, item := range list {
		t, err := taintOf(item)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		taints = append(taints, t)
	}
	return taints, nil
}

func taintOf(v any) (corev1.Taint, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return corev1.Taint{}, fmt.Errorf("want {key, value, effect}, got %s", shape(v))
	}
	if err := onlyKeys(m, "key", "value", "effect", "timeAdded"); err != nil {
		return corev1.Taint{}, err
	}
	key, _ := m["key"].(string)
	if problems := validation.IsQualifiedName(key); len(problems) > 0 {
		return corev1.Taint{}, fmt.Errorf("key: want a key of the API, got %s: %s", shape(m["key"]), problems[0])
	}
	value, ok := m["value"].(string)
	if !ok && m["value"] != nil {
		return corev1.Taint{}, fmt.Errorf("value: want a string, got %s", shape(m["value"]))
	}
	effects := []corev1.TaintEffect{corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}
	effect, _ := m["effect"].(string)
	if !slices.Contains(effects, corev1.TaintEffect(effect)) {
		return corev1.Taint{}, fmt.Errorf("effect: want one of %v, got %s", effects, shape(m["effect"]))
	}
	return corev1.Taint{Key: key, Value: value, Effect: corev1.TaintEffect(effect)}, nil
}

// shape describes a decoded value to somebody who wrote it.
func shape(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("%q", v)
	default:
		return fmt.Sprint(v)
	}
}
