package controlplane

import (
	"context"
	"fmt"
	"strings"
)

// Kind is one of custom resources, whose objects may have any fields.
type Kind struct {
	Group, Kind, Plural string
	// Versions are served; the first is stored.
	Versions []string
	// Global is of objects that are in no namespace.
	Global bool
}

// Teach teaches the server kinds, and returns when it has them.
func (p *Plane) Teach(ctx context.Context, kinds ...Kind) error {
	definitions, names := make([]string, 0, len(kinds)), make([]string, 0, len(kinds))
	for _, k := range kinds {
		definitions = append(definitions, k.definition())
		names = append(names, "crd/"+k.Plural+"."+k.Group)
	}
	if _, err := p.Run(ctx, strings.Join(definitions, "---\n"), "apply", "-f", "-"); err != nil {
		return err
	}
	_, err := p.Run(ctx, "", append([]string{"wait", "--for=condition=Established", "--timeout=60s"}, names...)...)
	return err
}

func (k Kind) definition() string {
	scope := "Namespaced"
	if k.Global {
		scope = "Cluster"
	}
	versions := make([]string, 0, len(k.Versions))
	for i, v := range k.Versions {
		versions = append(versions, fmt.Sprintf("{name: %s, served: true, storage: %t, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}", v, i == 0))
	}
	return fmt.Sprintf("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: %[1]s.%[2]s}, spec: {group: %[2]s, scope: %[3]s, names: {kind: %[4]s, plural: %[1]s}, versions: [%[5]s]}}\n",
		k.Plural, k.Group, scope, k.Kind, strings.Join(versions, ", "))
}
