package chart

import (
	"context"
	"math"
)

// exponent is where a number without an integer type starts to be printed as 1e+06.
const exponent = 1e6

// settleNumbers decides what large whole numbers of the user's values are. A values file makes them floats and --set makes them
// integers, which templates print as 1e+06 and 1000000; a record, being JSON, does not tell one from the other. What helm upgrade
// --reuse-values takes them for is always a float (https://github.com/helm/helm/issues/1707). Here it is what was installed.
func (i *Installed) settleNumbers(ctx context.Context) error {
	whole, found := integers(i.Values)
	if !found {
		return nil
	}
	asFloats, err := i.strange(ctx, i.Values)
	if err != nil {
		return err
	}
	asIntegers, err := i.strange(ctx, whole)
	if err != nil {
		return err
	}
	if asIntegers < asFloats {
		i.Values = whole
	}
	return nil
}

// strange counts the documents of a render that are not among the installed ones; a chart that does not render has but such.
func (i *Installed) strange(ctx context.Context, values map[string]any) (int, error) {
	r, err := i.Chart.Renderer(i.Release(), values)
	if err != nil {
		return math.MaxInt, nil //nolint:nilerr // who renders it for its own sake is told
	}
	rendered, err := r.Probe(ctx, nil)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err != nil {
		return math.MaxInt, nil //nolint:nilerr // as above
	}
	docs, err := rendered.Documents()
	if err != nil {
		return math.MaxInt, nil //nolint:nilerr // as above
	}
	installed := map[string]bool{}
	for _, d := range i.Documents() {
		installed[d.Text] = true
	}
	n := 0
	for _, d := range docs {
		if !installed[d.Text] {
			n++
		}
	}
	return n, nil
}

// integers is a copy of values in which large whole numbers are integers, and whether there are any.
func integers(values map[string]any) (map[string]any, bool) {
	out, found := integer(values)
	m, _ := out.(map[string]any)
	return m, found
}

func integer(v any) (any, bool) {
	found := false
	note := func(v any) any {
		out, is := integer(v)
		found = found || is
		return out
	}
	switch v := v.(type) {
	case float64:
		if a := math.Abs(v); a >= exponent && a < 1<<53 && v == math.Trunc(v) {
			return int64(v), true
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = note(value)
		}
		return out, found
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = note(value)
		}
		return out, found
	}
	return v, false
}
