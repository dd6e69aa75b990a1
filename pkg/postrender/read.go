package postrender

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// ReadRules reads a rules file, YAML or JSON. Nothing is guessed or skipped: a field that is not known, of another type, given
// twice or missing is an error that names the file, the line and the field.
func ReadRules(data []byte, file string) (*Rules, error) {
	doc, err := onlyDocument(data, file)
	if err != nil {
		return nil, err
	}
	c := checker{file: file, doc: doc}
	r := &Rules{file: file}
	if err := c.head(); err != nil {
		return nil, err
	}
	for _, again := range doc.Repeated() {
		return nil, c.errorAt(again.Path, "is there twice")
	}
	if err := c.value(doc.Object(), reflect.TypeFor[Rules](), nil); err != nil {
		return nil, err
	}
	text, err := json.Marshal(doc.Object())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, c.rules(r)
}

// onlyDocument is the one document of a file that holds a map.
func onlyDocument(data []byte, file string) (*manifest.Document, error) {
	var docs []*manifest.Document
	err := manifest.Cut(bytes.NewReader(data), func(raw manifest.Raw) error {
		node, err := raw.Node()
		if err != nil || node == nil {
			return err
		}
		doc, err := raw.Document(node)
		docs = append(docs, doc)
		return err
	})
	if bad, ok := errors.AsType[*manifest.SyntaxError](err); ok {
		return nil, &SyntaxError{Name: file, Line: bad.Line, Column: bad.Column, Reason: bad.Reason}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(docs) != 1 || docs[0].Object() == nil {
		return nil, fmt.Errorf("%s: want rules for post-render: one map with kind: %s", file, RulesKind)
	}
	return docs[0], nil
}

// checker holds a decoded file to Go types, so that what is wrong can be named as the file spells it.
type checker struct {
	file string
	doc  *manifest.Document
}

func (c checker) errorAt(path object.Path, format string, args ...any) error {
	line, _ := c.doc.Locate(path)
	return fmt.Errorf("%s:%d: %s: %s", c.file, line, path, fmt.Sprintf(format, args...))
}

// head comes first: of a file of another kind every field would be unknown.
func (c checker) head() error {
	for _, want := range []struct{ key, value string }{{"apiVersion", RulesVersion}, {"kind", RulesKind}} {
		if got := c.doc.Object()[want.key]; got != want.value {
			return c.errorAt(object.Path{want.key}, "want %s, got %s", want.value, shape(got))
		}
	}
	return nil
}

// value holds a decoded value to a type.
func (c checker) value(v any, t reflect.Type, at object.Path) error {
	switch t.Kind() {
	case reflect.Struct:
		m, ok := v.(map[string]any)
		if !ok {
			return c.errorAt(at, "want a map, got %s", shape(v))
		}
		return c.fields(m, t, at)
	case reflect.Map:
		m, ok := v.(map[string]any)
		if !ok {
			return c.errorAt(at, "want a map, got %s", shape(v))
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if err := c.value(m[k], t.Elem(), at.Then(k)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			return c.errorAt(at, "want a list, got %s", shape(v))
		}
		for i, item := range list {
			if err := c.value(item, t.Elem(), at.Then(i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Pointer:
		return c.value(v, t.Elem(), at)
	default:
		return c.scalar(v, t, at)
	}
}

func (c checker) scalar(v any, t reflect.Type, at object.Path) error {
	var ok bool
	var want string
	switch t.Kind() {
	case reflect.String:
		_, ok = v.(string)
		want = "a text"
	case reflect.Bool:
		_, ok = v.(bool)
		want = "true or false"
	default:
		_, ok = v.(int64)
		want = "a whole number"
	}
	if !ok {
		return c.errorAt(at, "want %s, got %s", want, shape(v))
	}
	return nil
}

// fields holds a map to the fields of a struct: no others, and those that may not be left out.
func (c checker) fields(m map[string]any, t reflect.Type, at object.Path) error {
	known := map[string]reflect.Type{}
	var names []string
	for field := range t.Fields() {
		name, rest, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		known[name] = field.Type
		names = append(names, name)
		if _, has := m[name]; !has && !strings.Contains(rest, "omitempty") {
			return c.errorAt(at.Then(name), "is missing")
		}
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if known[k] == nil {
			return c.errorAt(at.Then(k), "unknown field, want %s", strings.Join(names, ", "))
		}
		if err := c.value(m[k], known[k], at.Then(k)); err != nil {
			return err
		}
	}
	return nil
}

// rules looks at what types do not tell.
func (c checker) rules(r *Rules) error {
	if r.Chart.Name == "" {
		return c.errorAt(object.Path{"chart", "name"}, "want the name of a chart")
	}
	for i, w := range r.Workloads {
		at := object.Path{"workloads", i}
		if w.Name == "" || w.Kind == "" {
			return c.errorAt(at, "want a kind and a name")
		}
		if w.Index < 0 {
			return c.errorAt(at.Then("index"), "want 0 or more, got %d", w.Index)
		}
		if w.OS != string(platform.Windows) && w.OS != string(platform.Linux) {
			return c.errorAt(at.Then("os"), "want %s or %s, got %q", platform.Linux, platform.Windows, w.OS)
		}
	}
	if _, _, err := r.Request(); err != nil {
		field, rest, _ := strings.Cut(err.Error(), ": ")
		return c.errorAt(object.Path{field}, "%s", rest)
	}
	return nil
}

var errMinor = errors.New("want a version of Kubernetes, as 1.34")

// Minor is the second number of a version of Kubernetes 1.
func Minor(version string) (int, error) {
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	second, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(second)
	if major != "1" || err != nil || n < 0 {
		return 0, fmt.Errorf("%w, got %q", errMinor, version)
	}
	return n, nil
}

// shape describes a decoded value to somebody who wrote it.
func shape(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	case string:
		return strconv.Quote(v)
	default:
		return fmt.Sprint(v)
	}
}
