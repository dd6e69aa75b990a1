package plugin

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"github.com/winready/kubectl-winready/pkg/printer"
)

// Streams are the three streams of a process, and what is at their other end.
type Streams struct {
	In          io.Reader
	Out         io.Writer // the answer, and nothing else
	ErrOut      io.Writer // everything else
	OutTerminal Terminal
	ErrTerminal Terminal
}

// Terminal is what a stream writes to. The zero value is not a terminal.
type Terminal struct{ Columns int }

// System is the streams of a process.
func System(in, out, errOut *os.File) Streams {
	return Streams{In: in, Out: out, ErrOut: errOut, OutTerminal: terminal(out), ErrTerminal: terminal(errOut)}
}

func terminal(f *os.File) Terminal {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return Terminal{}
	}
	if columns, _, err := term.GetSize(fd); err == nil && columns > 0 {
		return Terminal{Columns: columns}
	}
	return Terminal{Columns: 80}
}

// Deps is what commands take from outside.
type Deps struct {
	Streams
	Env  func(string) string
	Name string // of the program, in help: "kubectl winready" or "kubectl-winready"

	winding *atomic.Bool // something runs that has to be wound up before the process may end: an upgrade, a probe
}

// style is how text for t looks. https://no-color.org: any value of NO_COLOR but the empty one turns colour off.
func (d Deps) style(t Terminal) printer.Style {
	color := t.Columns > 0 && d.Env("NO_COLOR") == "" && d.Env("TERM") != "dumb"
	return printer.Style{Columns: t.Columns, Color: color}
}

// today is the day of the run, YYYY-MM-DD, in UTC. SOURCE_DATE_EPOCH makes it another one, for output that has to stay the same:
// https://reproducible-builds.org/specs/source-date-epoch.
func (d Deps) today() string {
	now := time.Now()
	if epoch, err := strconv.ParseInt(d.Env("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		now = time.Unix(epoch, 0)
	}
	return now.UTC().Format(time.DateOnly)
}

// defaultJobs is how many things of some weight are done at a time.
func defaultJobs() int { return runtime.GOMAXPROCS(0) }

// progress is where long work says what it does: a terminal, or nowhere.
func (d Deps) progress() io.Writer {
	if d.ErrTerminal.Columns == 0 || d.Env("TERM") == "dumb" {
		return io.Discard
	}
	return d.ErrOut
}

// working runs do, with a line on a terminal that says what takes so long and that vanishes afterwards.
func (d Deps) working(what string, do func() error) error {
	w := d.progress()
	fmt.Fprintf(w, "%s ...", what)
	err := do()
	fmt.Fprint(w, "\r\x1b[K")
	return err
}
