package patch

// APIVersion marks every JSON document the tool writes.
const APIVersion = "winready.dev/v1alpha1"

// Status says what became of one workload.
type Status string

// The four outcomes; every workload of a report has exactly one.
const (
	Placed   Status = "placed"   // the overlay puts it on its OS, shown by a render; or Fallback does
	Already  Status = "already"  // it was on its OS before
	Unplaced Status = "unplaced" // no value puts it there; Reason says why
	Left     Status = "left"     // --leave: nobody asked
)

// Report is what patch writes as JSON.
type Report struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"` // PatchReport
	Chart      ChartName    `json:"chart"`
	Renders    int          `json:"renders"`
	Workloads  []Outcome    `json:"workloads"`
	Knobs      []KnobReport `json:"knobs"`
	Unreadable []string     `json:"unreadable,omitempty"` // documents that may hold workloads and could not be read, with the reason
}

// ChartName identifies the chart of a report.
type ChartName struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Outcome is one workload of a report.
type Outcome struct {
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace,omitempty"`
	Name      string   `json:"name"`
	Source    string   `json:"source"` // the template's path as Helm prints it
	Hook      bool     `json:"hook"`
	Test      bool     `json:"test,omitempty"`
	OS        string   `json:"os"`       // the OS it is to run on; empty when left
	OSReason  string   `json:"osReason"` // why that OS: "--os windows", "image nginx:1.27 ...", "nodeSelector names it"
	Status    Status   `json:"status"`
	Paths     []string `json:"paths"`              // the values paths that place it, none unless placed
	Fallback  string   `json:"fallback,omitempty"` // what places it where no value does: post-render, fork or policy
	Reason    string   `json:"reason"`             // why no value places it; empty where one does
	Remedy    string   `json:"remedy"`             // what would place it; empty when there is nothing to do
	Notes     []string `json:"notes,omitempty"`    // what --set-os-name and --fix-fields could not do
	Field     string   `json:"field,omitempty"`    // of a custom resource: where in it the placement fields are
}

// KnobReport is one values path that was probed.
type KnobReport struct {
	Path     string   `json:"path"`
	Field    string   `json:"field"`             // nodeSelector, tolerations, affinity, runtimeClassName, securityContext, os
	Shape    string   `json:"shape"`             // map, list, string, pair, pairs
	Declared bool     `json:"declared"`          // in the chart's values; false: only its templates read it
	Steers   []string `json:"steers"`            // KIND/NAME of the workloads whose field it sets
	LandsAt  []string `json:"landsAt"`           // everywhere it turned up: "Deployment/web spec.template.spec.nodeSelector"
	Used     bool     `json:"used"`              // the overlay sets it
	Status   string   `json:"status"`            // steers, idle, broken, misdirected, refused
	Problem  string   `json:"problem,omitempty"` // why a broken, misdirected or refused knob is so
}

// Inspection is what inspect writes as JSON or YAML.
type Inspection struct {
	APIVersion string              `json:"apiVersion"`
	Kind       string              `json:"kind"` // Inspection
	Chart      ChartName           `json:"chart"`
	Renders    int                 `json:"renders"`
	Workloads  []InspectedWorkload `json:"workloads"`
	Knobs      []KnobReport        `json:"knobs"`
	Warnings   []string            `json:"warnings,omitempty"` // what could not be read or checked
}

// InspectedWorkload is one workload of an inspection: which values steer each of its placement fields.
type InspectedWorkload struct {
	Kind      string              `json:"kind"`
	Namespace string              `json:"namespace,omitempty"`
	Name      string              `json:"name"`
	Source    string              `json:"source"`
	Hook      bool                `json:"hook"`
	Test      bool                `json:"test,omitempty"`
	Field     string              `json:"field,omitempty"`
	OS        string              `json:"os"`   // the OS the rendered pod names; empty when it names none
	OSBy      string              `json:"osBy"` // what names it: "nodeSelector kubernetes.io/os", "required node affinity", ...
	Images    []string            `json:"images"`
	Paths     map[string][]string `json:"paths"`  // field -> values paths, sorted
	Reason    string              `json:"reason"` // why no value can choose its OS; empty when one can
}
