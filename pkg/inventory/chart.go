package inventory

// ChartFacts is what a chart says of itself and of its values.
type ChartFacts struct {
	Name, Version string
	// File is the path of Chart.yaml, as findings about the chart name it.
	File        string
	Annotations map[string]string
	// Values are the chart's with those that it was given on top.
	Values map[string]any
	// Knobs are the values that look as if they chose nodes and do not; nil when nobody tried.
	Knobs []Knob
	// Tried tells that the chart's values were tried by rendering.
	Tried bool
}

// Knob is one value of a chart that was tried and does not place what it seems to place.
type Knob struct {
	Path    string // "controller.nodeSelector"
	Field   string // what it was tried for: nodeSelector, tolerations, affinity
	Problem string // what happens when it is set
	Breaks  bool   // setting it breaks the chart; else it is without effect
}

// Reach says which values steer the nodeSelector of a workload.
type Reach struct {
	Paths  []string // the values paths; empty when no value reaches it
	Reason string   // why no value can choose its operating system; empty when one can
}
