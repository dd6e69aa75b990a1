package likeness_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/likeness"
	"github.com/winready/kubectl-winready/pkg/manifest"
)

func objects(texts ...string) []likeness.Object {
	docs := make([]chart.Document, 0, len(texts))
	for _, t := range texts {
		docs = append(docs, chart.Document{Source: "web/templates/all.yaml", Text: t})
	}
	return likeness.Objects(docs)
}

func keys(list []likeness.Object) []string {
	var out []string
	for _, o := range list {
		out = append(out, o.Key)
	}
	return out
}

// TestPairUp: what differs in a random name only is the same object; what is there under its own name is nobody else.
func TestPairUp(t *testing.T) {
	t.Parallel()
	olds := objects("kind: Job\nmetadata: {name: init-abc}", "# nothing", "kind: Pod\nmetadata: {name: a, namespace: x}", "kind: Pod\nmetadata: {name: a, namespace: x}", "a: [")
	news := objects("kind: Job\nmetadata: {name: init-xyz}", "kind: Pod\nmetadata: {name: a, namespace: x}", "kind: Pod\nmetadata: {name: b-1}", "a: [[")
	if likeness.SameKeys(olds, news) {
		t.Error("they are the same before they are paired up")
	}
	likeness.PairUp(olds, news)
	want := []string{"Job//init-abc", "Pod/x/a", "Pod/x/a#2", "unreadable 4"}
	if diff := cmp.Diff(keys(news), want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestChecksum(t *testing.T) {
	t.Parallel()
	const a, b = "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"
	for name, tc := range map[string]struct {
		path     []any
		old, new any
		want     bool
	}{
		"an annotation named for it": {[]any{"metadata", "annotations", "checksum/config"}, "1", "2", true},
		"two digests of one kind":    {[]any{"data", "x"}, a, b, true},
		"digests of two kinds":       {[]any{"data", "x"}, a, b + b, false},
		"a label named for it":       {[]any{"metadata", "labels", "checksum"}, "1", "2", false},
		"all annotations":            {[]any{"metadata", "annotations"}, nil, map[string]any{"checksum": "1"}, false},
		"the whole object":           {nil, nil, map[string]any{}, false},
	} {
		if got := likeness.Checksum(manifest.Difference{Path: tc.path, Old: tc.old, New: tc.new}); got != tc.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

// TestTimeless: times are alike, also in what is encoded.
func TestTimeless(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]any{
		{"at 2026-01-02T03:04:05Z", "at 2026-11-12T13:14:15.678Z"},
		{"1767323045", "1798859045"},
		{"YXQgMjAyNi0wMS0wMlQwMzowNDowNVo=", "YXQgMjAyNi0xMS0xMlQxMzoxNDoxNVo="},
		{nil, ""},
	} {
		if a, b := likeness.Timeless(pair[0]), likeness.Timeless(pair[1]); a != b {
			t.Errorf("%v is %q, %v is %q", pair[0], a, pair[1], b)
		}
	}
	if a, b := likeness.Timeless("v1"), likeness.Timeless("v2"); a == b {
		t.Errorf("both are %q", a)
	}
}
