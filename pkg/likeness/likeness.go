// Package likeness finds the objects of one render of a chart in another, and knows differences that mean nothing.
// It must not render, and does not know what made the difference.
package likeness

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/manifest"
)

// Object is a document with a name to find it by in another render.
type Object struct {
	Doc   *manifest.Document // of an unreadable one, an empty document
	Key   string             // kind, namespace and name, numbered
	Name  string             // KIND/NAME
	Kind  string
	Index int // of its chart.Document
}

// Objects parses documents; those that are empty or no objects are left out. One that does not parse has a key by its place.
func Objects(docs []chart.Document) []Object {
	var out []Object
	count := map[string]int{}
	for i, d := range docs {
		doc, err := manifest.Parse(d.Text)
		if err != nil {
			out = append(out, Object{Doc: &manifest.Document{}, Key: "unreadable " + strconv.Itoa(i), Name: d.Source, Index: i})
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
		out = append(out, Object{Doc: doc, Key: key, Name: kind + "/" + name, Kind: kind, Index: i})
	}
	return out
}

// SameKeys tells whether two lists hold the same objects in the same order.
func SameKeys(a, b []Object) bool {
	return slices.EqualFunc(a, b, func(x, y Object) bool { return x.Key == y.Key })
}

// PairUp gives the objects of news that differ from one of olds only in a random name that one's key: in the order of their kind.
func PairUp(olds, news []Object) {
	for i := range news {
		if slices.ContainsFunc(olds, func(o Object) bool { return o.Key == news[i].Key }) {
			continue
		}
		for _, o := range olds {
			if o.Kind == news[i].Kind && !slices.ContainsFunc(news, func(n Object) bool { return n.Key == o.Key }) {
				news[i].Key = o.Key
				break
			}
		}
	}
}

var (
	checksumKey = regexp.MustCompile(`(?i)checksum|sha(1|224|256|512)|hash|md5|rollme|config-?version|restart`)
	digest      = regexp.MustCompile(`^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{128})$`)
	randomCalls = regexp.MustCompile(`\b(rand[A-Z]\w*|gen[A-Z]\w*|uuidv4|now|shuffle|htpasswd|bcrypt|encryptAES|derivePassword|keys|buildCustomCert)\b`)
	// clock matches times of day and seconds since 1970, which two renders need not differ in to be times.
	clock = regexp.MustCompile(`20\d\d-?\d\d-?\d\d[-_T. ]?\d\d[-:_]?\d\d(?:[-:_]?\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?|\b1[789]\d{8}(?:\d{3})?\b`)
)

// RandomCalls matches calls of template functions that give something else each time, or in another order.
func RandomCalls() *regexp.Regexp { return randomCalls }

// Checksum says that a difference is that of a checksum: of the values, or of a template that holds a selector.
func Checksum(d manifest.Difference) bool {
	i := slices.Index(d.Path, any("annotations"))
	if len(d.Path) > 0 {
		if last, _ := d.Path[len(d.Path)-1].(string); i >= 0 && i < len(d.Path)-1 && checksumKey.MatchString(last) {
			return true
		}
	}
	a, aok := d.Old.(string)
	b, bok := d.New.(string)
	return aok && bok && len(a) == len(b) && digest.MatchString(a) && digest.MatchString(b)
}

// Text is a string as people read it: decoded, where it is base64, as in a Secret. Nothing is an empty text; what is no string has none.
func Text(v any) (string, bool) {
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

// Timeless is a value as text with the times in it taken out. Maps and lists are left to other comparisons: they give themselves away
// by being unlike.
func Timeless(v any) string {
	s, ok := Text(v)
	if !ok {
		return fmt.Sprintf("%p %T", &v, v)
	}
	return clock.ReplaceAllString(s, "TIME")
}
