package printer

import (
	"slices"

	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/finding"
)

// saying is what is said of some clusters.
type saying struct {
	text  string
	state checklist.State
	in    []int
}

// sayings are what was found of a requirement that is not met, and why it cannot be told, in the order in which clusters come to say it.
func sayings(clusters []checklist.Cluster, r checklist.Row) []saying {
	var out []saying
	for i, e := range r.In {
		if !slices.Contains([]checklist.State{checklist.Fail, checklist.Unknown, checklist.Warn}, e.State) {
			continue // what is to be known of one that meets it is in its own report
		}
		for _, f := range e.Findings {
			state := map[finding.Severity]checklist.State{finding.Error: checklist.Fail, finding.Warning: checklist.Warn, finding.Info: checklist.Note}[f.Severity]
			out = together(out, i, state, printable(foundWhere(f)+f.Message))
		}
		if clusters[i].Lost {
			continue
		}
		for _, reason := range e.Unread {
			out = together(out, i, checklist.Unknown, printable("cannot tell: "+reason))
		}
	}
	return out
}

// together adds what is said of a cluster to what is said of others.
func together(list []saying, cluster int, state checklist.State, text string) []saying {
	at := slices.IndexFunc(list, func(s saying) bool { return s.text == text && s.state == state })
	if at < 0 {
		at = len(list)
		list = append(list, saying{text: text, state: state})
	}
	if !slices.Contains(list[at].in, cluster) {
		list[at].in = append(list[at].in, cluster)
	}
	return list
}
