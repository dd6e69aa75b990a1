package postrender

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/manifest"
)

// survey is the first reading of the stream. Only documents that say the right words are parsed; what is wrong with a document is
// for the second reading to say.
func (r *run) survey(in io.Reader) error {
	err := r.cut(in, func(raw manifest.Raw) error {
		class := bytes.Contains(raw.Text, []byte("RuntimeClass"))
		ruled := r.rules.concerns(raw.Text)
		r.rules.hear(raw)
		if !class && !ruled {
			return nil
		}
		raw.Text, _ = withoutPairs(raw.Text)
		node, err := raw.Node()
		if err != nil || node == nil {
			return nil //nolint:nilerr // the second reading says it
		}
		doc, err := raw.Document(node)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		if class {
			r.runtimeClasses(doc.Object(), 0)
		}
		if ruled {
			r.rules.note(workloads(raw, doc, doc.Object(), nil))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.rules.match()
}

// runtimeClasses notes how the RuntimeClasses of an object, or of the items of a List, schedule.
func (r *run) runtimeClasses(obj map[string]any, depth int) {
	kind, _ := obj["kind"].(string)
	if items, ok := obj["items"].([]any); ok && strings.HasSuffix(kind, "List") && depth < maxListDepth {
		for _, item := range items {
			if item, ok := item.(map[string]any); ok {
				r.runtimeClasses(item, depth+1)
			}
		}
		return
	}
	if kind != "RuntimeClass" {
		return
	}
	text, err := json.Marshal(obj)
	if err != nil {
		return
	}
	var class nodev1.RuntimeClass
	if json.Unmarshal(text, &class) == nil && class.Scheduling != nil {
		r.classes[class.Name] = class.Scheduling
	}
}
