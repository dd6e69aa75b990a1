package printer

import (
	"fmt"
	"io"
	"strings"

	workloads "github.com/winready/kubectl-winready/pkg/workload"
)

// RuleDoc writes all there is to say about a rule: for a terminal, and as a section of a Markdown document where there is none.
func RuleDoc(w io.Writer, d Documented, s Style) error {
	p := manual{style: s}
	p.title(d.ID + " " + d.Name)
	p.lead(d.Title)
	p.fact(fmt.Sprintf("%s by default, category %s, since %s; looks at %s", d.Severity, d.Category, d.Since, listed(d.Needs)))
	p.text(d.Rationale)
	p.heading("What to do")
	p.text(d.Remedy)
	p.heading("Reported")
	p.code("yaml", d.Bad)
	p.heading("As")
	p.code("text", d.Want)
	p.heading("Not reported")
	p.code("yaml", d.Good)
	p.heading("To leave it out")
	if annotated(d.Want) {
		p.text("Of one object, by an annotation that says why:")
		p.code("yaml", fmt.Sprintf("metadata:\n  annotations:\n    %s: %s because ...\n", workloads.AnnotationIgnore, d.ID))
	}
	p.text("Altogether, by --skip " + d.ID + ".")
	if len(d.Behind) > 0 {
		p.text("It is not reported beside " + listed(d.Behind) + " about the same object.")
	}
	p.heading("References")
	for _, r := range d.References {
		p.item(r)
	}
	_, err := io.WriteString(w, strings.TrimRight(p.b.String(), "\n")+"\n")
	return err
}

// annotated tells from a finding whether its object is one that an annotation can be set on and is read from: not a chart, nor
// anything of the cluster that is not a workload.
func annotated(want string) bool {
	_, object, _ := strings.Cut(want, " ")
	kind, _, named := strings.Cut(object, "/")
	return named && kind != "" && kind != "Chart" && kind != "Node" && kind != "NodePool"
}

// listed is "a, b and c".
func listed[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}

// manual writes a page of documentation.
type manual struct {
	b     strings.Builder
	style Style
}

func (p *manual) markdown() bool { return p.style.Columns == 0 }

func (p *manual) title(text string) {
	if p.markdown() {
		p.b.WriteString("## " + text + "\n\n")
		return
	}
	p.b.WriteString(p.style.paint(bold, text) + "\n")
}

// lead is what stands below a title.
func (p *manual) lead(text string) {
	if p.markdown() {
		p.b.WriteString("**" + text + "**\n\n")
		return
	}
	p.paragraph("", text)
}

func (p *manual) fact(text string) {
	if p.markdown() {
		p.b.WriteString(text + ".\n\n")
		return
	}
	for _, l := range wrap(text, p.style.prose()) {
		p.b.WriteString(p.style.paint(dim, l) + "\n")
	}
	p.b.WriteByte('\n')
}

func (p *manual) heading(text string) {
	if p.markdown() {
		p.b.WriteString("### " + text + "\n\n")
		return
	}
	p.b.WriteString(p.style.paint(bold, text) + "\n")
}

func (p *manual) text(text string) {
	if p.markdown() {
		p.b.WriteString(text + "\n\n")
		return
	}
	p.paragraph("  ", text)
}

func (p *manual) paragraph(indent, text string) {
	for _, l := range wrap(text, max(p.style.prose()-len(indent), 30)) {
		p.b.WriteString(indent + l + "\n")
	}
	p.b.WriteByte('\n')
}

// code writes text as it is: it is there to be copied.
func (p *manual) code(language, text string) {
	if p.markdown() {
		p.b.WriteString("```" + language + "\n" + text + "```\n\n")
		return
	}
	for l := range strings.Lines(text) {
		p.b.WriteString(strings.TrimRight("    "+l, " \n") + "\n")
	}
	p.b.WriteByte('\n')
}

func (p *manual) item(text string) {
	switch {
	case p.markdown() && strings.HasPrefix(text, "https://"):
		p.b.WriteString("- <" + text + ">\n")
	case p.markdown():
		p.b.WriteString("- " + text + "\n")
	default:
		p.b.WriteString("  " + text + "\n")
	}
}
