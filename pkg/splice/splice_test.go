package splice_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/winready/kubectl-winready/pkg/splice"
)

type list = []any

// at is a path.
func at(steps ...any) []any { return steps }

func put(v any, path ...any) splice.Edit { return splice.Edit{Path: path, Value: v} }

func remove(path ...any) splice.Edit { return splice.Edit{Path: path, Remove: true} }

func mend(path ...any) splice.Edit { return splice.Edit{Path: path, Mend: true} }

func edits(e ...splice.Edit) []splice.Edit { return e }

type cases map[string]struct {
	text  string
	edits []splice.Edit
	want  string
}

func (c cases) run(t *testing.T) {
	t.Helper()
	for name, tc := range c {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := splice.Apply([]byte(tc.text), tc.edits)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(got), tc.want); diff != "" {
				t.Errorf("edited (-got +want):\n%s", diff)
			}
		})
	}
}

var toleration = tree{"effect": "NoSchedule", "key": "os", "operator": "Equal", "value": "windows"}

func TestNewValues(t *testing.T) {
	t.Parallel()
	cases{
		"at the end of its map":         {"web:\n  image: x # y\ndb: {}\n", edits(put("windows", "web", "nodeSelector", "kubernetes.io/os")), "web:\n  image: x # y\n  nodeSelector:\n    kubernetes.io/os: windows\ndb: {}\n"},
		"behind the comments of it":     {"web:\n  a: 1\n  # b: 2\n\n  # c: 3\n# db\ndb: {}\n", edits(put(1, "web", "x")), "web:\n  a: 1\n  # b: 2\n\n  # c: 3\n  x: 1\n# db\ndb: {}\n"},
		"several of one map":            {"a: 1\n", edits(put(1, "c"), put(2, "b")), "a: 1\nc: 1\nb: 2\n"},
		"into each other":               {"a:\n  b:\n    c: 1\n", edits(put(1, "x"), put(2, "a", "w"), put(3, "a", "b", "z")), "a:\n  b:\n    c: 1\n    z: 3\n  w: 2\nx: 1\n"},
		"indented like the neighbours":  {"a:\n   b:\n      c: 1\n", edits(put(1, "a", "x", "w", "z")), "a:\n   b:\n      c: 1\n   x:\n      w:\n         z: 1\n"},
		"indented like the document":    {"a:\n    b: 1\nc:\n  d:\n", edits(put(1, "x", "w")), "a:\n    b: 1\nc:\n  d:\nx:\n    w: 1\n"},
		"a list flush with its key":     {"spec:\n  containers:\n  - name: x\n", edits(put(list{toleration}, "spec", "tolerations")), "spec:\n  containers:\n  - name: x\n  tolerations:\n  - key: os\n    operator: Equal\n    value: windows\n    effect: NoSchedule\n"},
		"a list indented":               {"spec:\n    containers:\n      - name: x\n", edits(put(list{"a", list{"b", tree{"c": 1}}}, "spec", "l")), "spec:\n    containers:\n      - name: x\n    l:\n      - a\n      - - b\n        - c: 1\n"},
		"two spaces without an example": {"a: 1\n", edits(put(list{tree{"b": list{1}}}, "l")), "a: 1\nl:\n  - b:\n      - 1\n"},
		"an item at the end":            {"l:\n-   a\n# c\nx: 1\n", edits(put("b", "l", 1), put(tree{"c": 1, "name": "d"}, "l", 2)), "l:\n-   a\n-   b\n-   name: d\n    c: 1\n# c\nx: 1\n"},
		"an item with a list around it": {"l: null\n", edits(put("b", "l", 0), put("c", "l", 1, "d")), "l:\n  - b\n  - d: c\n"},
		"below null, empty and nothing": {"a: # c\nb: ~ # c\nc: {} # c\nd: [ ] # c\ne: null\nf: &x {}\ng: !!map {}\n", edits(put(1, "a", "x"), put(1, "b", "x"), put(1, "c", "x"), put(1, "d", 0), put(1, "e", 0), put(1, "f", "x"), put(1, "g", "x")), "a: # c\n  x: 1\nb: # c\n  x: 1\nc: # c\n  x: 1\nd: # c\n  - 1\ne:\n  - 1\nf: &x\n  x: 1\ng:\n  x: 1\n"},
		"above comments that explain":   {"nodeSelector: {}\n  # disk: ssd\nx: 1\n", edits(put("windows", "nodeSelector", "os")), "nodeSelector:\n  os: windows\n  # disk: ssd\nx: 1\n"},
		"in an item":                    {"l:\n- a: 1\n-\n  # c\n  b: 1\n- # c\n", edits(put(1, "l", 0, "x"), put(1, "l", 1, "x"), put(1, "l", 2, "x")), "l:\n- a: 1\n  x: 1\n-\n  # c\n  b: 1\n  x: 1\n- x: 1 # c\n"},
		"with comments above":           {"a: 1\n", edits(splice.Edit{Path: at("w", "sel"), Value: tree{"x": 1}, Comment: "steers\nDeployment/w"}, splice.Edit{Path: at("a"), Value: 2, Comment: "not new"}), "a: 2\nw:\n  # steers?Deployment/w\n  sel:\n    x: 1\n"},
		"keys that need quotes":         {"{}\n", edits(put(1, "on"), put(1, "a: b"), put(1, "1"), put(1, "")), "\"on\": 1\n'a: b': 1\n\"1\": 1\n\"\": 1\n"},
	}.run(t)
}

