package printer_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// sarifLog is what the tests look at of a SARIF file.
type sarifLog struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				SemanticVersion *string
				Rules           []struct{ ID string }
			}
		}
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct{ AssociatedRule struct{ ID string } }
		}
		Results []struct {
			RuleID              string
			RuleIndex           int
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           map[string]int
				}
			}
		}
	}
}

// sarif writes a report as SARIF, holds it against the standard's schema, and reads it back.
func sarif(t *testing.T, c *printer.Checked) sarifLog {
	t.Helper()
	data := write(t, "sarif", c, printer.Style{})
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join("testdata", "sarif", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Error(err)
	}
	var log sarifLog
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	return log
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited(), "clean": clean(), "empty": {}} {
		log := sarif(t, c)
		golden.Check(t, filepath.Join("testdata", "report", name+".sarif"), write(t, "sarif", c, printer.Style{}))
		for _, r := range log.Runs[0].Results {
			if got := log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID; got != r.RuleID {
				t.Errorf("%s: ruleIndex %d is %s, want %s", name, r.RuleIndex, got, r.RuleID)
			}
		}
	}
}

// TestSARIFIncomplete: a rule that could not look must not look as if it had found nothing.
func TestSARIFIncomplete(t *testing.T) {
	t.Parallel()
	in := sarif(t, audited()).Runs[0].Invocations[0]
	var ids []string
	for _, n := range in.ToolExecutionNotifications {
		ids = append(ids, n.AssociatedRule.ID)
	}
	if diff := cmp.Diff(ids, []string{"WR102", "WR402"}); diff != "" || in.ExecutionSuccessful {
		t.Errorf("executionSuccessful is %t, notifications are of the rules (-got +want):\n%s", in.ExecutionSuccessful, diff)
	}
}

// TestSARIFFingerprints: an alert stays the same when a line or the wording moves, and two alerts are never one.
func TestSARIFFingerprints(t *testing.T) {
	t.Parallel()
	prints := func(c *printer.Checked) (own, gitHub []string) {
		for _, r := range sarif(t, c).Runs[0].Results {
			own = append(own, r.PartialFingerprints["winready/v1"])
			gitHub = append(gitHub, r.PartialFingerprints["primaryLocationLineHash"])
		}
		return own, gitHub
	}
	before, _ := prints(linted())
	moved := linted()
	for i := range moved.Findings {
		moved.Findings[i].Location.Line += 10
		moved.Findings[i].Message += ", in other words"
	}
	after, _ := prints(moved)
	if diff := cmp.Diff(after, before); diff != "" {
		t.Errorf("with other lines and messages (-got +want):\n%s", diff)
	}

	same := linted()
	same.Findings = append(same.Findings, same.Findings[1])
	own, gitHub := prints(same)
	slices.Sort(own)
	if compact := slices.Compact(slices.Clone(own)); len(compact) != len(own) {
		t.Errorf("fingerprints repeat: %v", own)
	}
	if gitHub[1] == "" || gitHub[4] == "" || gitHub[1] == gitHub[4] || gitHub[0] != "" {
		t.Errorf("GitHub needs fingerprints for two results in one line and makes others itself, got %q", gitHub)
	}
	if _, cluster := prints(audited()); slices.Contains(cluster, "") {
		t.Errorf("GitHub has no line to make fingerprints of for what is in a cluster, got %q", cluster)
	}
}

func TestSARIFPlaces(t *testing.T) {
	t.Parallel()
	c := linted()
	f := c.Findings[3]
	c.Findings = nil
	for _, file := range []string{"shop/values.yaml", "./shop/values.yaml", `shop\values.yaml`, "a b/50%#?.yaml", "/charts/shop/values.yaml", `C:\charts\values.yaml`, "-", ""} {
		f.Location.File = file
		c.Findings = append(c.Findings, f)
	}
	c.Findings = append(c.Findings, finding.Finding{RuleID: "WR401", Message: "no server"}, linted().Findings[1])
	var got []string
	for _, r := range sarif(t, c).Runs[0].Results {
		at := r.Locations[0].PhysicalLocation
		line, _ := json.Marshal(at.Region)
		got = append(got, at.ArtifactLocation.URI+" "+string(line))
	}
	if diff := cmp.Diff(got, []string{
		`shop/values.yaml {"startColumn":3,"startLine":2}`,
		`shop/values.yaml {"startColumn":3,"startLine":2}`,
		`shop/values.yaml {"startColumn":3,"startLine":2}`,
		`a%20b/50%25%23%3F.yaml {"startColumn":3,"startLine":2}`,
		`file:///charts/shop/values.yaml {"startColumn":3,"startLine":2}`,
		`file:///C:/charts/values.yaml {"startColumn":3,"startLine":2}`,
		`- {"startColumn":3,"startLine":2}`,
		`Chart/shop {"startLine":1}`,
		`chart%20./shop {"startLine":1}`,
		`shop/templates/web.yaml {"startLine":1}`,
	}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestSARIFVersion(t *testing.T) {
	t.Parallel()
	for tool, want := range map[string]string{"v1.2.3": "1.2.3", "1.0.0-rc.1+x": "1.0.0-rc.1+x", "(devel)": "", "": ""} {
		c := clean()
		c.Tool = tool
		got := sarif(t, c).Runs[0].Tool.Driver.SemanticVersion
		if (got == nil) != (want == "") || got != nil && *got != want {
			t.Errorf("%q: got %v, want %q", tool, got, want)
		}
	}
}
