package postrender

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// The first two lines of a rules file.
const (
	RulesVersion = "winready.dev/v1alpha1"
	RulesKind    = "PostRenderRules"
)

// Rules say which workloads of one chart are to be placed, and where: what patch found out, kept in a file for the post-renderer
// that Helm runs.
type Rules struct {
	APIVersion   string              `json:"apiVersion"`
	Kind         string              `json:"kind"`
	Chart        Chart               `json:"chart"`
	Release      string              `json:"release"`               // the name with which the chart was rendered
	KubeVersion  string              `json:"kubeVersion,omitempty"` // of the API server, as 1.34; empty: the latest that steer knows
	Pools        []Pool              `json:"pools"`
	PoolsAssumed bool                `json:"poolsAssumed,omitempty"` // as in aim.Request
	WindowsBuild string              `json:"windowsBuild,omitempty"`
	Tolerations  []corev1.Toleration `json:"tolerations,omitempty"` // as in aim.Request
	SetOSName    bool                `json:"setOsName,omitempty"`
	FixFields    bool                `json:"fixFields,omitempty"`
	Workloads    []Rule              `json:"workloads"`

	file string // it was read from
}

// Chart names the chart that rules are for.
type Chart struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Pool is a node pool as a --pools file has it.
type Pool struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
	Taints []Taint           `json:"taints,omitempty"`
}

// Taint is a taint of a Pool.
type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"`
}

// Rule is one workload, and where it is to go.
type Rule struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Source    string `json:"source,omitempty"` // the template, as Helm prints it
	Field     string `json:"field,omitempty"`  // of a custom resource: where in it the placement fields are
	Index     int    `json:"index,omitempty"`  // what Counter says of the workload
	Hook      bool   `json:"hook,omitempty"`
	OS        string `json:"os"` // linux or windows
}

// String is KIND/NAME, or KIND/NAMESPACE/NAME.
func (r Rule) String() string {
	if r.Namespace == "" {
		return r.Kind + "/" + r.Name
	}
	return r.Kind + "/" + r.Namespace + "/" + r.Name
}

// NewRules are rules without workloads. Chart, Release and Workloads are left to the caller.
func NewRules(q aim.Request, also steer.Also) *Rules {
	r := &Rules{
		APIVersion: RulesVersion, Kind: RulesKind, PoolsAssumed: q.PoolsAssumed, WindowsBuild: string(q.WindowsBuild),
		Tolerations: q.Tolerations, SetOSName: also.OSName, FixFields: also.Fix,
	}
	if also.Minor > 0 {
		r.KubeVersion = "1." + strconv.Itoa(also.Minor)
	}
	for _, p := range q.Pools {
		pool := Pool{Name: p.Name, Labels: p.Labels}
		for _, t := range p.Taints {
			pool.Taints = append(pool.Taints, Taint{Key: t.Key, Value: t.Value, Effect: string(t.Effect)})
		}
		r.Pools = append(r.Pools, pool)
	}
	return r
}

// RuleFor is the rule for a workload of the render that the rules are written for, Source set. index is what a Counter says.
func RuleFor(w workload.Workload, index int, os platform.OS) Rule {
	r := Rule{
		Kind: w.Object.Kind, Namespace: w.Object.Namespace, Name: w.Object.Name, Source: w.Source, Index: index, Hook: w.Hook(), OS: string(os),
	}
	if w.Custom {
		r.Field = w.SpecPath.String()
	}
	return r
}

// Counter numbers workloads that come from one place of one template, so that rules know them when they go by another name: that of
// another release. Hooks are numbered apart, because some streams have them and others have not.
type Counter struct {
	seen map[string]int
}

// Index is the number of a workload, Source set. It is to be called for every workload of a render, in the order of the render.
func (c *Counter) Index(w workload.Workload) int {
	if c.seen == nil {
		c.seen = map[string]int{}
	}
	key := fmt.Sprintf("%s\x00%s\x00%s\x00%t", w.Source, w.Object.Kind, w.SpecPath, w.Hook())
	c.seen[key]++
	return c.seen[key] - 1
}

// called is what messages call the rules.
func (r *Rules) called() string { return cmp.Or(r.file, "the file of rules") }

// Request is what the rules ask for, but for which workloads.
func (r *Rules) Request() (aim.Request, steer.Also, error) {
	q := aim.Request{OS: aim.Auto, PoolsAssumed: r.PoolsAssumed, Tolerations: r.Tolerations}
	also := steer.Also{OSName: r.SetOSName, Fix: r.FixFields}
	pools, err := json.Marshal(r.Pools)
	if err != nil {
		return q, also, err
	}
	if q.Pools, err = placement.ReadPools(pools, "pools"); err != nil {
		return q, also, err
	}
	if r.WindowsBuild != "" {
		if q.WindowsBuild, err = platform.ParseBuild(r.WindowsBuild); err != nil {
			return q, also, fmt.Errorf("windowsBuild: %w", err)
		}
	}
	if r.KubeVersion != "" {
		if also.Minor, err = Minor(r.KubeVersion); err != nil {
			return q, also, fmt.Errorf("kubeVersion: %w", err)
		}
	}
	return q, also, nil
}

// YAML is the file. The same rules give the same bytes.
func (r *Rules) YAML() ([]byte, error) {
	full := *r
	full.APIVersion, full.Kind = RulesVersion, RulesKind
	if full.Workloads = slices.Clone(r.Workloads); full.Workloads == nil {
		full.Workloads = []Rule{}
	}
	data, err := json.Marshal(full) // the order of the fields is kept
	if err != nil {
		return nil, fmt.Errorf("writing rules: %w", err)
	}
	var top yaml.Node
	if err := yaml.Unmarshal(data, &top); err != nil {
		return nil, fmt.Errorf("writing rules: %w", err)
	}
	inBlocks(&top)
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Where workloads of chart %q go that no value reaches. kubectl winready patch wrote it, and\n", r.Chart.Name)
	out.WriteString("# kubectl winready post-render --rules reads it: helm runs that as post-renderer of every install and upgrade.\n")
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&top); err != nil {
		return nil, fmt.Errorf("writing rules: %w", err)
	}
	return out.Bytes(), enc.Close()
}

// inBlocks takes the style of JSON off a document, but for text that would be something else without its quotes, such as yes.
func inBlocks(n *yaml.Node) {
	quoted := n.Style
	n.Style = 0
	if plain, err := manifest.Decode(n); n.Kind == yaml.ScalarNode && n.Tag == "!!str" && (err != nil || plain != n.Value) {
		n.Style = quoted
	}
	for _, c := range n.Content {
		inBlocks(c)
	}
}