func TestWholeDocuments(t *testing.T) {
	t.Parallel()
	add := edits(put(1, "a", "b"))
	cases{
		"no text":               {"", add, "a:\n  b: 1\n"},
		"only comments":         {"# c\n\n# d\n", add, "# c\n\n# d\na:\n  b: 1\n"},
		"comments, no line end": {"# c", add, "# c\na:\n  b: 1"},
		"a marker":              {"---\n# c\n", add, "---\n# c\na:\n  b: 1\n"},
		"an end marker":         {"---\n# c\n...\n", add, "---\n# c\na:\n  b: 1\n...\n"},
		"content, end marker":   {"x: 1\n...\n# c\n", add, "x: 1\na:\n  b: 1\n...\n# c\n"},
		"an empty map":          {"# c\n{} # d\n", add, "# c\na: # d\n  b: 1\n"},
		"behind the marker":     {"--- {x: 1} # c\n", add, "--- {x: 1, a: {b: 1}} # c\n"},
		"empty, behind it":      {"--- {}\n", add, "---\na:\n  b: 1\n"},
		"cut off behind it":     {" {}\n", add, "\na:\n  b: 1\n"},
		"comment behind it":     {"--- # c\nx: 1\n", add, "--- # c\nx: 1\na:\n  b: 1\n"},
		"directives":            {"%YAML 1.1\n---\nx: 1\n", add, "%YAML 1.1\n---\nx: 1\na:\n  b: 1\n"},
		"a byte order mark":     {"\ufeffx: 1\n", edits(put(2, "x"), put(1, "é")), "\ufeffx: 2\né: 1\n"},
		"indented as a whole":   {"  x: 1\n  y: {}\n", add, "  x: 1\n  y: {}\n  a:\n    b: 1\n"},
		"another whole":         {"x: 1 # c\n", edits(put(list{1}))[:1], "- 1\n"},
		"nothing to do":         {"x:   1\n", nil, "x:   1\n"},
		"line ends of Windows":  {"a: 1\r\nb:\r\n  c: |\r\n    d\r\n", edits(put(tree{"w": "e\nf\n"}, "x"), put(1, "b", "z")), "a: 1\r\nb:\r\n  c: |\r\n    d\r\n  z: 1\r\nx:\r\n  w: |\r\n    e\r\n    f\r\n"},
		"no last line end":      {"a:\n  b: 1", edits(put(2, "a", "c"), put(3, "d")), "a:\n  b: 1\n  c: 2\nd: 3"},
		"behind an open block":  {"a: |+ # c\n  b", edits(put(3, "d")), "a: |- # c\n  b\nd: 3"},
		"a map in the root":     {"a: 1\n", edits(put(tree{"a": 1, "b": 2})), "a: 1\nb: 2\n"},
	}.run(t)
}

