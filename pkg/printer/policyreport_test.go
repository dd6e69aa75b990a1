package printer_test

import (
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// TestReportsForEngines holds what other engines read to files; that they can read it is shown in test/e2e/audit-chart.
func TestReportsForEngines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*printer.Checked{"lint": linted(), "audit": audited(), "clean": clean()} {
		for _, format := range []string{"openreports", "policyreport", "prometheus"} {
			golden.Check(t, filepath.Join("testdata", "engines", name+"-"+format+".golden"), write(t, format, c, printer.Style{}))
		}
	}
}

// TestReportsOfManyFindings shows that what is too much for one object is in several, and none is lost.
func TestReportsOfManyFindings(t *testing.T) {
	t.Parallel()
	c := clean()
	for i := range 2500 {
		c.Findings = append(c.Findings, finding.Finding{
			RuleID: "WR101", Severity: finding.Error, Object: object.Ref{Kind: "Deployment", Namespace: "shop", Name: strconv.Itoa(i)},
		})
	}
	api, _ := printer.LookupReportAPI("policyreport")
	got := map[string]int{}
	for _, o := range printer.PolicyReports(c, api) {
		u := unstructured.Unstructured{Object: o}
		results, _, _ := unstructured.NestedSlice(o, "results")
		got[u.GetKind()+" "+u.GetNamespace()+" "+u.GetName()] = len(results)
	}
	want := map[string]int{
		"ClusterPolicyReport  winready": 1, "PolicyReport shop winready": 1000, "PolicyReport shop winready-2": 1000, "PolicyReport shop winready-3": 500,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("results by object (-got +want):\n%s", diff)
	}
}
