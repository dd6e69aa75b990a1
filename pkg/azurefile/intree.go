package azurefile

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/winready/kubectl-winready/pkg/object"
)

const inTreeEnds = "the in-tree driver " + InTree + " ended with Kubernetes 1.30: before an upgrade to it, azurefile migrate makes a class of " + Driver + " of this one"

// The names of docs/how-to-guides/.../azure-storageclass-configuration.md of rancher/rancher-docs: the role lets the controller that
// makes volumes store the key of the account.
const (
	cloudRole     = "system:azure-cloud-provider"
	binder        = "persistent-volume-binder"
	binderIn      = "kube-system"
	rolesReason   = "the controller that makes volumes stores the account key in a Secret"
	bindingReason = "the role is for " + binder + ", the controller that makes volumes"
)

// roles plans the RBAC that the in-tree driver needs.
func (p *Plan) roles(have *Have) {
	p.Actions = append(p.Actions, planRole(have), planBinding(have))
}

func rbacRef(kind string) object.Ref {
	return object.Ref{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: kind, Name: cloudRole}
}

func planRole(have *Have) Action {
	rule := map[string]any{"apiGroups": []any{""}, "resources": []any{"secrets"}, "verbs": []any{"get", "create"}}
	a := Action{Verb: Create, Ref: rbacRef("ClusterRole"), Reason: rolesReason}
	a.Object = map[string]any{
		"apiVersion": rbacv1.SchemeGroupVersion.String(), "kind": "ClusterRole", "metadata": map[string]any{"name": cloudRole}, "rules": []any{rule},
	}
	for _, role := range have.Roles {
		if role.Name != cloudRole {
			continue
		}
		if a.Verb = Unchanged; !allows(role.Rules, "get") || !allows(role.Rules, "create") {
			a.Verb = Update
			a.Changes = []Change{{Field: "rules", Old: "not get and create of secrets", New: "get and create of secrets"}}
		}
	}
	return a
}

// allows tells whether rules let secrets be dealt with in a way.
func allows(rules []rbacv1.PolicyRule, verb string) bool {
	has := func(list []string, what string) bool {
		return slices.Contains(list, what) || slices.Contains(list, "*")
	}
	return slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool {
		return has(r.APIGroups, "") && has(r.Resources, "secrets") && has(r.Verbs, verb) && len(r.ResourceNames) == 0
	})
}

func planBinding(have *Have) Action {
	a := Action{Verb: Create, Ref: rbacRef("ClusterRoleBinding"), Reason: bindingReason}
	subject := map[string]any{"kind": "ServiceAccount", "name": binder, "namespace": binderIn}
	a.Object = map[string]any{
		"apiVersion": rbacv1.SchemeGroupVersion.String(), "kind": "ClusterRoleBinding", "metadata": map[string]any{"name": cloudRole},
		"roleRef":  map[string]any{"apiGroup": rbacv1.GroupName, "kind": "ClusterRole", "name": cloudRole},
		"subjects": []any{subject},
	}
	for _, b := range have.Bindings {
		if b.Name != cloudRole {
			continue
		}
		bound := slices.ContainsFunc(b.Subjects, func(s rbacv1.Subject) bool {
			return s.Kind == rbacv1.ServiceAccountKind && s.Name == binder && s.Namespace == binderIn
		})
		switch {
		case b.RoleRef.Name != cloudRole:
			a.Verb = Blocked
			a.Changes = []Change{{Field: "roleRef.name", Old: b.RoleRef.Name, New: cloudRole, Immutable: true}}
		case bound:
			a.Verb = Unchanged
		default:
			a.Verb = Update
			a.Changes = []Change{{Field: "subjects", Old: "without " + binder, New: binderIn + "/" + binder}}
		}
	}
	return a
}