func TestScalars(t *testing.T) {
	t.Parallel()
	cases{
		"keep quotes and comments": {"a: \"linux\"   # c\nb: 'linux' # c\nc: linux# c\nd:   linux\n", edits(put("win\"dows", "a"), put("win'dows", "b"), put("windows", "c"), put("windows", "d")), "a: \"win\\\"dows\"   # c\nb: 'win''dows' # c\nc: windows\nd:   windows\n"},
		"get quotes":               {"a: x\nb: x\nc: x\nd: x\ne: x\nf: x\ng: x\nh: x\ni: x\n", edits(put("yes", "a"), put("0o17", "b"), put("1_000", "c"), put("2001-01-01", "d"), put("a: b", "e"), put("", "f"), put("null", "g"), put("# x", "h"), put("12:30", "i")), "a: \"yes\"\nb: \"0o17\"\nc: \"1_000\"\nd: \"2001-01-01\"\ne: 'a: b'\nf: \"\"\ng: \"null\"\nh: '# x'\ni: \"12:30\"\n"},
		"lose quotes":              {"a: \"1\"\nb: '1' # c\n", edits(put(1, "a"), put(nil, "b")), "a: 1\nb: null # c\n"},
		"numbers":                  {"a: 1\nb: 1\nc: 1\nd: 1\ne: 12345678901234567890123\nf: 1.50\n", edits(put(int64(math.MaxInt64), "a"), put(1.5, "b"), put(2.0, "c"), put(1e21, "d")), "a: 9223372036854775807\nb: 1.5\nc: 2\nd: 1.0e+21\ne: 12345678901234567890123\nf: 1.50\n"},
		"that are there":           {"a: 0x1F\nb: \"x\"\nc: 1.0\nd: Yes\ne: >-\n  a\n  b\nf: !!str 5\ng:\n", edits(put(31, "a"), put("x", "b"), put(1, "c"), put(true, "d"), put("a b", "e"), put("5", "f"), put(nil, "g")), "a: 0x1F\nb: \"x\"\nc: 1.0\nd: Yes\ne: >-\n  a\n  b\nf: !!str 5\ng:\n"},
		"over several lines":       {"a: \"x\n  y\" # c\nb: 'x\n\n  y'\nc: x\n  y # c\nd: 1\n", edits(put("z", "a"), put("z", "b"), put("z", "c")), "a: \"z\" # c\nb: 'z'\nc: z # c\nd: 1\n"},
		"on a line below":          {"a:\n  # c\n  x # d\nb:\n  y\n", edits(put("z", "a"), put(tree{"k": 1}, "b")), "a:\n  # c\n  z # d\nb:\n  k: 1\n"},
		"with tags":                {"a: !!str 5\nb: &x !!int 5\nc: !!str\nd: !!str &y z\n", edits(put(6, "a"), put("q", "b"), put(1, "c"), put(1, "d")), "a: 6\nb: &x q\nc: 1\nd: &y 1\n"},
		"behind letters":           {"é: 日 # c\nl: [é, 日, \"é\"]\n", edits(put("x", "é"), put("w", "l", 1), put("z", "l", 2)), "é: x # c\nl: [é, w, \"z\"]\n"},
		"behind tabs":              {"a:\t1\t# c\n", edits(put(2, "a")), "a:\t2\t# c\n"},
		"to maps and back":         {"a: x # c\nb:\n  # c\n  c: 1 # d\n  e: 2\nf: 1\n", edits(put(tree{"k": 1}, "a"), put("x", "b")), "a: # c\n  k: 1\nb: x\n  # c\nf: 1\n"},
		"in lists":                 {"- a # c\n-   b\n- c: 1\n  d: 2\n", edits(put(tree{"u": 1, "v": 2}, 0), put(list{1, 2}, 1), put("z", 2)), "- u: 1 # c\n  v: 2\n-   - 1\n    - 2\n- z\n"},
		"control characters":       {"a: x\n", edits(put("\u0000\u2028\x7f\ufeff", "a")), "a: \"\\u0000\\u2028\\u007f\\ufeff\"\n"},
		"a key behind ?":           {"? a\n: b\n? c # d\n", edits(put(1, "a"), put(2, "c")), "? a\n: 1\n? c\n: 2 # d\n"},
	}.run(t)
}

func TestBlockScalars(t *testing.T) {
	t.Parallel()
	script := "s: |2-  # c\n    # no comment\n\n  --- no marker\n  a: [\n  \t\nx: 1\n"
	cases{
		"that are open, empty": {"a: >", edits(put(1, "b")), "a: >-\nb: 1"},
		"beside an edit":       {script, edits(put(2, "x"), put(3, "z")), strings.Replace(script, "x: 1", "x: 2", 1) + "z: 3\n"},
		"new ones":             {"a: 1\n", edits(put("x\n y\n", "b"), put("x\ny", "c"), put("x\n\n", "d"), put(" x\ny\n", "e"), put(list{"x\ny\n"}, "f"), put("x\r\ny", "g")), "a: 1\nb: |\n  x\n   y\nc: |-\n  x\n  y\nd: |+\n  x\n\ne: |2\n   x\n  y\nf:\n  - |\n    x\n    y\ng: \"x\\r\\ny\"\n"},
		"stay ones":            {"a:\n   s: >- # c\n       x\n       y\n   t: 1\n", edits(put("x\nz\n", "a", "s")), "a:\n   s: | # c\n       x\n       z\n   t: 1\n"},
		"of one line":          {"s: | # c\n  x\nt: 1\n", edits(put("y", "s")), "s: |- # c\n  y\nt: 1\n"},
		"become other things":  {"s: | # c\n  x\nt: |\n  x\n\nu: 1\n", edits(put(1, "s"), put(tree{"k": 1}, "t")), "s: 1 # c\nt:\n  k: 1\n\nu: 1\n"},
		"keep blank lines":     {"a:\n  s: |+\n    x\n\n\nb: 1\n", edits(put(1, "a", "t")), "a:\n  s: |+\n    x\n\n\n  t: 1\nb: 1\n"},
		"leave blank lines":    {"a:\n  s: |\n    x\n\nb: 1\n", edits(put(1, "a", "t")), "a:\n  s: |\n    x\n  t: 1\n\nb: 1\n"},
		"before deep comments": {"a: 1\nb: 2\n    # c\n", edits(put("x\ny\n", "b")), "a: 1\nb: \"x\\ny\\n\"\n    # c\n"},
		"at the end":           {"a: |\n  x", edits(put("y\nz\n", "a")), "a: |\n  y\n  z\n"},
		"go":                   {"s: |\n  x\n\nt: |\n  y\n\nu: 1\n", edits(remove("t")), "s: |\n  x\n\nu: 1\n"},
	}.run(t)
}

