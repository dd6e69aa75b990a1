package storage

import (
	"slices"
	"strings"

	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var defaultClasses = &rule.Rule{
	ID: "WR307", Name: "several-default-classes", Category: rule.Storage, Severity: finding.Warning,
	Title: "More than one StorageClass is the default",
	Rationale: "A claim that names no class gets the default one. Of several it is the one that was created last, so that it changes with whatever is " +
		"installed next; before Kubernetes 1.26 such a claim was refused. In a cluster with Windows nodes it may be one that Windows cannot mount.",
	Remedy:     "Set the annotation storageclass.kubernetes.io/is-default-class to \"false\" on all but one: azurefile apply --default --unset-default does it.",
	Since:      "v0.1.0",
	References: []string{"https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass", "https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/volume/util/storageclass.go"},
	Needs:      []inventory.Kind{inventory.StorageClasses},
	Check:      checkDefaultClasses,
}

func checkDefaultClasses(p *rule.Pass) {
	var defaults []one[storagev1.StorageClass]
	var names []string
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if azurefile.IsDefault(&c.Object) && !slices.Contains(names, c.Object.Name) {
			defaults, names = append(defaults, c), append(names, c.Object.Name)
		}
	}
	if len(defaults) < 2 {
		return
	}
	slices.Sort(names)
	last := slices.MaxFunc(defaults, func(a, b one[storagev1.StorageClass]) int {
		return a.Object.CreationTimestamp.Compare(b.Object.CreationTimestamp.Time)
	})
	counts := ""
	if !last.Object.CreationTimestamp.IsZero() {
		counts = "; claims without a class get " + last.Object.Name + ", which was created last"
	}
	p.Reportf(last.at("metadata", "annotations"), "%d classes are the default: %s%s", len(defaults), strings.Join(names, ", "), counts)
}
