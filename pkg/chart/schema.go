package chart

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	helmchart "helm.sh/helm/v3/pkg/chart"
)

// schemas checks values against values.schema.json of a chart and its sub-charts, in Helm's words, but compiles each
// schema once, and never fetches one: a reference to an address is taken for a schema that allows everything.
type schemas struct {
	mu       sync.Mutex
	compiled map[*helmchart.Chart]*jsonschema.Schema
	skipped  map[string]bool
}

func newSchemas() *schemas {
	return &schemas{compiled: map[*helmchart.Chart]*jsonschema.Schema{}, skipped: map[string]bool{}}
}

const schemaErrorFormat = "values don't meet the specifications of the schema(s) in the following chart(s):\n%s"

// SchemaError says which values the charts' schemas refuse, in Helm's words.
type SchemaError struct{ Text string }

func (e *SchemaError) Error() string { return fmt.Sprintf(schemaErrorFormat, e.Text) }

func (s *schemas) check(c *helmchart.Chart, values map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text := s.refusals(c, values); text != "" {
		return &SchemaError{Text: text}
	}
	return nil
}

func (s *schemas) refusals(c *helmchart.Chart, values map[string]any) string {
	var out strings.Builder
	if c.Schema != nil {
		if err := s.one(c, values); err != nil {
			fmt.Fprintf(&out, "%s:\n%s", c.Name(), schemaText(err))
		}
	}
	for _, sub := range c.Dependencies() {
		raw := values[sub.Name()]
		if raw == nil {
			continue
		}
		m, ok := raw.(map[string]any)
		if !ok {
			fmt.Fprintf(&out, "%s:\ninvalid type for values: expected object (map), got %T\n", sub.Name(), raw)
			continue
		}
		out.WriteString(s.refusals(sub, m))
	}
	return out.String()
}

// schemaText words a refusal as Helm does, which ends it with a line end unless the schema itself is at fault.
func schemaText(err error) string {
	if _, refused := errors.AsType[*jsonschema.ValidationError](err); !refused {
		return err.Error()
	}
	return strings.TrimPrefix(err.Error(), "jsonschema validation failed with 'file:///values.schema.json#'\n") + "\n"
}

func (s *schemas) one(c *helmchart.Chart, values map[string]any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("unable to validate schema: %v", r)
		}
	}()
	schema := s.compiled[c]
	if schema == nil {
		if schema, err = s.compile(c.Schema); err != nil {
			return err
		}
		s.compiled[c] = schema
	}
	return schema.Validate(values)
}

func (s *schemas) compile(text []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	cutFragments(doc)
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{"file": jsonschema.FileLoader{}, "http": s, "https": s, "urn": s})
	if err := compiler.AddResource("file:///values.schema.json", doc); err != nil {
		return nil, err
	}
	return compiler.Compile("file:///values.schema.json")
}

// Load stands in for an address: everything is allowed, and the address is remembered.
func (s *schemas) Load(url string) (any, error) {
	s.skipped[url] = true
	return true, nil
}

func (s *schemas) remote() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, 0, len(s.skipped))
	for url := range s.skipped {
		out = append(out, url)
	}
	slices.Sort(out)
	return out
}
