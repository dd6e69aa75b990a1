package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// TestGoodExamplesAreGood: what one rule shows as good no other rule calls wrong, unless the example's comment names that rule.
func TestGoodExamplesAreGood(t *testing.T) {
	t.Parallel()
	placements := slices.DeleteFunc(rules.All(), func(r *rule.Rule) bool { return r.Category != rule.Placement })
	for _, r := range placements {
		for _, e := range examples(t, r.ID) {
			if strings.HasPrefix(e.name, "bad") {
				continue
			}
			t.Run(r.ID+"/"+e.name, func(t *testing.T) {
				t.Parallel()
				inv := e.inventory(t)
				for _, f := range rule.Run(inv, survey.Of(inv), placements).Findings {
					if f.Severity == finding.Error && !strings.Contains(e.files[e.name+".yaml"], f.RuleID) {
						t.Errorf("%s of %s: %s", f.RuleID, f.Object, f.Message)
					}
				}
			})
		}
	}
}