func TestFlowStyle(t *testing.T) {
	t.Parallel()
	cases{
		"a value":               {"a: { b: 1, 'c' : \"x\" } # d\n", edits(put(2, "a", "b"), put("y", "a", "c")), "a: { b: 2, 'c' : \"y\" } # d\n"},
		"an entry":              {"a: { b: 1 } # d\n", edits(put("x, y", "a", "c")), "a: { b: 1, c: 'x, y' } # d\n"},
		"a trailing comma":      {"a: {b: 1,}\nl: [1, ]\n", edits(put(2, "a", "c"), put(2, "l", 1)), "a: {b: 1, c: 2,}\nl: [1, 2, ]\n"},
		"an empty one in one":   {"a: {b: { }, c: [], d: }\n", edits(put(1, "a", "b", "x"), put(1, "a", "c", 0), put(1, "a", "d", "w")), "a: {b: {x: 1}, c: [1], d: {w: 1} }\n"},
		"keys without values":   {"a: {b, c: , \"d\"}\n", edits(put(1, "a", "b"), put(2, "a", "c"), put(3, "a", "d")), "a: {b: 1, c: 2 , \"d\": 3}\n"},
		"over lines":            {"a: {\n  b: 1, # x\n  c: 2  # y\n}\nl: [\n  a,\n  b,\n]\n", edits(put(3, "a", "d"), put("c", "l", 2)), "a: {\n  b: 1, # x\n  c: 2,  # y\n  d: 3\n}\nl: [\n  a,\n  b,\n  c,\n]\n"},
		"closed on the line":    {"a: {b: 1,\n    c: 2}\n", edits(put(3, "a", "d")), "a: {b: 1,\n    c: 2,\n    d: 3}\n"},
		"entries go":            {"a: {b: 1, c: 2, d: 3}\nl: [1, 2, 3]\n", edits(remove("a", "b"), remove("a", "d"), remove("l", 1)), "a: {c: 2}\nl: [1, 3]\n"},
		"lines go":              {"a: {\n  b: 1, # x\n  # y\n  c: 2, # z\n  d: 3 # q\n}\n", edits(remove("a", "b"), remove("a", "d")), "a: {\n  # y\n  c: 2 # z\n}\n"},
		"all go":                {"a: {b: 1, c: 2} # x\nl: [1] # y\nm: [{b: 1}]\n", edits(remove("a", "b"), remove("a", "c"), remove("l", 0), remove("m", 0, "b")), "a: {} # x\nl: [] # y\nm: [{}]\n"},
		"the last and a new":    {"a: {b: 1, c: 2}\n", edits(put(tree{"b": 1, "d": 3}, "a")), "a: {b: 1, d: 3}\n"},
		"other keys":            {"a: {b: 1}\n", edits(put(tree{"c": tree{"d": "e"}}, "a")), "a: {c: {d: e}}\n"},
		"pairs in a list":       {"a: [b: 1, c]\n", edits(put(2, "a", 0, "b")), "a: [b: 2, c]\n"},
		"more of such a pair":   {"a: [b: 1, c]\n", edits(put(2, "a", 0, "d")), "a: [{b: 1, d: 2}, c]\n"},
		"compact JSON":          {`{"a":{"b":1},"l":[1,2],"e":{}}` + "\n", edits(put("on", "a", "c"), put(3, "l", 2), put(tree{"x": list{nil, true, "y"}}, "e")), `{"a":{"b":1,"c":"on"},"l":[1,2,3],"e":{"x":[null,true,"y"]}}` + "\n"},
		"pretty JSON":           {"{\n  \"a\": 12345678901234567890123,\n  \"b\": {\n    \"c\": \"é\"\n  }\n}\n", edits(put("win", "b", "d"), put("\n\u007f", "b", "c"), put(tree{"k": 1.5}, "e")), "{\n  \"a\": 12345678901234567890123,\n  \"b\": {\n    \"c\": \"\\n\\u007f\",\n    \"d\": \"win\"\n  },\n  \"e\": {\"k\": 1.5}\n}\n"},
		"JSON in YAML":          {"sel: {\"kubernetes.io/os\":\"linux\"}\n", edits(put("windows", "sel", "kubernetes.io/os"), put("x", "sel", "disk")), "sel: {\"kubernetes.io/os\":\"windows\",\"disk\":\"x\"}\n"},
		"no room for a comment": {"a: {}# c\n", edits(put("x", "a")), "a: x # c\n"},
		"from block scalars":    {"a: [\"x\"]\n", edits(put("y\nz\n", "a", 1)), "a: [\"x\", \"y\\nz\\n\"]\n"},
	}.run(t)
}

