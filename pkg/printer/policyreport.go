package printer

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/object"
)

// ReportAPI is an API for reports of policy engines, with its kinds.
type ReportAPI struct {
	Name              string // as flags and formats name it
	Version           string // apiVersion
	Namespaced, Whole string // the kinds: of a namespace's report, and of the cluster's
}

// ReportAPIs are the two generations of the API, which have the same fields: the older, of the Kubernetes policy working group, and
// its successor. Sources: config/crd of openreports/reports-api@v0.2.1, config/crds/policyreport of kyverno/kyverno@v1.19.1.
func ReportAPIs() []ReportAPI {
	return []ReportAPI{
		{Name: "openreports", Version: "openreports.io/v1alpha1", Namespaced: "Report", Whole: "ClusterReport"},
		{Name: "policyreport", Version: "wgpolicyk8s.io/v1alpha2", Namespaced: "PolicyReport", Whole: "ClusterPolicyReport"},
	}
}

// LookupReportAPI is the API of that name.
func LookupReportAPI(name string) (ReportAPI, bool) {
	apis := ReportAPIs()
	i := slices.IndexFunc(apis, func(a ReportAPI) bool { return a.Name == name })
	if i < 0 {
		return ReportAPI{}, false
	}
	return apis[i], true
}

// OwnReports is a label, and its value, of every report that is ours.
const (
	OwnReports      = "app.kubernetes.io/managed-by"
	OwnReportsValue = toolName
)

// reportResults is how many results one object holds. With about 600 bytes each they stay well below the 1.5 MiB that etcd takes.
const reportResults = 1000

// The objects, as far as they are written.
type (
	policyReport struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Metadata   reportMeta     `json:"metadata"`
		Summary    map[string]int `json:"summary"`
		Results    []policyResult `json:"results"`
	}
	reportMeta struct {
		Name      string            `json:"name"`
		Namespace string            `json:"namespace,omitempty"`
		Labels    map[string]string `json:"labels"`
	}
	policyResult struct {
		Source     string            `json:"source"`
		Policy     string            `json:"policy"`
		Rule       string            `json:"rule,omitempty"`
		Category   string            `json:"category,omitempty"`
		Severity   string            `json:"severity,omitempty"`
		Result     finding.Status    `json:"result"`
		Message    string            `json:"message,omitempty"`
		Resources  []object.Ref      `json:"resources,omitempty"`
		Properties map[string]string `json:"properties,omitempty"`
	}
)

// PolicyReports are the report as objects: for each namespace one with what was found in it, and one of the cluster with the rest and
// with what became of each rule. The latter is there when nothing was found, too: it says that somebody has looked. They have no
// time in them, so that a cluster that has not changed gives the same objects.
func PolicyReports(c *Checked, api ReportAPI) []map[string]any {
	byNamespace := map[string][]policyResult{"": nil}
	for _, f := range c.Findings {
		byNamespace[f.Object.Namespace] = append(byNamespace[f.Object.Namespace], c.policyResult(f))
	}
	for _, r := range c.Results {
		if r.Status == finding.Fail || r.Status == finding.Warn {
			continue // its findings say so
		}
		known := c.rule(r.RuleID)
		byNamespace[""] = append(byNamespace[""], policyResult{
			Source: toolName, Policy: r.RuleID, Rule: known.Name, Category: string(known.Category), Result: r.Status, Message: cmp.Or(r.Reason, "not found: "+known.Title),
		})
	}
	var out []map[string]any
	for _, namespace := range sortedKeys(byNamespace) {
		out = append(out, reportsOf(api, namespace, byNamespace[namespace])...)
	}
	return out
}

func (c *Checked) policyResult(f finding.Finding) policyResult {
	known := c.rule(f.RuleID)
	result := policyResult{
		Source: toolName, Policy: f.RuleID, Rule: known.Name, Category: string(known.Category), Result: finding.Warn, Message: f.Message,
		Severity:   map[finding.Severity]string{finding.Error: "high", finding.Warning: "medium", finding.Info: "info"}[f.Severity],
		Properties: map[string]string{},
	}
	if f.Object.Name != "" { // a file that cannot be read is no object
		result.Resources = []object.Ref{f.Object}
	}
	if f.Severity == finding.Error {
		result.Result = finding.Fail
	}
	for name, value := range map[string]string{"field": f.Field, "fix": f.Fix, "location": f.Location.String()} {
		if value != "" {
			result.Properties[name] = value
		}
	}
	return result
}

// reportsOf are the reports of one namespace, or of the cluster: more than one when there is too much for one.
func reportsOf(api ReportAPI, namespace string, results []policyResult) []map[string]any {
	var out []map[string]any
	for part := range slices.Chunk(results, reportResults) {
		r := policyReport{
			APIVersion: api.Version, Kind: api.Whole, Results: part,
			Metadata: reportMeta{Name: "winready", Namespace: namespace, Labels: map[string]string{OwnReports: OwnReportsValue}},
			Summary:  map[string]int{"pass": 0, "fail": 0, "warn": 0, "error": 0, "skip": 0},
		}
		if namespace != "" {
			r.Kind = api.Namespaced
		}
		if n := len(out); n > 0 {
			r.Metadata.Name = fmt.Sprintf("winready-%d", n+1)
		}
		for _, result := range part {
			r.Summary[string(result.Result)]++
		}
		o, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&r)
		if err == nil { // it is a struct of strings and numbers
			out = append(out, o)
		}
	}
	return out
}

// reportPolicies writes the objects for kubectl apply.
func reportPolicies(api ReportAPI) func(io.Writer, *Checked, Style) error {
	return func(w io.Writer, c *Checked, _ Style) error {
		data, err := yaml.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": PolicyReports(c, api)})
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
}
