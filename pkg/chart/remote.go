package chart

import (
	"net/url"
	"strings"
)

// cutFragments makes every reference of a schema to another document one to the whole of it. Other documents are not
// fetched: what stands in for them is a schema that allows everything, and has no parts.
func cutFragments(doc any) {
	root, ok := doc.(map[string]any)
	if !ok {
		return
	}
	base := &url.URL{Scheme: "file", Path: "/values.schema.json"}
	base = resolveID(base, root)
	own := map[string]bool{withoutFragment(base): true}
	eachSchema(doc, base, func(_ map[string]any, base *url.URL) { own[withoutFragment(base)] = true })
	eachSchema(doc, base, func(schema map[string]any, base *url.URL) {
		for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
			ref, ok := schema[keyword].(string)
			if !ok {
				continue
			}
			target, err := base.Parse(ref)
			if err == nil && target.Fragment != "" && target.Scheme != "file" && !own[withoutFragment(target)] {
				schema[keyword] = withoutFragment(target)
			}
		}
	})
}

// eachSchema visits every map of a schema document, with the address that its references are relative to.
func eachSchema(node any, base *url.URL, visit func(map[string]any, *url.URL)) {
	switch node := node.(type) {
	case map[string]any:
		base = resolveID(base, node)
		visit(node, base)
		for _, child := range node {
			eachSchema(child, base, visit)
		}
	case []any:
		for _, child := range node {
			eachSchema(child, base, visit)
		}
	}
}

func resolveID(base *url.URL, schema map[string]any) *url.URL {
	for _, keyword := range []string{"$id", "id"} {
		if id, ok := schema[keyword].(string); ok && !strings.HasPrefix(id, "#") {
			if u, err := base.Parse(id); err == nil {
				return u
			}
		}
	}
	return base
}

func withoutFragment(u *url.URL) string {
	c := *u
	c.Fragment, c.RawFragment = "", ""
	return c.String()
}