func TestAnchors(t *testing.T) {
	t.Parallel()
	cases{
		"aliases keep the value":     {"a: &x {os: linux, f: 1.50}\nb: *x\nc:\n  <<: *x # d\n  e: 1\nl: [*x, 1]\n", edits(put("windows", "a", "os")), "a: &x {os: windows, f: 1.50}\nb: {os: linux, f: 1.50}\nc:\n  <<: {os: linux, f: 1.50} # d\n  e: 1\nl: [{os: linux, f: 1.50}, 1]\n"},
		"of anchors around":          {"a: &x\n  b: &y\n    c: 1\n    d: &z 2\ne: *x\nf: *y\ng: *z\n", edits(put(3, "a", "b", "c")), "a: &x\n  b: &y\n    c: 3\n    d: &z 2\ne: {b: {c: 1, d: 2}}\nf: {c: 1, d: 2}\ng: *z\n"},
		"of anchors that go":         {"a:\n  b: &y {c: 1}\nf: *y\n", edits(remove("a")), "f: {c: 1}\n"},
		"as keys":                    {"a: &x b\n*x : 1\n", edits(put("c", "a")), "a: &x c\nb : 1\n"},
		"not what goes with it":      {"a: &x 1\nb:\n  c: *x\n", edits(put(2, "a"), remove("b")), "a: &x 2\n"},
		"the same name twice":        {"a: &x 1\nb: *x\nc: &x 2\nd: *x\n", edits(put(3, "c")), "a: &x 1\nb: *x\nc: &x 3\nd: 2\n"},
		"an alias is replaced":       {"a: &x\n  os: linux\n  arch: amd64\nb: *x # c\nc: [*x]\n", edits(put("windows", "b", "os"), put(1, "c", 0, "x")), "a: &x\n  os: linux\n  arch: amd64\nb: # c\n  os: windows\n  arch: amd64\nc: [{os: linux, arch: amd64, x: 1}]\n"},
		"an alias for a scalar":      {"a: &x linux\nb: *x # c\n", edits(put("windows", "b")), "a: &x linux\nb: windows # c\n"},
		"an alias that fits":         {"a: &x {os: linux}\nb: *x\n", edits(put(tree{"os": "linux"}, "b"), put("linux", "b", "os")), "a: &x {os: linux}\nb: *x\n"},
		"beside a merge key":         {"a: &x {os: linux, m: {p: 1, q: 2}}\nb:\n  <<: *x\n  c: 1\n", edits(put("windows", "b", "os"), put(3, "b", "m", "p")), "a: &x {os: linux, m: {p: 1, q: 2}}\nb:\n  <<: *x\n  c: 1\n  os: windows\n  m:\n    p: 3\n    q: 2\n"},
		"above a merge key":          {"a: &x {os: linux}\nb:\n  os: mine\n  <<: *x\n", edits(put("windows", "b", "os")), "a: &x {os: linux}\nb:\n  <<: *x\n  os: windows\n"},
		"a merge key that fits":      {"a: &x {os: linux}\nb:\n  <<: *x\n", edits(put("linux", "b", "os")), "a: &x {os: linux}\nb:\n  <<: *x\n"},
		"what is merged goes":        {"a: &x {os: linux, 5: 1.50}\nb:\n  <<: *x # c\n  d: 1\n", edits(remove("b", "os")), "a: &x {os: linux, 5: 1.50}\nb:\n  5: 1.50 # c\n  d: 1\n"},
		"all that is merged goes":    {"a: &x {os: linux}\nb:\n  <<: *x # c\n  d: 1\n", edits(remove("b", "os")), "a: &x {os: linux}\nb:\n  d: 1\n"},
		"keys of other types":        {"a: &x {5: y, yes: z}\nb: {<<: *x}\n", edits(put("q", "b", "5")), "a: &x {5: y, yes: z}\nb: {<<: *x, 5: q}\n"},
		"strings that are not plain": {"a: &x\n  b: |\n    t\n  c: 'yes'\n  d: a, b\nf: *x\n", edits(put(1, "a", "e")), "a: &x\n  b: |\n    t\n  c: 'yes'\n  d: a, b\n  e: 1\nf: {b: \"t\\n\", c: \"yes\", d: 'a, b'}\n"},
	}.run(t)
}

