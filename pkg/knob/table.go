package knob

import (
	"github.com/winready/kubectl-winready/pkg/chart"
)

// Status says what a probe found out about a candidate.
type Status string

// The outcomes of a probe.
const (
	Steers      Status = "steers"      // it sets a placement field of a workload
	Idle        Status = "idle"        // it turns up nowhere
	Broken      Status = "broken"      // setting it breaks the chart
	Misdirected Status = "misdirected" // it turns up, but in no placement field
	Refused     Status = "refused"     // the chart's schema refuses it, or using it would break a workload
)

// Effect is what a knob does to one workload.
type Effect struct {
	Pod   int    // index into the pods of the base render
	Field Field  // the field it turned up in
	At    string // of a security context: where in the pod spec it is
	// Collides: the template writes the OS label itself, so that setting it gives two equal keys in one map.
	Collides bool
	// Overruled: the template's own OS label wins over the knob's.
	Overruled bool
	// Repeats: another knob's label stands beside it as an equal key; only one of them may be set.
	Repeats bool
}

// Landing is a place outside the placement fields of workloads where a sentinel turned up.
type Landing struct {
	At   string // "ConfigMap/x data.config"
	Soft bool   // it speaks of placement: a selector in a custom resource, in a file of a ConfigMap
}

// Knob is a candidate and what the probe found out about it.
type Knob struct {
	Candidate
	Status    Status
	Problem   string // why it is broken
	Effects   []Effect
	Elsewhere []Landing
	LandsAt   []string // every place, for people
}

// Table says which knob steers what.
type Table struct {
	Knobs   []Knob
	Pods    []chart.Pod // of the base render
	Renders int         // renders that probing took
}

// Effect finds what the knob does to a field of a pod.
func (k Knob) Effect(pod int, f Field) (Effect, bool) {
	for _, e := range k.Effects {
		if e.Pod == pod && e.Field == f {
			return e, true
		}
	}
	return Effect{}, false
}
