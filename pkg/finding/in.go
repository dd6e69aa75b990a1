package finding

import (
	"slices"
	"strings"
)

// In is a report about one of several clusters that are looked at together: its findings and its reasons name the cluster.
func (r Report) In(cluster string) Report {
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		r.Findings[i].Object.Cluster = cluster
	}
	r.Results = slices.Clone(r.Results)
	for i := range r.Results {
		res := &r.Results[i]
		if res.Status == Incomplete && res.Reason != "" {
			res.Reason = cluster + ": " + strings.ReplaceAll(res.Reason, "; ", "; "+cluster+": ") // each of several
		}
		res.Manual = slices.Clone(res.Manual)
		for j := range res.Manual {
			res.Manual[j].Object.Cluster = cluster
		}
	}
	return r
}
