package printer

import (
	"strings"
	"unicode/utf8"
)

// color is the parameter of an ANSI escape sequence; empty for the terminal's own color.
type color string

const (
	plain  color = ""
	bold   color = "1"
	dim    color = "2"
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	cyan   color = "36"
)

// paint colors text, if s has color.
func (s Style) paint(c color, text string) string {
	if !s.Color || c == plain || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// prose is the width to which running text is broken.
func (s Style) prose() int {
	if s.Columns == 0 || s.Columns > 120 {
		return 120
	}
	return s.Columns
}

// cell is one field of a table. Its lines stand below each other.
type cell struct {
	lines []string
	color color
}

func line(c color, text string) cell { return cell{lines: []string{text}, color: c} }

// table aligns cells in columns two spaces apart.
type table [][]cell

// widths are the widths of the columns.
func (t table) widths() []int {
	var widths []int
	for _, row := range t {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			for _, l := range c.lines {
				widths[i] = max(widths[i], utf8.RuneCountInString(l))
			}
		}
	}
	return widths
}

// width is the width of the longest line that write may produce.
func (t table) width(indent string) int {
	width := len(indent)
	for _, w := range t.widths() {
		width += w + 2
	}
	return width - 2
}

func (t table) write(b *strings.Builder, s Style, indent string) {
	widths := t.widths()
	for _, row := range t {
		writeRow(b, s, indent, row, widths)
	}
}

func writeRow(b *strings.Builder, s Style, indent string, row []cell, widths []int) {
	height := 1
	for _, c := range row {
		height = max(height, len(c.lines))
	}
	for n := range height {
		writeLine(b, s, indent, row, widths, n)
	}
}

// writeLine writes line n of a row. No line ends in spaces.
func writeLine(b *strings.Builder, s Style, indent string, row []cell, widths []int, n int) {
	pending := indent
	for i, c := range row {
		text := ""
		if n < len(c.lines) {
			text = c.lines[n]
		}
		if text != "" {
			b.WriteString(pending + s.paint(c.color, text))
			pending = ""
		}
		pending += strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2)
	}
	b.WriteByte('\n')
}

// wrap breaks text into lines of at most width, at spaces. A word that is longer stays whole: it is a path or a name.
func wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		var current string
		for word := range strings.FieldsSeq(paragraph) {
			switch {
			case current == "":
				current = word
			case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) <= width:
				current += " " + word
			default:
				lines = append(lines, current)
				current = word
			}
		}
		lines = append(lines, current)
	}
	return lines
}
