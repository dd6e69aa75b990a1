package patch

import (
	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
)

// Request says what goes where, and what else is to be set.
type Request struct {
	aim.Request

	SetOSName, FixFields bool
}

// targets decides the OS of every pod.
func (q Request) targets(pods []chart.Pod) ([]aim.Target, error) {
	chooser, err := q.Chooser()
	if err != nil {
		return nil, err
	}
	out := make([]aim.Target, len(pods))
	for i, p := range pods {
		if out[i], err = chooser.Target(p.Workload); err != nil {
			return nil, err
		}
	}
	return out, chooser.Unused()
}
