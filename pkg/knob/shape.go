package knob

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/values"
)

// shape says in which form the chart wants the value, from the value it has and from how templates use it.
func (f *finder) shape(p values.Path, field Field, current any) (Shape, bool) {
	var u use
	if r := f.reads[pathOf(p).key()]; r != nil {
		u = r.use
	} else {
		u = f.wildUse(p)
	}
	onlyText := u&(asTpl|printed) != 0 && u&(asYAML|ranged) == 0
	switch field {
	case RuntimeClass, OSLabel:
		_, isString := current.(string)
		return String, isString || current == nil
	case NodeSelector:
		return f.selectorShape(p, current, u, onlyText)
	case Tolerations, Affinity:
		return listOrMapShape(field, current, onlyText)
	case SecurityContext:
		_, isMap := current.(map[string]any)
		return Map, isMap
	case OSName:
		return Map, current == nil || asMap(current) != nil
	case HostPID, HostIPC, ShareProcesses, HostUsers:
		_, isBool := current.(bool)
		return Bool, isBool
	case none:
	}
	return "", false
}

// wildUse is how templates use a path they reach by range or index.
func (f *finder) wildUse(p values.Path) use {
	var u use
	for _, r := range f.reads {
		if r.path.matches(p) {
			u |= r.use
		}
	}
	return u
}

func (f *finder) selectorShape(p values.Path, current any, u use, onlyText bool) (Shape, bool) {
	switch v := current.(type) {
	case map[string]any:
		if _, _, ok := pairKeys(v); ok {
			return Pair, true
		}
		return Map, true
	case []any:
		if len(v) > 0 {
			m, _ := v[0].(map[string]any)
			_, _, ok := pairKeys(m)
			return Pairs, ok
		}
		if f.reads[pathOf(p).child(wild{}).child("key").key()] != nil {
			return Pairs, true
		}
		return Map, true
	case string:
		if strings.TrimSpace(v) != "" || onlyText {
			return String, true
		}
		return Map, true
	case nil:
		if onlyText && u&asTpl != 0 {
			return String, true
		}
		return Map, true
	}
	return "", false
}

func listOrMapShape(field Field, current any, onlyText bool) (Shape, bool) {
	natural := List
	if field == Affinity {
		natural = Map
	}
	switch v := current.(type) {
	case map[string]any:
		if _, single := v["key"]; single && field == Tolerations {
			return Pair, true
		}
		if len(v) == 0 && onlyText {
			return String, true
		}
		return natural, field == Affinity || len(v) == 0
	case []any:
		if len(v) == 0 && onlyText {
			return String, true
		}
		return natural, field == Tolerations || len(v) == 0
	case string:
		if strings.TrimSpace(v) != "" || onlyText {
			return String, true
		}
		return natural, true
	case nil:
		if onlyText {
			return String, true
		}
		return natural, true
	}
	return "", false
}

// pairKeys finds the two keys of a map that holds one label as key and value.
func pairKeys(m map[string]any) (key, value string, ok bool) {
	for k, v := range m {
		switch v.(type) {
		case map[string]any, []any:
			return "", "", false
		}
		switch strings.ToLower(k) {
		case "key", "label", "labelkey", "name", "labelname":
			key = k
		case "value", "labelvalue":
			value = k
		case "enabled", "enable", "operator":
		default:
			return "", "", false
		}
	}
	return key, value, key != "" && value != ""
}
