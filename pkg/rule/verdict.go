package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// Objects are the objects of a part that is objects as they are. Their bodies must not be changed.
func (p *Pass) Objects(part inventory.Kind) []inventory.Object {
	p.reads(part)
	return p.inv.Objects[part]
}

// Rancher is Rancher's record of the cluster.
func (p *Pass) Rancher() []inventory.Record {
	p.reads(inventory.Rancher)
	return p.inv.Rancher
}

// Distro is the distribution that the user named; empty when it is to be detected.
func (p *Pass) Distro() platform.Distro { return p.inv.Distro }

// Skipf says that the rule does not apply here, and why.
func (p *Pass) Skipf(format string, args ...any) {
	p.skipped = append(p.skipped, fmt.Sprintf(format, args...))
}

// Unknownf says that the rule cannot tell, and why: what it would need is not there, or is not understood. Such a rule never passes.
func (p *Pass) Unknownf(format string, args ...any) {
	p.unknown = append(p.unknown, fmt.Sprintf(format, args...))
}

// Sawf says what was seen, for a reader of a rule that passes.
func (p *Pass) Sawf(format string, args ...any) { p.saw = append(p.saw, fmt.Sprintf(format, args...)) }

// Manualf says that only a person can check something of a target, and how.
func (p *Pass) Manualf(t Target, format string, args ...any) {
	p.manual = append(p.manual, finding.Manual{Object: t.object, Field: t.field.String(), How: fmt.Sprintf(format, args...)})
}

// OnCluster is the cluster as a whole.
func OnCluster() Target { return Target{object: object.Ref{Kind: "Cluster"}} }

// OnRef is a field of an object of the cluster, from its root down.
func OnRef(o object.Ref, steps ...any) Target { return Target{object: o, field: steps} }

// At is a field of an object as it is, from its root down.
func At(o inventory.Object, steps ...any) Target {
	return Target{object: o.Ref, field: steps, at: o.Location, locate: o.Text, prefix: o.At}
}

// verdict is what became of a rule that looked; what it found may yet make it fail. What cannot be told outranks what was skipped, and
// what a person has to check is no pass.
func (p *Pass) verdict(unread []string) finding.Result {
	r := finding.Result{RuleID: p.rule.ID, Status: finding.Pass, Manual: p.manual}
	reasons := slices.Clone(p.saw)
	switch {
	case len(unread)+len(p.unknown) > 0:
		r.Status, reasons = finding.Incomplete, slices.Concat(unread, p.unknown)
	case len(p.findings) > 0:
		reasons = nil // its findings say it
	case len(p.skipped)+len(p.manual) > 0:
		r.Status, reasons = finding.Skip, slices.Clone(p.skipped)
	}
	slices.Sort(reasons)
	r.Reason = strings.Join(slices.Compact(reasons), "; ")
	return r
}
