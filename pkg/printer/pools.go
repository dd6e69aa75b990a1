package printer

import (
	"io"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// PoolsFormat is one way to write the node pools of a cluster.
type PoolsFormat struct {
	Name, Doc string
	// Pools writes the pools of target, which says what was read: "context prod".
	Pools func(w io.Writer, target string, p *survey.Summary, s Style) error
}

// PoolsFormats are all formats for node pools, sorted by name.
func PoolsFormats() []PoolsFormat {
	return []PoolsFormat{
		{Name: "json", Doc: "for scripts", Pools: poolsJSON},
		{Name: "text", Doc: "for people", Pools: poolsText},
		{Name: "wide", Doc: "text with capacity and versions", Pools: poolsWide},
		{Name: "yaml", Doc: "as json", Pools: poolsYAML},
	}
}

// LookupPools is the format for node pools of that name.
func LookupPools(name string) (PoolsFormat, bool) {
	for _, f := range PoolsFormats() {
		if f.Name == name {
			return f, true
		}
	}
	return PoolsFormat{}, false
}

// poolList is the JSON of node pools.
type poolList struct {
	APIVersion string               `json:"apiVersion"`
	Kind       string               `json:"kind"`
	Target     string               `json:"target"`
	Pools      []survey.PoolSummary `json:"pools"`
	Unread     []survey.Unread      `json:"unread,omitempty"`
}

func listPools(target string, p *survey.Summary) poolList {
	return poolList{APIVersion: patch.APIVersion, Kind: "PoolList", Target: target, Pools: p.Pools, Unread: p.Unread}
}

func poolsJSON(w io.Writer, target string, p *survey.Summary, _ Style) error {
	return writeDocument(w, listPools(target, p), JSON)
}

func poolsYAML(w io.Writer, target string, p *survey.Summary, _ Style) error {
	return writeDocument(w, listPools(target, p), yaml.Marshal)
}

func poolsText(w io.Writer, target string, p *survey.Summary, s Style) error {
	return writePools(w, target, p, s, false)
}

func poolsWide(w io.Writer, target string, p *survey.Summary, s Style) error {
	return writePools(w, target, p, s, true)
}
