// Package postrender adds placement to the workloads of a rendered stream, and leaves every other byte as it was.
// It must not render, read files or ask a cluster: it is given a stream, and what is to go where.
package postrender

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	nodev1 "k8s.io/api/node/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Request says what goes where.
type Request struct {
	aim.Request
	Also  steer.Also
	Rules *Rules // nil: the aim.Request chooses. Else only what they name is placed, and the two above do not count.
	Name  string // what errors call the stream; empty: rendered
}

// Run reads a stream of YAML or JSON documents and writes it with placement added. It reads twice: a RuntimeClass may come behind
// the pods that name it, and what a rule means may hang on the names of all. What was written before an error must not be used.
// The errors: *SyntaxError for what is no Kubernetes YAML or JSON, *ChartError, *aim.PatternError.
func Run(in io.ReadSeeker, out io.Writer, q Request) (*Report, error) {
	r, err := newRun(out, q)
	if err != nil {
		return nil, err
	}
	if err := r.survey(in); err != nil {
		return nil, err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading %s: %w", r.q.Name, err)
	}
	if err := r.cut(in, r.document); err != nil {
		return nil, err
	}
	if err := r.chooser.Unused(); err != nil {
		return nil, err
	}
	r.report.Unseen = r.rules.unseen()
	return &r.report, nil
}

// Bytes is Run in memory.
func Bytes(stream []byte, q Request) ([]byte, *Report, error) {
	var out bytes.Buffer
	report, err := Run(bytes.NewReader(stream), &out, q)
	if err != nil {
		return nil, nil, err
	}
	return out.Bytes(), report, nil
}

// run is what is known while a stream is read.
type run struct {
	q       Request
	out     io.Writer
	chooser *aim.Chooser
	rules   *matcher                      // nil without rules
	classes map[string]*nodev1.Scheduling // RuntimeClasses of the stream
	goals   map[platform.OS]aim.Goal
	kinds   map[string]bool // whether they may hold workloads
	report  Report
}

func newRun(out io.Writer, q Request) (*run, error) {
	r := &run{
		q: q, out: out, classes: map[string]*nodev1.Scheduling{}, goals: map[platform.OS]aim.Goal{}, kinds: map[string]bool{},
		report: Report{APIVersion: RulesVersion, Kind: "PostRenderReport", Workloads: []Outcome{}},
	}
	if r.q.Name == "" {
		r.q.Name = "rendered"
	}
	if q.Rules != nil {
		var err error
		if r.q.Request, r.q.Also, err = q.Rules.Request(); err != nil {
			return nil, fmt.Errorf("%s: %w", q.Rules.called(), err)
		}
		r.rules = newMatcher(q.Rules)
	}
	var err error
	r.chooser, err = r.q.Chooser()
	return r, err
}

// cut reads a stream document by document.
func (r *run) cut(in io.Reader, each func(manifest.Raw) error) error {
	start := true
	err := manifest.Cut(in, func(raw manifest.Raw) error {
		if start && wide(raw) {
			return &SyntaxError{Name: r.q.Name, Line: 1, Column: 1, Reason: "is UTF-16, want UTF-8"}
		}
		start = false
		return each(raw)
	})
	if bad, ok := errors.AsType[*manifest.SyntaxError](err); ok {
		return &SyntaxError{Name: r.q.Name, Line: bad.Line, Column: bad.Column, Reason: bad.Reason}
	}
	return err
}

// wide tells UTF-16 by its byte order mark: Windows PowerShell writes files so, and separators cannot be found in it.
func wide(raw manifest.Raw) bool {
	return bytes.HasPrefix(raw.Text, []byte("\xff\xfe")) || bytes.HasPrefix(raw.Text, []byte("\xfe\xff"))
}

// goal is where pods of an OS are to go.
func (r *run) goal(os platform.OS) aim.Goal {
	g, ok := r.goals[os]
	if !ok {
		g = r.q.Goal(os, r.classes)
		r.goals[os] = g
	}
	return g
}

// target is where a workload is to go, by the rules or by the request.
func (r *run) target(w workload.Workload, at place) (aim.Target, error) {
	if r.rules != nil {
		return r.rules.target(at), nil
	}
	return r.chooser.Target(w)
}
