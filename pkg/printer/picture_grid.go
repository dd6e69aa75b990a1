package printer

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// header is the rows above the table: the operating systems, where the columns' titles do not tell, and the titles.
func (g *grid) header() table {
	systems := []cell{line(plain, ""), line(plain, "")}
	titles := []cell{line(bold, "WORKLOAD"), line(bold, "FOR")}
	told := true
	for i, c := range g.columns {
		text := ""
		if i == 0 || g.columns[i-1].os != c.os {
			text = string(c.os)
		}
		told = told && strings.HasPrefix(c.title, string(c.os))
		systems = append(systems, cell{lines: []string{text}, color: osCell(string(c.os)).color})
		titles = append(titles, line(bold, c.title))
	}
	if g.pending {
		titles = append(titles, line(bold, "PENDING"))
	}
	if g.notes {
		titles = append(titles, line(bold, "FOUND"))
	}
	if told {
		return table{titles}
	}
	return table{systems, titles}
}

// widths are those of the columns. The operating systems above the titles may reach over the next columns.
func (g *grid) widths() []int {
	header := g.header()
	t := table{header[len(header)-1]}
	for _, r := range g.rows {
		if r.cells != nil {
			t = append(t, r.cells)
		}
	}
	widths := t.widths()
	for i := range g.columns {
		widths[2+i] = max(widths[2+i], 2)
	}
	systems := header[0]
	for at := 0; at < len(systems); {
		end := at + 1
		for end < len(systems) && systems[end].lines[0] == "" {
			end++
		}
		have := 2 * (end - at - 1)
		for _, w := range widths[at:end] {
			have += w
		}
		widths[end-1] += max(utf8.RuneCountInString(systems[at].lines[0])-have, 0)
		at = end
	}
	return widths
}

// fit makes the table at most so wide, by cutting names of workloads; false when that is not enough.
func (g *grid) fit(columns int) bool {
	widths := g.widths()
	width := 2 // the indent
	for _, w := range widths {
		width += w + 2
	}
	room := widths[0] - (width - 2 - columns)
	if room >= widths[0] {
		return true
	}
	for i := range g.rows {
		if g.rows[i].cells != nil {
			g.rows[i].cells[0].lines = []string{shorten(g.rows[i].cells[0].lines[0], max(room, leastFor))}
		}
	}
	return room >= leastFor
}

func (g *grid) write(b *strings.Builder, s Style) {
	widths := g.widths()
	for _, row := range g.header() {
		writeSpanning(b, s, row, widths)
	}
	for _, r := range g.rows {
		if r.cells == nil {
			b.WriteString(s.paint(bold, printable(r.title)) + "\n")
			continue
		}
		writeRow(b, s, "  ", r.cells, widths)
	}
	b.WriteByte('\n')
	g.legend(b, s)
}

// writeSpanning writes a row in which a text may reach over empty cells beside it.
func writeSpanning(b *strings.Builder, s Style, row []cell, widths []int) {
	pending := 2
	for i, c := range row {
		text := c.lines[0]
		if text != "" {
			b.WriteString(strings.Repeat(" ", pending) + s.paint(c.color, text))
			pending = 0
		}
		pending += widths[i] + 2 - utf8.RuneCountInString(text)
	}
	b.WriteByte('\n')
}

// legend explains the marks that the table has.
func (g *grid) legend(b *strings.Builder, s Style) {
	has := func(match func(string) bool) bool {
		return slices.ContainsFunc(g.rows, func(r gridRow) bool {
			return len(r.cells) > 0 && slices.ContainsFunc(r.cells[2:2+len(g.columns)], func(c cell) bool { return match(c.lines[0]) })
		})
	}
	var parts []string
	for _, mark := range []struct {
		text, means string
		match       func(string) bool
	}{
		{"3", "pods run there", func(c string) bool { return strings.Trim(c, "0123456789") == "" }},
		{"o", "none, but they could", func(c string) bool { return c == "o" }},
		{"!", "of another operating system than the workload is for", func(c string) bool { return strings.HasSuffix(c, "!") }},
		{"·", "its nodes refuse them", func(c string) bool { return c == "·" }},
	} {
		if has(mark.match) {
			parts = append(parts, mark.text+" "+mark.means)
		}
	}
	for _, l := range wrap(strings.Join(parts, "; "), s.prose()-2) {
		b.WriteString("  " + s.paint(dim, l) + "\n")
	}
}
