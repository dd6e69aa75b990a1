package rule

import (
	"fmt"
	"slices"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// Pass is one rule's look at one inventory. What the rule reads is noted, to be compared with what it declares.
type Pass struct {
	rule     *Rule
	inv      *inventory.Inventory
	survey   *survey.Survey
	read     map[inventory.Kind]bool
	run      *run
	findings []finding.Finding
	skipped  []string
	unknown  []string
	saw      []string
	manual   []finding.Manual
}

// reads notes that the rule looked at parts of the inventory.
func (p *Pass) reads(kinds ...inventory.Kind) {
	for _, k := range kinds {
		p.read[k] = true
	}
}

// Workloads are the workloads of the inventory, without where they could run.
func (p *Pass) Workloads() []inventory.Workload {
	p.reads(inventory.Workloads)
	return p.inv.Workloads
}

// Survey is where every workload could run and, as far as the inventory has pods, runs. RuntimeClasses are part of it, and
// looked at as far as they are known.
func (p *Pass) Survey() *survey.Survey {
	p.reads(inventory.Workloads, inventory.Pools)
	return p.survey
}

// PoolsAssumed tells that the pools are a preset, whose nodes may have labels and taints that are not known.
func (p *Pass) PoolsAssumed() bool {
	p.reads(inventory.Pools)
	return p.inv.PoolsAssumed
}

// Nodes are the nodes of a cluster.
func (p *Pass) Nodes() []inventory.Node {
	p.reads(inventory.Nodes)
	return p.inv.Nodes
}

// Pods are the pods of a cluster, those that are alike together.
func (p *Pass) Pods() []inventory.PodGroup {
	p.reads(inventory.Pods)
	return p.inv.Pods
}

// Troubles are the same pods, for rules that look at what is wrong with them: the API's events may say more of that than the pods.
func (p *Pass) Troubles() []inventory.PodGroup {
	p.reads(inventory.Pods, inventory.Events)
	return p.inv.Pods
}

// Version is the API server's; empty when there is none, and when it could not be read. It is no need: a rule that may look at it
// takes the newest version it knows where there is none.
func (p *Pass) Version() string { return p.inv.Version }

// Today is the day of the run, YYYY-MM-DD.
func (p *Pass) Today() string { return p.inv.Today }

// Image is what is known of an image: by its registry, where that was asked, or else by its name.
func (p *Pass) Image(name string) platform.Image {
	p.reads(inventory.Images)
	return p.inv.Image(name)
}

// Texts are the documents that were read.
func (p *Pass) Texts() []inventory.Text {
	p.reads(inventory.Documents)
	return p.inv.Texts
}

// Chart is what the chart says of itself; nil when it is not a chart that was read.
func (p *Pass) Chart() *inventory.ChartFacts {
	p.reads(inventory.Chart)
	return p.inv.Chart
}

// Target is what a finding is about.
type Target struct {
	object   object.Ref
	field    object.Path
	at       object.Location
	locate   inventory.Locator
	prefix   object.Path
	severity *finding.Severity
	fix      string
}

// On is a field of a workload, from its pod spec down: On(w, "nodeSelector"). Without steps it is the pod spec itself.
func On(w *inventory.Workload, steps ...any) Target {
	return OnObject(w, w.SpecPath.Then(steps...)...)
}

// OnObject is a field of a workload's object, from its root down. Without steps it is the object.
func OnObject(w *inventory.Workload, steps ...any) Target {
	return Target{object: w.Object, field: steps, at: w.Location, locate: w.Text, prefix: w.At}
}

// OnText is a place in a text that was read.
func OnText(o object.Ref, at object.Location, field object.Path) Target {
	return Target{object: o, at: at, field: field}
}

// OnNode is a node of the cluster.
func OnNode(name string, steps ...any) Target {
	return Target{object: object.Ref{APIVersion: "v1", Kind: "Node", Name: name}, field: steps}
}

// As is the target with another severity than the rule's own.
func (t Target) As(s finding.Severity) Target {
	t.severity = &s
	return t
}

// Fix is the target with what to set there: one line that a user can copy.
func (t Target) Fix(format string, args ...any) Target {
	t.fix = fmt.Sprintf(format, args...)
	return t
}

// Reportf reports a finding. The message states what is the case, with the value seen, without capital and period.
func (p *Pass) Reportf(t Target, format string, args ...any) {
	f := finding.Finding{
		RuleID: p.rule.ID, Severity: p.rule.Severity, Object: t.object, Field: t.field.String(), Location: t.at,
		Message: fmt.Sprintf(format, args...), Fix: t.fix,
	}
	if t.severity != nil {
		f.Severity = *t.severity
	}
	if t.locate != nil {
		f.Location.Line, f.Location.Column = t.locate.Locate(slices.Concat(t.prefix, t.field))
	}
	p.findings = append(p.findings, f)
}
