package printer

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// column is one column of the table: a pool, or several that are alike.
type column struct {
	title string
	os    platform.OS
	pools []string
}

// look is what some workloads have to do with the pools of a column.
type look struct {
	runs, strays  int  // pods there, and those of them that are made for another operating system
	fits, misfits bool // its nodes accept one that is made for them, and one that is not
}

func (c column) look(list []survey.WorkloadSummary) look {
	var l look
	for _, w := range list {
		wrong := w.OS != "" && c.os != w.OS
		for _, p := range c.pools {
			n := w.Pools.Runs[p]
			l.runs += n
			if wrong {
				l.strays += n
			}
		}
		if slices.ContainsFunc(w.Pools.Fits, func(p string) bool { return slices.Contains(c.pools, p) }) {
			l.fits = l.fits || !wrong
			l.misfits = l.misfits || wrong
		}
	}
	return l
}

// cell is the number of pods, or whether there could be any. What is not meant to be there is marked.
func (l look) cell() cell {
	switch {
	case l.strays > 0:
		return line(red, fmt.Sprintf("%d!", l.runs))
	case l.runs > 0:
		return line(green, strconv.Itoa(l.runs))
	case l.fits:
		return line(plain, "o")
	case l.misfits:
		return line(yellow, "o!")
	default:
		return line(dim, "·")
	}
}
