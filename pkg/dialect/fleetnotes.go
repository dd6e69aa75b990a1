package dialect

import (
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
)

// fleetNotes says what else has a say in the values.
func (out *Output) fleetNotes(f fleet, tree map[string]any) {
	out.fleetSources(f, nil, tree)
	if len(f.at) > 0 {
		out.fleetSources(f, f.at, tree)
	} else {
		out.fleetOverrides(f, tree)
	}
	if len(f.at) > 0 && f.object["targetCustomizationMode"] != "AllMatches" && f.customization() > 0 {
		out.note("a cluster that another of the %s before it matches gets that one: the first that matches counts, unless targetCustomizationMode is AllMatches", customizations)
	}
	if !f.literal() && usesEscape(tree) {
		// preprocessHelmValues in internal/cmd/controller/target/builder.go returns early then.
		out.note("the values have ${, escaped for Fleet's templates; on a cluster without labels Fleet does not undo that")
	}
}

// fleetSources tells of values from elsewhere, for all clusters or those of a customization.
func (out *Output) fleetSources(f fleet, at object.Path, tree map[string]any) {
	for _, name := range f.valuesFiles(at) {
		if f.file(name) == nil && name != ownValues {
			out.note("the values in %s were not seen: give them with --values", name)
		}
	}
	if from, _ := at.Then("helm", "valuesFrom").In(f.object).([]any); len(from) > 0 {
		// getValues in internal/helmdeployer/install.go.
		out.note("what %s says counts more than the values written here, and was not seen", at.Then("helm", "valuesFrom"))
	}
	// preprocessHelmValues replaces the keys of values by those of templateValues.
	templates, _ := at.Then("helm", "templateValues").In(f.object).(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(templates)) {
		if _, ok := tree[k]; ok {
			out.note("%s replaces the values written here: set them there", at.Then("helm", "templateValues", k))
		}
	}
}

// fleetOverrides tells of customizations that set what is written for all clusters.
func (out *Output) fleetOverrides(f fleet, tree map[string]any) {
	for i := range f.customizations() {
		at := object.Path{customizations, i}
		values, _ := at.Then("helm", "values").In(f.object).(map[string]any)
		if over := overlapping(tree, values, nil); len(over) > 0 {
			out.note("%s sets %s for its clusters, whatever is written here", at, strings.Join(over, ", "))
		}
	}
}