func TestRepeatedKeys(t *testing.T) {
	t.Parallel()
	cases{
		"a value":             {"a: 1 # c\nb: 2\na: 3 # d\n", edits(put(4, "a")), "b: 2\na: 4 # d\n"},
		"the value there":     {"a: 1\nb: 2\na: 3\n", edits(put(3, "a")), "b: 2\na: 3\n"},
		"below it":            {"s:\n  l: {x: 1}\n  m: 1\n  l:\n    os: linux\n", edits(put("windows", "s", "l", "os")), "s:\n  m: 1\n  l:\n    os: windows\n"},
		"within it":           {"s:\n  os: a\n  x: 1\n  os: b\n", edits(put(tree{"os": "b", "x": 1}, "s")), "s:\n  x: 1\n  os: b\n"},
		"in flow style":       {"s: {os: a, x: 1, os: b}\n", edits(put("c", "s", "os")), "s: {x: 1, os: c}\n"},
		"all go":              {"a: 1\nb: 2\na:\n  c: 3\n", edits(remove("a")), "b: 2\n"},
		"elsewhere":           {"a: 1\na: 2\nb: 1\n", edits(put(2, "b")), "a: 1\na: 2\nb: 2\n"},
		"mended":              {"s:\n  a: 1\n  a: [{x: 1, x: 2}]\nt:\n  a: 1\n  a: 2\n", edits(mend("s")), "s:\n  a: [{x: 2}]\nt:\n  a: 1\n  a: 2\n"},
		"mended, not there":   {"a: 1\n", edits(mend("b", "c"), mend("a", "b")), "a: 1\n"},
		"with an anchor":      {"a: &x 1\nb: *x\na: 2\n", edits(put(3, "a")), "b: 1\na: 3\n"},
		"first in its item":   {"- a: 1\n  b: 2\n  a: 3\n", edits(put(4, 0, "a")), "- b: 2\n  a: 4\n"},
		"in several writings": {"'a': 1\n\"a\": 2\na: 3\n", edits(put(4, "a")), "a: 4\n"},
	}.run(t)
}

func TestRemoval(t *testing.T) {
	t.Parallel()
	cases{
		"a key":                      {"a: 1 # c\n# d\nb:\n  c: 1\n  # e\n# f\ng: 1\n", edits(remove("b")), "a: 1 # c\n# d\n# f\ng: 1\n"},
		"the last key":               {"s:\n  # why\n  a: 1 # c\n# d\nt: 1\n", edits(remove("s", "a")), "s: {}\n  # why\n# d\nt: 1\n"},
		"the last item":              {"s: # c\n- 1\n", edits(remove("s", 0)), "s: [] # c\n"},
		"and what it leaves":         {"s:\n  a: 1\nt: 1\n", edits(remove("s", "a"), remove("s")), "t: 1\n"},
		"of the document":            {"# c\na: 1\n# d\n", edits(remove("a")), "# c\n{}\n# d\n"},
		"items":                      {"l:\n- a # x\n- b: 1\n  c: 2\n- d\n", edits(remove("l", 0), remove("l", 0)), "l:\n- d\n"},
		"the first key of an item":   {"- a: 1 # x\n  b: 2\n- a: 1\n  # c\n  b: 2\n- a: 1\n", edits(remove(0, "a"), remove(1, "a"), remove(2, "a")), "- b: 2\n-\n  # c\n  b: 2\n- {}\n"},
		"with comments between":      {"- a: 1\n  # c\n  b: 2\n  d: 3\n", edits(remove(0, "a"), remove(0, "b")), "-\n  # c\n  d: 3\n"},
		"and something new there":    {"a:\n  l:\n  - |\n    x\n  - b\n    \nc: 1\n", edits(remove("a", "l", 1), put(1, "a", "d")), "a:\n  l:\n  - |\n    x\n  d: 1\nc: 1\n"},
		"the last item, and one":     {"- a:\n    b: 1\n  # c\n- d\n", edits(remove(1), put(2, 0, "e"), put("f", 1)), "- a:\n    b: 1\n  # c\n  e: 2\n- f\n"},
		"the first item of an item":  {"- - a\n  - b\n", edits(remove(0, 0)), "- - b\n"},
		"what is not there":          {"a: 1\n", edits(remove("b"), remove("a", "b"), remove("c", 0), remove("a", 0)), "a: 1\n"},
		"in a map with tag, anchor":  {"s: &x !!map\n  a: 1\nt: !!map\n  b: 1\n", edits(remove("s", "a"), remove("t", "b")), "s: &x !!map {}\nt: !!map {}\n"},
		"and a new key":              {"s:\n  # why\n  a: 1 # c\n", edits(put(tree{"b": 2}, "s")), "s:\n  # why\n  b: 2\n"},
		"no last line end":           {"a: 1\nb: 2", edits(remove("b")), "a: 1\n"},
		"items of unlike lists":      {"l: # c\n- a\n- b # x\n- c\n", edits(put(list{"a", "c", "d"}, "l")), "l: # c\n- a\n- c # x\n- d\n"},
		"a key whose line is a list": {"l:\n- a: 1\n  b:\n  - c\n  # d\n", edits(remove("l", 0, "b")), "l:\n- a: 1\n  # d\n"},
	}.run(t)
}

