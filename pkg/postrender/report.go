package postrender

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/steer"
)

// Status says what became of one workload.
type Status string

// The four outcomes; every workload of a report has exactly one.
const (
	Placed   Status = "placed"   // it is on its OS now
	Already  Status = "already"  // it was before
	Left     Status = "left"     // nobody asked
	Unplaced Status = "unplaced" // Reason says why it cannot be placed
)

// Report says what became of the workloads of a stream.
type Report struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"` // PostRenderReport
	Workloads  []Outcome `json:"workloads"`
	Unseen     []Unseen  `json:"unseen,omitempty"` // what the rules name and the stream has not
}

// Outcome is one workload of a stream, in the order of the stream.
type Outcome struct {
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace,omitempty"`
	Name      string   `json:"name"`
	Field     string   `json:"field,omitempty"`  // of a custom resource: where in it the placement fields are
	Source    string   `json:"source,omitempty"` // the template, where Helm tells it
	Line      int      `json:"line"`             // where the object starts in the stream that was read
	Hook      bool     `json:"hook"`
	Test      bool     `json:"test,omitempty"`
	OS        string   `json:"os"`       // the OS it is to run on; empty when left
	OSReason  string   `json:"osReason"` // why that OS: "--os windows", "nodeSelector kubernetes.io/os", the rule's name
	Status    Status   `json:"status"`
	Changes   []string `json:"changes"`         // what was written
	Reason    string   `json:"reason"`          // why it is unplaced; empty otherwise
	Remedy    string   `json:"remedy"`          // what can be done about that
	Notes     []string `json:"notes,omitempty"` // what went with it, and what could not be done
}

// String is KIND/NAME or KIND/NAMESPACE/NAME, and where in a custom resource.
func (o Outcome) String() string {
	ref := object.Ref{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
	if o.Field == "" {
		return ref.String()
	}
	return ref.String() + " (" + o.Field + ")"
}

// Unseen is a rule whose workload is not in the stream.
type Unseen struct {
	Rule

	Reason string `json:"reason"`
	Remedy string `json:"remedy"`
}

// Unplaced tells whether there is a workload that could not be placed.
func (r *Report) Unplaced() bool {
	for _, o := range r.Workloads {
		if o.Status == Unplaced {
			return true
		}
	}
	return false
}

// unplaced notes why a workload cannot be placed.
func (r *run) unplaced(o *Outcome, reason string) {
	o.Status, o.Reason, o.Changes = Unplaced, reason, []string{}
	o.Remedy = fmt.Sprintf("--leave %s/%s leaves it as it is", strings.ToLower(o.Kind), o.Name)
	if r.rules != nil {
		o.Remedy = "without its rule in " + r.q.Rules.called() + " it is left as it is"
	}
}

// shown is a change as a report has it.
func shown(c steer.Change) string {
	if c.Remove {
		return c.Path.String() + " taken away"
	}
	text, err := json.Marshal(c.Value)
	if s, ok := c.Value.(string); ok || err != nil {
		text = []byte(s)
	}
	return fmt.Sprintf("%s: %s", c.Path, text)
}

// SyntaxError is a stream, or a rules file, that is not what it should be. Nothing of it is to be used.
type SyntaxError struct {
	Name         string // of the stream or the file
	Line, Column int
	Reason       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Reason)
}

// ChartError is a stream of another chart than the rules are for.
type ChartError struct {
	File, Rules, Stream string // the rules file, the chart it is for, and that of the stream
}

func (e *ChartError) Error() string {
	return fmt.Sprintf("%s is for chart %q, and what was rendered is chart %q", e.File, e.Rules, e.Stream)
}
