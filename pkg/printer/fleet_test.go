package printer_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rancher"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// fleet is clusters of which every third fails something, every fifth warns, and the last is not read; with what a hostile one might
// have in it.
func fleet(n int) *printer.Checked {
	about := &rule.Rule{ID: "WR602", Remedy: "Do that.", Rationale: "Because.", References: []string{"https://example.com/page", "a book"}}
	c := &printer.Checked{Report: finding.Report{Target: fmt.Sprintf("%d clusters", n)}, Tool: "v1.0.0"}
	for i := range n {
		m := printer.Member{Member: survey.Member{Name: fmt.Sprintf("edge-site-%02d", i), Version: "v1.34.1+rke2r1", Summary: &survey.Summary{}}}
		states := []checklist.State{checklist.Pass, checklist.Pass, checklist.Skip, checklist.Manual}
		if i%3 == 0 {
			states[1] = checklist.Fail
		}
		if i%5 == 0 {
			states[2] = checklist.Warn
		}
		if i == 1 {
			m.Name += " <b>\x1b[31m\u202e"
			m.Rancher = &guide.Known{URL: "https://rancher.example.com", Version: "v2.12.1\x1b[0m", Cluster: &rancher.Cluster{
				ID: "c-1", Name: "<i>one", Origin: rancher.Provisioned, Distribution: rancher.RKE2, State: "active\u202e",
			}}
			states[0] = checklist.Note
		}
		if i == n-1 && n > 1 {
			m.Unreachable, m.Version = "dial tcp: connection refused", ""
			states = []checklist.State{checklist.Unknown, checklist.Unknown, checklist.Unknown, checklist.Unknown}
		}
		l := &checklist.List{Distro: "rke2", Why: "the server's version", Product: "RKE2 v1.34.1", Tally: map[string]int{}, Groups: []checklist.Group{{Name: "Architecture"}, {Name: "Machines"}}}
		for k, s := range states {
			e := checklist.Entry{RuleID: fmt.Sprintf("WR60%d", k+1), Title: fmt.Sprintf("Requirement <%d> of those that a cluster has to meet", k+1), State: s, Rule: about}
			switch s {
			case checklist.Fail:
				e.Findings = []finding.Finding{{RuleID: e.RuleID, Severity: finding.Error, Object: object.Ref{Kind: "Cluster"}, Message: "it is <script>so</script>"}}
			case checklist.Warn:
				e.Findings = []finding.Finding{{RuleID: e.RuleID, Severity: finding.Warning, Object: object.Ref{Kind: "Node", Name: fmt.Sprintf("n-%d", i%2)}, Message: "nearly"}}
			case checklist.Note:
				e.Findings = []finding.Finding{{RuleID: e.RuleID, Severity: finding.Info, Object: object.Ref{Kind: "Cluster"}, Message: "to know alone"}}
			case checklist.Unknown:
				e.Unread = []string{"the cluster could not be read"}
			case checklist.Manual:
				e.Checks = []checklist.Check{{Object: object.Ref{Kind: "Cluster"}, How: "look <there>"}}
			default:
			}
			l.Tally[string(s)]++
			g := &l.Groups[k/2]
			g.Entries = append(g.Entries, e)
		}
		m.Checklist = l
		c.Fleet = append(c.Fleet, m)
	}
	return c
}

// TestFleetRequirements: one cluster, a few in columns, and thirty by name; on a terminal and to a pipe.
func TestFleetRequirements(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 3, 30} {
		name := fmt.Sprintf("testdata/fleet/%d", n)
		golden.Check(t, name+".text", write(t, "text", fleet(n), printer.Style{}))
		golden.Check(t, name+"-terminal.wide", write(t, "wide", fleet(n), printer.Style{Columns: 100}))
		for _, columns := range []int{0, 60, 80, 120} {
			for _, format := range []string{"text", "wide"} {
				out := string(write(t, format, fleet(n), printer.Style{Columns: columns}))
				if strings.ContainsAny(out, "\x1b\u202e") || strings.Contains(out, "to know alone") {
					t.Errorf("%d clusters as %s at %d: what is in a cluster is written as it is, or too much is said:\n%s", n, format, columns, out)
				}
				for line := range strings.Lines(out) {
					line = strings.TrimSuffix(line, "\n")
					if strings.TrimRight(line, " ") != line || columns >= 100 && utf8.RuneCountInString(line) > columns {
						t.Errorf("%d clusters as %s at %d: %q ends in a space or is too wide", n, format, columns, line)
					}
				}
			}
		}
		colored := regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAll(write(t, "wide", fleet(n), printer.Style{Columns: 100, Color: true}), nil)
		if diff := cmp.Diff(string(colored), string(write(t, "wide", fleet(n), printer.Style{Columns: 100}))); diff != "" {
			t.Errorf("color changes more (-colored +plain):\n%s", diff)
		}
	}
}

