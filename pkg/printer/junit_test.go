package printer_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// junitElement is what Jenkins accepts of an element: junit-10.xsd of jenkinsci/xunit-plugin.
type junitElement struct{ required, optional, children []string }

func junitSchema() map[string]junitElement {
	outcome := junitElement{optional: []string{"type", "message"}}
	return map[string]junitElement{
		"":           {children: []string{"testsuites"}},
		"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
		"testsuite": {
			required: []string{"name", "tests", "failures", "errors"}, optional: []string{"skipped", "time", "timestamp", "hostname", "id", "package"},
			children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
		},
		"testcase": {
			required: []string{"name"}, optional: []string{"classname", "time", "group"},
			children: []string{"skipped", "error", "failure", "system-out", "system-err"},
		},
		"skipped": outcome, "error": outcome, "failure": outcome, "system-out": {}, "system-err": {},
	}
}

// acceptJUnit holds a document against that schema, and counts its elements.
func acceptJUnit(t *testing.T, data []byte) map[string]int {
	t.Helper()
	schema, seen, path := junitSchema(), map[string]int{}, []string{""}
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return seen
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			if parent := path[len(path)-1]; !slices.Contains(schema[parent].children, name) {
				t.Errorf("<%s> in <%s>", name, parent)
			}
			acceptAttributes(t, e, schema[name])
			path = append(path, name)
			seen[name]++
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func acceptAttributes(t *testing.T, e xml.StartElement, allowed junitElement) {
	t.Helper()
	var names []string
	for _, a := range e.Attr {
		names = append(names, a.Name.Local)
		if !slices.Contains(slices.Concat(allowed.required, allowed.optional), a.Name.Local) {
			t.Errorf("<%s> has an attribute %s", e.Name.Local, a.Name.Local)
		}
	}
	for _, name := range allowed.required {
		if !slices.Contains(names, name) {
			t.Errorf("<%s> has no attribute %s", e.Name.Local, name)
		}
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited(), "clean": clean(), "empty": {}} {
		data := write(t, "junit", c, printer.Style{})
		golden.Check(t, filepath.Join("testdata", "report", name+".junit.xml"), data)
		seen := acceptJUnit(t, data)
		var counts struct {
			Suite struct {
				Tests    string `xml:"tests,attr"`
				Failures string `xml:"failures,attr"`
				Errors   string `xml:"errors,attr"`
				Skipped  string `xml:"skipped,attr"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(data, &counts); err != nil {
			t.Fatal(err)
		}
		want := counts.Suite
		want.Tests, want.Failures = strconv.Itoa(seen["testcase"]), strconv.Itoa(seen["failure"])
		want.Errors, want.Skipped = strconv.Itoa(seen["error"]), strconv.Itoa(seen["skipped"])
		if diff := cmp.Diff(counts.Suite, want); diff != "" {
			t.Errorf("%s: the counts are not those of the elements (-got +want):\n%s", name, diff)
		}
	}
}

// TestJUnitTakesAnyText: the message of a finding quotes what was read, which may be anything.
func TestJUnitTakesAnyText(t *testing.T) {
	t.Parallel()
	c := linted()
	c.Findings[1].Message = "]]> <!-- \x00 \xff & \u2028"
	c.Findings[2].Fix = "</testcase>\n\r\t"
	acceptJUnit(t, write(t, "junit", c, printer.Style{}))
}
