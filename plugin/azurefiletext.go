package plugin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/object"
)

// The formats of plans and of what was applied.
const (
	planText  = "text"
	planYAML  = "yaml"
	planJSON  = "json"
	planName  = "name"
	planChart = "helmchart"
)

// writeObjects writes objects as kubectl does: YAML documents, one JSON object or a List of several, or their names.
func writeObjects(w io.Writer, format string, objects []map[string]any) error {
	var text []byte
	switch format {
	case planYAML:
		for i, o := range objects {
			one, err := yaml.Marshal(o)
			if err != nil {
				return err
			}
			if i > 0 {
				text = append(text, "---\n"...)
			}
			text = append(text, one...)
		}
	case planJSON:
		var all any = map[string]any{"apiVersion": "v1", "kind": "List", "items": objects}
		if len(objects) == 1 {
			all = objects[0]
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(all); err != nil {
			return err
		}
		text = b.Bytes()
	default:
		for _, o := range objects {
			text = fmt.Appendf(text, "%s\n", resourceName(o))
		}
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	return nil
}

// resourceName is an object as kubectl names it: storageclass.storage.k8s.io/azurefile.
func resourceName(o map[string]any) string {
	kind, _ := o["kind"].(string)
	version, _ := o["apiVersion"].(string)
	name, _ := object.Path{"metadata", "name"}.In(o).(string)
	kind = strings.ToLower(kind)
	if group, _, grouped := strings.Cut(version, "/"); grouped {
		kind += "." + group
	}
	return kind + "/" + name
}

// writePlan writes what would be done, for people.
func writePlan(w io.Writer, actions []azurefile.Action, color bool) error {
	var b strings.Builder
	for _, a := range actions {
		fmt.Fprintf(&b, "%s %s: %s\n", verbs(a.Verb), a.Ref, a.Reason)
		b.WriteString(actionText(a, color))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	return nil
}

func verbs(v azurefile.Verb) string {
	if v == azurefile.Blocked {
		return "cannot change"
	}
	return string(v)
}

// actionText are the lines below an action: the fields of a new object, or those that differ.
func actionText(a azurefile.Action, color bool) string {
	var b strings.Builder
	if a.Verb == azurefile.Create || a.Verb == azurefile.Apply {
		text, err := yaml.Marshal(a.Object)
		if err != nil {
			return ""
		}
		for line := range strings.Lines(string(text)) {
			b.WriteString("  " + colored("+ "+line, color))
		}
	}
	for _, c := range a.Changes {
		fixed := ""
		if c.Immutable {
			fixed = " (immutable)"
		}
		fmt.Fprintf(&b, "  %s: %s -> %s%s\n", c.Field, c.Old, c.New, fixed)
	}
	if a.Old != nil {
		fmt.Fprintf(&b, "  claims that name it: %s\n", refList(a.Claims))
		fmt.Fprintf(&b, "  volumes made with it, which stay as they are: %s\n", refList(a.Volumes))
	}
	return b.String()
}

func refList(refs []object.Ref) string {
	const few = 10
	if len(refs) == 0 {
		return "none"
	}
	var names []string
	for _, r := range refs[:min(few, len(refs))] {
		names = append(names, strings.TrimPrefix(strings.TrimPrefix(r.String(), "PersistentVolumeClaim/"), "PersistentVolume/"))
	}
	text := strings.Join(names, ", ")
	if more := len(refs) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
