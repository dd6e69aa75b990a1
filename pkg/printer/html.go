package printer

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/survey"
)

//go:embed page/common.html
var commonTemplate string

//go:embed page/page.html
var pageTemplate string

//go:embed page/style.css
var pageStyle string

//go:embed page/filter.js
var pageScript string

// page is what the template shows.
type page struct {
	Generator, Address, Tool string
	Target, Verdict          string
	Known                    string // by Rancher, of the cluster
	Mood                     mood
	Facts                    []pageFact
	Unknown                  []pageUnknown
	Picture, Map             *pagePicture // the same; no map where nothing is to be drawn
	Decided                  []pageDecided
	Rules                    []pageRule
	Others                   []pageResult
	ShowOthers               bool
	Filter                   bool // there is something to filter
	Namespaces, Systems      []pageOption
	Style                    template.CSS
	Script                   template.JS
	Policy                   string
}

// pageFact is a number that says how large the target is.
type pageFact struct {
	Name, Value, Note string
	Mood              mood
}

// pageUnknown is a reason for which rules could not look.
type pageUnknown struct{ Reason, Rules string }

// pageOption is one choice of a filter.
type pageOption struct{ Name, Value string }

// reportHTML writes one page that needs nothing else: it runs no script but its own, and its policy has the browser load nothing.
func reportHTML(w io.Writer, c *Checked, _ Style) error {
	if c.Checklist != nil {
		return reportChecklist(w, c)
	}
	if c.listed() {
		return reportFleet(w, c)
	}
	return writePage(w, pageTemplate, pageOf(c))
}

// writePage writes a page from its template, with what pages have in common.
func writePage(w io.Writer, text string, data any) error {
	t, err := template.New("page").Parse(commonTemplate + text)
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

func pageOf(c *Checked) page {
	style := styleOf(c)
	p := page{
		Generator: toolName, Address: toolAddress, Tool: c.Tool, Target: c.Target, Verdict: c.verdict(), Mood: c.mood(),
		Decided: append(fleetOnPage(c), decidedOnPage(c)...), Rules: rulesOnPage(c), Others: othersOnPage(c), ShowOthers: c.ShowPassed,
		Style: template.CSS(style), Script: template.JS(pageScript),
		Policy: fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
			integrity(style), integrity(pageScript)),
	}
	if c.Rancher != nil {
		p.Known = knownText(c.Rancher)
	}
	if p.Target == "" {
		p.Target = toolName
	}
	for _, u := range unknownByReason(c) {
		p.Unknown = append(p.Unknown, pageUnknown{Reason: u.reason, Rules: strings.Join(u.rules, ", ")})
	}
	p.Filter = len(c.Findings) > 0
	if c.Picture != nil {
		p.Picture = pictureOnPage(c)
		if len(c.Picture.Pools) > 0 && len(c.Picture.Workloads) > 0 {
			p.Map, p.Filter = p.Picture, true
		}
		p.Systems = []pageOption{{"linux", "l"}, {"windows", "w"}, {"nothing tells", "?"}}
	}
	p.Facts = factsOnPage(c)
	p.Namespaces = namespacesOnPage(c)
	return p
}

// styleOf is the page's style, with what hangs on the pools: the policy forbids attributes of style.
func styleOf(c *Checked) string {
	var b strings.Builder
	pools := []survey.PoolSummary{}
	if c.Picture != nil {
		pools = c.Picture.Pools
	}
	fmt.Fprintf(&b, ":root{--pools:%d;--col:%.1frem}\n%s", len(pools), max(9.5-0.5*float64(len(pools)), 5.5), pageStyle)
	// Where there is no room for columns, each cell says which pool it is of.
	b.WriteString("@media screen and (max-width:40rem){\n")
	for i, name := range append(poolNames(pools), "pending") {
		fmt.Fprintf(&b, ".map td:nth-child(%d)::before{content:%s}\n", i+3, quoteCSS(name))
	}
	b.WriteString("}\n")
	return b.String()
}

func poolNames(pools []survey.PoolSummary) []string {
	var out []string
	for _, p := range pools {
		out = append(out, p.Name)
	}
	return out
}

// quoteCSS is text as a string of a style sheet, in which nothing but letters and digits is left as it is.
func quoteCSS(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\%06x`, r)
		}
	}
	return `"` + b.String() + `"`
}

// integrity is the hash by which a content security policy knows a script or a style.
func integrity(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// letter is a severity as rows carry it for the filter, and as the style names it.
func letter(s finding.Severity) string { return s.String()[:1] }
