package chart

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// Values says what the user sets, in all of Helm's forms and in Helm's order: files, --set-json, --set, --set-string,
// --set-file, --set-literal. A file may be "-" for standard input or an address.
type Values struct {
	Files, Set, SetString, SetFile, SetJSON, SetLiteral []string
}

// Read merges all of them. An error that the input caused is ErrUsage and names the file or flag.
func (v Values) Read(stdin io.Reader) (map[string]any, error) {
	getters := getter.All(cli.New())
	out := map[string]any{}
	for _, name := range v.Files {
		data, err := readSource(name, stdin, getters)
		if err != nil {
			return nil, usageError{fmt.Errorf("reading values %q: %w", name, err)}
		}
		m, err := parseValues(data)
		if err != nil {
			return nil, usageError{fmt.Errorf("reading values %q: %w", name, err)}
		}
		out = Merge(out, m)
	}
	file := func(name []rune) (any, error) {
		data, err := readSource(string(name), stdin, getters)
		return string(data), err
	}
	forms := []struct {
		flag  string
		args  []string
		apply func(string) error
	}{
		{"--set-json", v.SetJSON, func(s string) error { return strvals.ParseJSON(s, out) }},
		{"--set", v.Set, func(s string) error { return strvals.ParseInto(s, out) }},
		{"--set-string", v.SetString, func(s string) error { return strvals.ParseIntoString(s, out) }},
		{"--set-file", v.SetFile, func(s string) error { return strvals.ParseIntoFile(s, out, file) }},
		{"--set-literal", v.SetLiteral, func(s string) error { return strvals.ParseLiteralInto(s, out) }},
	}
	for _, f := range forms {
		for _, arg := range f.args {
			if err := f.apply(arg); err != nil {
				return nil, usageError{fmt.Errorf("reading %s %q: %w", f.flag, arg, err)}
			}
		}
	}
	return out, nil
}

func readSource(name string, stdin io.Reader, getters getter.Providers) ([]byte, error) {
	if strings.TrimSpace(name) == "-" {
		return io.ReadAll(stdin)
	}
	u, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	g, err := getters.ByScheme(u.Scheme)
	if err != nil {
		return os.ReadFile(name)
	}
	data, err := g.Get(name, getter.WithURL(name))
	if err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

// parseValues reads one values file; an empty one is an empty map.
func parseValues(data []byte) (map[string]any, error) {
	var top any
	if err := yaml.Unmarshal(data, &top); err != nil {
		return nil, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "error converting YAML to JSON: "))
	}
	switch v := top.(type) {
	case nil:
		return map[string]any{}, nil
	case map[string]any:
		return v, nil
	default:
		return nil, fmt.Errorf("want a map of values at the top, got %s", describe(top))
	}
}

func describe(v any) string {
	switch v := v.(type) {
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("the string %.40q", v)
	default:
		return fmt.Sprintf("%v", v)
	}
}

// Merge lays b over a as Helm lays a later values file over an earlier one: maps are merged, everything else is
// replaced, null included. Neither argument is changed.
func Merge(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]any{}
	}
	for k, v := range b {
		if vm, ok := v.(map[string]any); ok {
			if om, ok := out[k].(map[string]any); ok {
				out[k] = Merge(om, vm)
				continue
			}
		}
		out[k] = v
	}
	return out
}