// TestFleetPage: nothing of a cluster is markup, nothing is loaded and nothing runs; each requirement leads to why.
func TestFleetPage(t *testing.T) {
	t.Parallel()
	page := string(write(t, "html", fleet(30), printer.Style{}))
	page = regexp.MustCompile(`(?s)(<style>).*?(</style>)`).ReplaceAllString(page, "$1$2")
	page = regexp.MustCompile(`sha256-.*?&#39;`).ReplaceAllString(page, "sha256-&#39;")
	golden.Check(t, "testdata/fleet/30.html", []byte(page))
	for _, no := range []string{"<script", "javascript:", "src=", "url(", "<i>", "\x1b", "\u202e"} {
		if strings.Contains(page, no) {
			t.Errorf("%q is on the page", no)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
	if few := string(write(t, "html", fleet(3), printer.Style{})); strings.Contains(few, `class="across many"`) || !strings.Contains(page, `class="across many"`) {
		t.Error("names stand on end where there are many, and only there")
	}
}

// TestFleetDocuments: a script finds the list of each cluster, with what Rancher knows of it.
func TestFleetDocuments(t *testing.T) {
	t.Parallel()
	golden.Check(t, "testdata/fleet/3.json", write(t, "json", fleet(3), printer.Style{}))
}

// TestFleetHostProcess has clusters where all, some and none of it runs, and one that is not read.
func TestFleetHostProcess(t *testing.T) {
	t.Parallel()
	judged := func(v hostprocess.Verdict, reasons ...string) hostprocess.Judgement {
		return hostprocess.Judgement{Verdict: v, Reasons: reasons}
	}
	runs := judged(hostprocess.Runs)
	node := func(name string, j hostprocess.Judgement) hostprocess.Node {
		return hostprocess.Node{Name: name, Judgement: j}
	}
	agent := object.Ref{Kind: "DaemonSet", Namespace: "agents", Name: "agent\x1b[31m"}
	old := judged(hostprocess.RunsNot, "its container runtime is docker <1>")
	c := &printer.Checked{Report: finding.Report{Target: "all"}}
	for name, r := range map[string]*hostprocess.Report{
		"a-well": {Server: hostprocess.Server{Judgement: runs}, Nodes: []hostprocess.Node{node("w-1", runs)}, Namespaces: []hostprocess.Namespace{{Name: "x", Judgement: runs}, {Name: "y", Judgement: old}}},
		"b-part": {
			Server: hostprocess.Server{Version: "v1.34.1", Judgement: runs}, Nodes: []hostprocess.Node{node("w-1", old), node("w-2", runs), node("w-3", old), node("w-4", judged(hostprocess.CannotTell, "why"))},
			Workloads: []hostprocess.Workload{{Object: agent, Judgement: judged(hostprocess.RunsNot, "Pod Security of namespace agents")}},
		},
		"c-none": {Server: hostprocess.Server{Judgement: judged(hostprocess.RunsNot, "too old")}},
		"d-lost": nil,
	} {
		m := printer.Member{Member: survey.Member{Name: name, Version: "v1.34.1", Summary: &survey.Summary{}}, HostProcess: r}
		if r == nil {
			m.Unreachable = "connection refused"
		}
		c.Fleet = append(c.Fleet, m)
	}
	slices.SortFunc(c.Fleet, func(a, b printer.Member) int { return strings.Compare(a.Name, b.Name) })
	golden.Check(t, "testdata/fleet/hostprocess.text", write(t, "text", c, printer.Style{Columns: 100}))
	golden.Check(t, "testdata/fleet/hostprocess.wide", write(t, "wide", c, printer.Style{}))
	page := write(t, "html", c, printer.Style{})
	for _, want := range []string{
		`<td><b class="good">runs</b></td><th scope="row">a-well`, `<td><b class="bad">does not run</b></td><th scope="row">b-part`,
		"Node/w-1, w-3: does not run because its container runtime is docker &lt;1&gt;", "API server: does not run because too old",
	} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if !bytes.Contains(write(t, "json", c, printer.Style{}), []byte(`"hostProcess": {`)) {
		t.Error("JSON has no verdict of a cluster")
	}
}
