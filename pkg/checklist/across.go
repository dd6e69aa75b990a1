package checklist

import (
	"slices"
)

// Cluster is the list of one of several clusters that are looked at together. The rules are the same for all.
type Cluster struct {
	Name string
	// Lost tells that nothing could be read of it. What its list says all the same somebody else knew, as Rancher.
	Lost bool
	*List
}

// Worst is the state of a cluster that asks for most; Pass where all is met.
func (c Cluster) Worst() State {
	for _, s := range States() {
		if s != Skip && c.Count(s) > 0 {
			return s
		}
	}
	return Pass
}

// Row is one requirement, and what became of it in each of several clusters, in their order.
type Row struct {
	Entry   // of the first of them; its title and its rule are those of all
	In      []Entry
	visible []bool
}

// Where are the clusters, by their place, in which the requirement is in a state. That it cannot be told of a cluster of which nothing
// could be read goes without saying.
func (r Row) Where(s State) []int {
	var out []int
	for i, e := range r.In {
		if e.State == s && r.visible[i] {
			out = append(out, i)
		}
	}
	return out
}

// is tells whether the requirement is in one of some states in some cluster.
func (r Row) is(states ...State) bool {
	return slices.ContainsFunc(states, func(s State) bool { return len(r.Where(s)) > 0 })
}

// Section is the requirements under one heading.
type Section struct {
	Name string
	Rows []Row
}

// Unmet are the requirements that some cluster does not meet, meets in a way that may go wrong, or of which some cluster does not tell.
func Unmet(clusters []Cluster) []Section {
	var out []Section
	for _, s := range across(clusters) {
		s.Rows = slices.DeleteFunc(s.Rows, func(r Row) bool { return !r.is(Fail, Unknown, Warn) })
		if len(s.Rows) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// ByHand are the requirements that a person has to look at in some cluster.
func ByHand(clusters []Cluster) []Row {
	var out []Row
	for _, s := range across(clusters) {
		for _, r := range s.Rows {
			if r.is(Manual) {
				out = append(out, r)
			}
		}
	}
	return out
}

// across puts the lists side by side. The first has every heading and requirement, for the same rules made each.
func across(clusters []Cluster) []Section {
	if len(clusters) == 0 {
		return nil
	}
	at := make([]map[string]Entry, len(clusters))
	for i, c := range clusters {
		at[i] = map[string]Entry{}
		for _, g := range c.Groups {
			for _, e := range g.Entries {
				at[i][e.RuleID] = e
			}
		}
	}
	var out []Section
	for _, g := range clusters[0].Groups {
		s := Section{Name: g.Name}
		for _, first := range g.Entries {
			r := Row{Entry: first}
			for i, c := range clusters {
				e := at[i][first.RuleID]
				r.In = append(r.In, e)
				r.visible = append(r.visible, !c.Lost || e.State != Unknown)
			}
			s.Rows = append(s.Rows, r)
		}
		out = append(out, s)
	}
	return out
}
