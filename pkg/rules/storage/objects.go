package storage

import (
	"fmt"
	"slices"
	"strings"

	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// one is an object as its type, and where it was read from.
type one[T any] struct {
	Object T
	from   inventory.Object
}

// decoded are the objects of a part as their type. One that is not of its type is what WR903 is about, and is left out.
func decoded[T any](p *rule.Pass, part inventory.Kind) []one[T] {
	var out []one[T]
	for _, o := range p.Objects(part) {
		c := one[T]{from: o}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Body, &c.Object); err == nil {
			out = append(out, c)
		}
	}
	return out
}

// at is a field of the object.
func (c one[T]) at(steps ...any) rule.Target { return rule.At(c.from, steps...) }

// onVolume is a volume of a cluster by its name.
func onVolume(name string) rule.Target {
	return rule.OnRef(object.Ref{APIVersion: "v1", Kind: "PersistentVolume", Name: name})
}

// driver tells whether the CSIDriver object of the driver is there.
func driver(p *rule.Pass) bool {
	return slices.ContainsFunc(decoded[storagev1.CSIDriver](p, inventory.CSIDrivers), func(d one[storagev1.CSIDriver]) bool {
		return d.Object.Name == azurefile.Driver
	})
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// fewNames is how many names a message has.
const fewNames = 5

// few are the first of some names, in order, and how many more there are.
func few(names []string) string {
	names = slices.Sorted(slices.Values(names))
	if len(names) <= fewNames {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:fewNames], ", "), len(names)-fewNames)
}
