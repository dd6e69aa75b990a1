package patch

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/manifest"
)

// parsed is a document with a name to find it by in another render.
type parsed struct {
	doc   *manifest.Document
	key   string // kind, namespace and name, numbered
	name  string // KIND/NAME
	kind  string
	index int // of its chart.Document
}

// parseAll parses documents; those that are empty or no objects are left out, and so is what does not parse, which FindPods
// reports where it matters.
func parseAll(docs []chart.Document) []parsed {
	var out []parsed
	count := map[string]int{}
	for i, d := range docs {
		doc, err := manifest.Parse(d.Text)
		if err != nil {
			out = append(out, parsed{doc: &manifest.Document{}, key: "unreadable " + strconv.Itoa(i), name: d.Source, index: i})
			continue
		}
		obj := doc.Object()
		if obj == nil {
			continue
		}
		kind, _ := obj["kind"].(string)
		meta, _ := obj["metadata"].(map[string]any)
		ns, _ := meta["namespace"].(string)
		name := manifest.NameOf(obj)
		key := kind + "/" + ns + "/" + name
		if count[key]++; count[key] > 1 {
			key += "#" + strconv.Itoa(count[key])
		}
		out = append(out, parsed{doc: doc, key: key, name: kind + "/" + name, kind: kind, index: i})
	}
	return out
}

func sameKeys(a, b []parsed) bool {
	return slices.EqualFunc(a, b, func(x, y parsed) bool { return x.key == y.key })
}

// pairUp gives documents that differ only in a random name the same key: in the order of their kind.
func pairUp(olds, news []parsed) {
	for i := range news {
		if slices.ContainsFunc(olds, func(o parsed) bool { return o.key == news[i].key }) {
			continue
		}
		for _, o := range olds {
			if o.kind == news[i].kind && !slices.ContainsFunc(news, func(n parsed) bool { return n.key == o.key }) {
				news[i].key = o.key
				break
			}
		}
	}
}

var (
	checksumKey = regexp.MustCompile(`(?i)checksum|sha(1|224|256|512)|hash|md5|rollme|config-?version|restart`)
	digest      = regexp.MustCompile(`^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{128})$`)
	steerKey    = regexp.MustCompile(`(?i)node_?-?selectors?$|tolerations?$|affinity$|^nodeSelectorTerms$`)
	steerLine   = regexp.MustCompile(`(?i)node_?-?selector|toleration|affinity|kubernetes\.io/(os|arch)`)
	partLine    = regexp.MustCompile(`^\s*-?\s*["']?(effect|operator|key|value|values)\b|^\s*([\]\[{}]|\{\}|\[\]|null)?,?\s*$`)
	randomCalls = regexp.MustCompile(`\b(rand[A-Z]\w*|gen[A-Z]\w*|uuidv4|now|shuffle|htpasswd|bcrypt|encryptAES|derivePassword|keys|buildCustomCert)\b`)
)

// harmless differences are checksums: of the values, or of a template that holds a selector.
func harmless(d manifest.Difference) bool {
	i := slices.Index(d.Path, any("annotations"))
	if last, _ := d.Path[len(d.Path)-1].(string); i >= 0 && i < len(d.Path)-1 && checksumKey.MatchString(last) {
		return true
	}
	a, aok := d.Old.(string)
	b, bok := d.New.(string)
	return aok && bok && len(a) == len(b) && digest.MatchString(a) && digest.MatchString(b)
}

// aboutPlacement differences are selectors outside pods: in a custom resource, or in a file of a ConfigMap.
func aboutPlacement(d manifest.Difference) bool {
	for _, step := range d.Path {
		if s, _ := step.(string); steerKey.MatchString(s) {
			return true
		}
	}
	if d.Old == nil && onlySelectors(d.New) {
		return true
	}
	a, aok := text(d.Old)
	b, bok := text(d.New)
	return aok && bok && linesAboutPlacement(a, b)
}

// text is a string as people read it: decoded, where it is base64, as in a Secret. Nothing is an empty text.
func text(v any) (string, bool) {
	if v == nil {
		return "", true
	}
	s, ok := v.(string)
	if !ok {
		return "", false
	}
	if data, err := base64.StdEncoding.DecodeString(s); err == nil && len(s) >= 8 && utf8.Valid(data) {
		return string(data), true
	}
	return s, true
}

func onlySelectors(v any) bool {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		return false
	}
	for k, x := range m {
		if !steerKey.MatchString(k) && !onlySelectors(x) {
			return false
		}
	}
	return true
}

func linesAboutPlacement(a, b string) bool {
	count := map[string]int{}
	for line := range strings.Lines(a) {
		count[strings.TrimRight(line, " ,\n\r")]++
	}
	for line := range strings.Lines(b) {
		count[strings.TrimRight(line, " ,\n\r")]--
	}
	named := false
	for line, n := range count {
		if n == 0 {
			continue
		}
		strong := steerLine.MatchString(line)
		if !strong && !partLine.MatchString(line) {
			return false
		}
		named = named || strong
	}
	return named
}

// alsoChanged says that a path is one of those that the user asked to change besides placement.
func (s *session) alsoChanged(path []any, pods []chart.Pod) bool {
	for _, p := range pods {
		if len(path) <= len(p.SpecAt) || !slices.Equal(path[:len(p.SpecAt)], p.SpecAt) {
			continue
		}
		first, _ := path[len(p.SpecAt)].(string)
		switch f := knob.Field(first); f {
		case knob.OSName:
			return s.also.OSName
		case knob.SecurityContext, knob.HostPID, knob.HostIPC, knob.HostUsers, knob.ShareProcesses:
			return s.also.Security
		default:
			return s.also.Security && slices.Contains(path, any("securityContext"))
		}
	}
	return false
}
