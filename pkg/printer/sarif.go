package printer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/rule"
)

const (
	toolName    = "kubectl-winready"
	toolAddress = "https://github.com/winready/kubectl-winready"
)

// reportSARIF writes SARIF 2.1.0, as editors and GitHub's code scanning read it. A rule that could not look is told as a
// notification of an execution that did not succeed, so that a missing result is not taken for a clean one.
func reportSARIF(w io.Writer, c *Checked, _ Style) error {
	rules := c.allRules()
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: toolName, InformationURI: toolAddress, Version: c.Tool, SemanticVersion: semantic(c.Tool), Rules: make([]sarifRule, 0, len(rules))}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: len(c.Unknown()) == 0}},
		ColumnKind:  "unicodeCodePoints", // as YAML counts
		Results:     make([]sarifResult, 0, len(c.Findings)),
	}
	index := map[string]int{}
	for i, r := range rules {
		index[r.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(r))
	}
	for _, r := range c.Unknown() {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{
			Level: "error", Message: sarifText{Text: "not checked: " + unlinked(r.Reason)}, Rule: sarifRuleRef{ID: r.RuleID, Index: index[r.RuleID]},
		})
	}
	prints := newFingerprints(c)
	for _, f := range c.Findings {
		run.Results = append(run.Results, sarifResult{
			RuleID: f.RuleID, RuleIndex: index[f.RuleID], Level: sarifLevel(f.Severity), Message: sarifText{Text: unlinked(sarifMessage(f))},
			Locations: []sarifLocation{sarifLocationOf(c, f)}, Fingerprints: prints.of(f),
		})
	}
	return writeDocument(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}, JSON)
}

// allRules are the rules that ran, and a stub for each that the report names besides.
func (c *Checked) allRules() []*rule.Rule {
	out := slices.Clone(c.Rules)
	for _, r := range c.told() {
		if !slices.ContainsFunc(out, func(known *rule.Rule) bool { return known.ID == r.RuleID }) {
			out = append(out, &rule.Rule{ID: r.RuleID, Severity: finding.Error})
		}
	}
	slices.SortStableFunc(out, func(a, b *rule.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// semantic is a version as semver.org has it; empty for what is none.
func semantic(version string) string {
	version = strings.TrimPrefix(version, "v")
	if !regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`).MatchString(version) {
		return ""
	}
	return version
}

func sarifLevel(s finding.Severity) string {
	if s == finding.Info {
		return "note"
	}
	return s.String()
}

func sarifRuleOf(r *rule.Rule) sarifRule {
	out := sarifRule{
		ID: r.ID, Name: r.Name, Configuration: sarifConfiguration{Level: sarifLevel(r.Severity)},
		Properties: sarifRuleProperties{Category: string(r.Category), Tags: []string{"kubernetes", "windows"}},
	}
	if r.Category != "" {
		out.Properties.Tags = append(out.Properties.Tags, string(r.Category))
	}
	if r.Title == "" {
		return out
	}
	out.Short = &sarifText{Text: sentence(r.Title)}
	out.Full = &sarifText{Text: cmp.Or(r.Rationale, sentence(r.Title))}
	text, markdown := r.Remedy, "**Remedy:** "+r.Remedy
	if r.Rationale != "" {
		text, markdown = r.Rationale+"\n\n"+text, r.Rationale+"\n\n"+markdown
	}
	for i, ref := range r.References {
		if i == 0 {
			text, markdown = text+"\n\nReferences:", markdown+"\n\n**References:**\n"
		}
		text, markdown = text+"\n- "+ref, markdown+"\n- "+ref
		if out.HelpURI == "" && strings.HasPrefix(ref, "https://") && !strings.ContainsAny(ref, " \t") {
			out.HelpURI = ref
		}
	}
	out.Help = &sarifText{Text: text, Markdown: markdown}
	return out
}

// sentence is a title with capital and period.
func sentence(title string) string { return capital(title) + "." }

// capital is a text that starts with a capital.
func capital(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// sarifMessage is all that GitHub shows of a finding.
func sarifMessage(f finding.Finding) string {
	if f.Field == "" {
		return annotation(f)
	}
	f.Message += " (" + f.Field + ")"
	return annotation(f)
}

// unlinked is text in which nothing passes for one of SARIF's links.
func unlinked(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// sarifLocationOf is where a finding is. GitHub refuses a whole report for one result without a file and a line, so what is in a
// cluster goes by its name as if that were a file, and what a template rendered to is in the template's first line.
func sarifLocationOf(c *Checked, f finding.Finding) sarifLocation {
	out := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{URI: artifactURI(c, f)}, Region: sarifRegion{StartLine: 1}}}
	if f.Location.File != "" && f.Location.Line > 0 && !f.Location.Rendered {
		out.Physical.Region = sarifRegion{StartLine: f.Location.Line, StartColumn: f.Location.Column}
	}
	if f.Object.Kind != "" {
		out.Logical = []sarifLogical{{Name: f.Object.Name, FullName: f.Object.String(), Kind: "resource"}}
	}
	return out
}

func artifactURI(c *Checked, f finding.Finding) string {
	switch {
	case f.Location.File != "":
		return fileURI(f.Location.File)
	case f.Object.Kind != "":
		return (&url.URL{Path: f.Object.String()}).String()
	default:
		return (&url.URL{Path: cmp.Or(c.Target, toolName)}).String()
	}
}

// fileURI is a path as a reference: relative as it is, absolute with its scheme.
func fileURI(file string) string {
	p := path.Clean(strings.ReplaceAll(file, `\`, "/"))
	switch {
	case path.IsAbs(p):
		return (&url.URL{Scheme: "file", Path: p}).String()
	case len(p) > 2 && p[1] == ':' && p[2] == '/': // C:/charts
		return (&url.URL{Scheme: "file", Path: "/" + p}).String()
	default:
		return (&url.URL{Path: p}).String()
	}
}

// fingerprints tell results apart from run to run, whatever happens to lines and messages.
type fingerprints struct {
	target  *Checked
	times   map[string]int // by hash
	crowded map[string]int // results by rule, file and line
}

func newFingerprints(c *Checked) fingerprints {
	p := fingerprints{target: c, times: map[string]int{}, crowded: map[string]int{}}
	for _, f := range c.Findings {
		p.crowded[p.spot(f)]++
	}
	return p
}

func (p fingerprints) spot(f finding.Finding) string {
	at := sarifLocationOf(p.target, f).Physical
	return fmt.Sprintf("%s %s %d", f.RuleID, at.Artifact.URI, at.Region.StartLine)
}

// of is the fingerprint of the next finding. GitHub goes by the key primaryLocationLineHash alone, and makes one out of the line
// where a report has none: it would take results of one rule in one line for one, and has no line for what is in a cluster.
// Source: src/fingerprints.ts of github/codeql-action.
func (p fingerprints) of(f finding.Finding) map[string]string {
	what := []string{f.RuleID, f.Object.Kind, f.Object.Namespace, f.Object.Name, f.Field}
	if f.Object.Kind == "" {
		what = append(what, fileURI(f.Location.File))
	}
	sum := sha256.Sum256([]byte(strings.Join(what, "\x00")))
	hash := hex.EncodeToString(sum[:8])
	p.times[hash]++
	hash = fmt.Sprintf("%s:%d", hash, p.times[hash])
	out := map[string]string{"winready/v1": hash}
	if f.Location.File == "" || p.crowded[p.spot(f)] > 1 {
		out["primaryLocationLineHash"] = hash
	}
	return out
}
