package printer

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/catalog"
)

// Catalog writes the charts of a repository as a table, for people.
func Catalog(w io.Writer, target string, rows []catalog.Row, s Style) error {
	var b strings.Builder
	topLine(&b, s, target, count(len(rows), "chart"))
	b.WriteByte('\n')
	t := table{}
	var head []cell
	for _, name := range []string{"CHART", "VERSION", "PERMITS", "DEPLOYS ON", "LINUX", "WINDOWS", "UNNAMED", "HOOKS", "TWICE", "FINDINGS"} {
		head = append(head, line(bold, name))
	}
	t = append(t, head)
	for _, r := range rows {
		if r.Problem != "" {
			t = append(t, []cell{line(plain, printable(r.Name)), line(plain, printable(r.Version)), line(red, "not read")})
			continue
		}
		t = append(t, []cell{
			line(plain, printable(r.Name)), line(plain, printable(r.Version)), orDash(r.Permits), orDash(r.Deploys),
			number(r.Linux, plain), number(r.Windows, plain), number(r.Unnamed, unnamedColor(r)), number(r.Hooks, yellow), number(r.Repeated, yellow), number(r.Findings, red),
		})
	}
	t.write(&b, s, "")
	for _, r := range rows {
		for _, d := range r.Differs {
			fmt.Fprintf(&b, "\n%s %s", printable(r.Name+" "+r.Version+":"), printable(d))
		}
	}
	if !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// unnamedColor warns of pods that may land on Windows where the chart says that it is for such clusters.
func unnamedColor(r catalog.Row) color {
	if strings.Contains(r.Permits, "windows") {
		return red
	}
	return plain
}

// number is a dash for none, so that what is there is seen.
func number(n int, c color) cell {
	if n == 0 {
		return line(dim, "-")
	}
	return line(c, strconv.Itoa(n))
}