func TestSeveralEdits(t *testing.T) {
	t.Parallel()
	cases{
		"of one value":           {"a: 1\n", edits(put(2, "a"), put(3, "a"), put(list{1}, "b"), put(2, "b", 1), remove("b", 0)), "a: 3\nb:\n  - 2\n"},
		"removed and put again":  {"a: 1 # c\nb: 2\n", edits(remove("a"), put(3, "a")), "a: 3 # c\nb: 2\n"},
		"put below what went":    {"a: {x: 1} # c\nb: 2\n", edits(remove("a"), put(3, "a", "w")), "a: {w: 3} # c\nb: 2\n"},
		"indexes that move":      {"- a\n- b\n- c\n", edits(remove(0), put("x", 0), put("w", 2)), "- x\n- c\n- w\n"},
		"a list, emptied, begun": {"l:\n- a # c\n", edits(remove("l", 0), put("b", "l", 0)), "l:\n- b\n"},
	}.run(t)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		edit splice.Edit
		want splice.Error
	}{
		"through a string":    {"controller:\n  nodeSelector: \"x\"\n", put(1, "controller", "nodeSelector", "os"), splice.Error{Line: 2, Column: 3, Path: at("controller", "nodeSelector"), Reason: `is the string "x", want a map`}},
		"an index of a map":   {"a: {b: 1}\n", put(1, "a", 0), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "is a map, want a list"}},
		"a key of a list":     {"a:\n- b\n", put(1, "a", "0"), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "is a list, want a map"}},
		"beyond a list":       {"a:\n- b\n", put(1, "a", 2), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "has 1 items, none at 2"}},
		"removal beyond":      {"a: [b]\n", remove("a", 1), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "has 1 items, none at 1"}},
		"before a list":       {"a: [b]\n", put(1, "a", -1), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "has 1 items, none at -1"}},
		"an odd step":         {"a: [b]\n", put(1, "a", 1.5), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "a path is made of keys and indexes, not of float64"}},
		"an odd value":        {"a: 1\n", put([]string{"x"}, "a"), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "a []string has no form in YAML here"}},
		"no number":           {"a: 1\n", put(math.NaN(), "a"), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: "NaN is not a number that JSON has"}},
		"bytes that are none": {"a: 1\n", put("\xff", "a"), splice.Error{Line: 1, Column: 1, Path: at("a"), Reason: `"\xff" is not UTF-8`}},
		"all of it goes":      {"a: 1\n", remove(), splice.Error{Line: 1, Column: 1, Reason: "the document as a whole cannot be removed"}},
		"no YAML":             {"a: 1\nweb:\n  replicas: [2\nother: x\n", put(1, "a"), splice.Error{Line: 3, Column: 14, Reason: "not YAML: did not find expected ',' or ']'"}},
		"no YAML, a tab":      {"a:\n\tb: 1\n", put(1, "a"), splice.Error{Line: 2, Column: 1, Reason: "not YAML: found a character that cannot start any token"}},
		"no anchor":           {"é: *x\n", put(1, "a"), splice.Error{Line: 1, Column: 5, Reason: "not YAML: unknown anchor 'x' referenced"}},
		"no text":             {"a: 1\né: \xff\n", put(1, "a"), splice.Error{Line: 2, Column: 4, Reason: "the text is not UTF-8"}},
		"a map as a key":      {"a: 1\n? {b: c}\n: d\n", put(1, "a"), splice.Error{Line: 2, Column: 3, Reason: "Helm and Kubernetes do not read this: a key must be text, a number or a truth value"}},
		"two documents":       {"a: 1\n---\nb: 1\n", put(1, "a"), splice.Error{Line: 3, Column: 1, Reason: "the text holds more than one document"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := splice.Apply([]byte(tc.text), edits(tc.edit))
			var got *splice.Error
			if !errors.As(err, &got) || text != nil {
				t.Fatalf("got %q and error %v", text, err)
			}
			got.Reason = strings.Replace(got.Reason, "found character", "found a character", 1)
			if diff := cmp.Diff(*got, tc.want); diff != "" {
				t.Errorf("refused (-got +want):\n%s", diff)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]splice.Error{
		"line 3, column 5: a[0]: is null": {Line: 3, Column: 5, Path: at("a", 0), Reason: "is null"},
		"line 3: not YAML":                {Line: 3, Reason: "not YAML"},
		"a: is null":                      {Path: at("a"), Reason: "is null"},
	} {
		if diff := cmp.Diff(e.Error(), want); diff != "" {
			t.Errorf("error (-got +want):\n%s", diff)
		}
	}
}

func TestApplyToLeavesItsInput(t *testing.T) {
	t.Parallel()
	text := []byte("a: &x {b: 1}\nc: *x\n")
	var doc, again yaml.Node
	for _, n := range []*yaml.Node{&doc, &again} {
		if err := yaml.Unmarshal(text, n); err != nil {
			t.Fatal(err)
		}
	}
	value := tree{"d": list{1}}
	for range 2 {
		got, err := splice.ApplyTo(text, &doc, edits(put(value, "a"), put(2, "a", "d", 1), remove("a", "d", 0)))
		if diff := cmp.Diff(string(got), "a: &x {d: [2]}\nc: {b: 1}\n"); diff != "" || err != nil {
			t.Errorf("error %v (-got +want):\n%s", err, diff)
		}
	}
	if diff := cmp.Diff(value, tree{"d": list{1}}); diff != "" {
		t.Errorf("the value changed (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(doc, again); diff != "" {
		t.Errorf("the nodes changed (-got +want):\n%s", diff)
	}
	if string(text) != "a: &x {b: 1}\nc: *x\n" {
		t.Errorf("the text changed: %s", text)
	}
}

// deployment is a document as charts render them.
func deployment(b *testing.B) []byte {
	b.Helper()
	var env strings.Builder
	for i := range 20 {
		fmt.Fprintf(&env, "        - name: VARIABLE_%d\n          value: \"some value %d\"\n", i, i)
	}
	return []byte("# Source: web/templates/deployment.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      nodeSelector:\n        kubernetes.io/os: linux\n      containers:\n      - name: web\n        image: example.org/web:1\n        env:\n" + env.String())
}

// valuesFile is a values.yaml of about a megabyte.
func valuesFile(b *testing.B) []byte {
	b.Helper()
	var out strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&out, "# -- The part %d of it, and what is to be known about that.\npart%d:\n  enabled: true\n  image:\n    repository: \"example.org/part\"\n    tag: 1.2.%d # the release\n  nodeSelector: {}\n  tolerations: []\n", i, i, i)
	}
	return []byte(out.String())
}

func BenchmarkApply(b *testing.B) {
	placement := edits(put("windows", "spec", "template", "spec", "nodeSelector", "kubernetes.io/os"), put(toleration, "spec", "template", "spec", "tolerations", 0))
	var many []splice.Edit
	for i := range 1000 {
		many = append(many, put("windows", fmt.Sprint("part", 5*i), "nodeSelector", "kubernetes.io/os"))
	}
	for _, bc := range []struct {
		name  string
		text  []byte
		edits []splice.Edit
	}{
		{"deployment", deployment(b), placement},
		{"values", valuesFile(b), many[:2]},
		{"values, 1000 edits", valuesFile(b), many},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(int64(len(bc.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := splice.Apply(bc.text, bc.edits); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bc.name+", parsed", func(b *testing.B) {
			var doc yaml.Node
			if err := yaml.Unmarshal(bc.text, &doc); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(bc.text)))
			for b.Loop() {
				if _, err := splice.ApplyTo(bc.text, &doc, bc.edits); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
