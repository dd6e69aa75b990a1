package knob

import (
	"slices"
	"strings"
)

// function evaluates a template function as far as it moves values around; all others give nothing that is known.
func (w *walker) function(name string, args []abstract) abstract {
	switch name {
	case "toYaml", "toJson", "toPrettyJson", "toRawJson", "toYamlPretty", "mustToYaml", "mustToJson":
		return w.stringOf(args, asYAML)
	case "tpl":
		if len(args) > 0 {
			return w.stringOf(args[:1], asTpl)
		}
	case "nindent", "indent", "trim", "quote", "squote", "toString", "lower", "upper", "trimSuffix", "trimPrefix", "print", "printf", "cat", "replace":
		return w.format(name, args)
	case "include":
		w.pass(args)
		w.include(args)
	case "default", "coalesce", "or", "and", "ternary", "required", "deepCopy", "mustDeepCopy", "fromYaml", "fromJson", "omit", "pick",
		"uniq", "without", "compact", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite",
		"fromYamlArray", "reverse":
		w.pass(args)
		return unionOf(args)
	case "first", "last", "mustFirst", "mustLast":
		v := unionOf(args).end(strings.HasSuffix(strings.ToLower(name), "last"))
		w.record(v, used)
		return v
	case "append", "prepend", "concat", "mustAppend", "mustPrepend":
		w.pass(args)
		return joined(name, args)
	case "dict":
		w.pass(args)
		return makeDict(args)
	case "list", "tuple":
		w.pass(args)
		return abstract{{kind: list, items: args}}
	case "set":
		return setIn(args)
	case "index", "get", "dig", "pluck", "hasKey", "values", "keys":
		return w.access(name, args)
	}
	return nil
}

// pass notes values that go somewhere else, where they may be written.
func (w *walker) pass(args []abstract) {
	for _, a := range args {
		w.record(a, passed)
	}
}

func unionOf(args []abstract) abstract {
	var out abstract
	for _, a := range args {
		out = out.union(a)
	}
	return out
}

// stringOf turns places into strings made of them.
func (w *walker) stringOf(args []abstract, u use) abstract {
	var out abstract
	for _, a := range args {
		w.record(a, u)
		for _, x := range a {
			switch x.kind {
			case path, derived:
				out = out.union(abstract{{kind: derived, path: x.path}})
			case text:
				out = out.union(abstract{x})
			case unknown, root, dict, list, keyOf:
			}
		}
	}
	return out
}

// format follows constants through print and printf "%s", and values through functions that only lay out text.
func (w *walker) format(name string, args []abstract) abstract {
	if (name == "print" || name == "printf") && len(args) > 0 {
		var out strings.Builder
		for i, a := range args {
			c := a.constants()
			if len(c) != 1 || len(a) != 1 {
				return w.stringOf(args, printed)
			}
			if name != "printf" || i > 0 {
				out.WriteString(c[0])
			}
		}
		return constant(out.String())
	}
	if len(args) == 0 {
		return nil
	}
	return w.stringOf(args[len(args)-1:], printed)
}

func (w *walker) include(args []abstract) {
	if len(args) < 2 {
		return
	}
	for _, name := range args[0].constants() {
		w.call(name, args[1])
	}
}

// joined is a list of the elements of lists, and of an item where one is added.
func joined(name string, args []abstract) abstract {
	var items []abstract
	for i, a := range args {
		if i > 0 && name != "concat" {
			items = append(items, a)
		} else {
			items = append(items, a.elements())
		}
	}
	return abstract{{kind: list, items: items}}
}

func makeDict(args []abstract) abstract {
	m := map[string]abstract{}
	for i := 0; i+1 < len(args); i += 2 {
		names := args[i].constants()
		if len(names) == 0 {
			names = []string{anyKey}
		}
		for _, n := range names {
			m[n] = m[n].union(args[i+1])
		}
	}
	return abstract{{kind: dict, dict: m}}
}

// setIn changes the dicts it is given, as set does.
func setIn(args []abstract) abstract {
	if len(args) != 3 {
		return nil
	}
	names := args[1].constants()
	if len(names) == 0 {
		names = []string{anyKey}
	}
	for _, x := range args[0] {
		if x.kind != dict || len(x.dict) > 200 {
			continue
		}
		for _, n := range names {
			if !holds(args[2], x.dict, 0) {
				x.dict[n] = x.dict[n].union(args[2])
			}
		}
	}
	return args[0]
}

// holds says that v contains the dict m: a dict must not be put into itself.
func holds(v abstract, m map[string]abstract, depth int) bool {
	if depth > 6 {
		return true
	}
	for _, x := range v {
		if x.kind == dict && sameMap(x.dict, m) {
			return true
		}
		for _, sub := range x.dict {
			if holds(sub, m, depth+1) {
				return true
			}
		}
		if slices.ContainsFunc(x.items, func(i abstract) bool { return holds(i, m, depth+1) }) {
			return true
		}
	}
	return false
}

func sameMap(a, b map[string]abstract) bool {
	const mark = "\x00mark"
	a[mark] = nil
	_, ok := b[mark]
	delete(a, mark)
	return ok
}

// access follows the functions that look into maps.
func (w *walker) access(name string, args []abstract) abstract {
	if len(args) == 0 {
		return nil
	}
	var v abstract
	switch name {
	case "index", "get":
		v = args[0]
		for _, k := range args[1:] {
			v = v.lookup(k)
		}
	case "hasKey":
		if len(args) == 2 {
			w.record(args[0].lookup(args[1]), used)
		}
		return nil
	case "dig":
		if len(args) < 3 {
			return nil
		}
		v = args[len(args)-1]
		for _, k := range args[:len(args)-2] {
			v = v.lookup(k)
		}
		v = v.union(args[len(args)-2])
	case "pluck":
		for _, m := range args[1:] {
			v = v.union(m.lookup(args[0]))
		}
	case "values":
		v = unionOf(args).elements()
	case "keys":
		return abstract{{kind: list, items: []abstract{unionOf(args).keys()}}}
	}
	w.record(v, used)
	return v
}
