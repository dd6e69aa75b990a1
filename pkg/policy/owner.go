package policy

import (
	"slices"
	"strings"
)

// owner says how the pods of a kind are known: by the ownerReference that they have.
type owner struct {
	group, kind, short string // what the pods are of, and what kubectl lets it be called
	refGroup, refKind  string // what the ownerReference of a pod names
	// hash is the pod's label that ends the name in the reference: NAME-HASH. Empty: there is none.
	hash string
	// number tells that the name in the reference ends in a number: NAME-123.
	number bool
	// unknown tells a kind that is in no table: its letter case may be the user's.
	unknown bool
}

// builtins are Kubernetes' own kinds.
//
// A Deployment's ReplicaSet is named for the hash of its template, which its pods have as a label: generateReplicaSetName in
// pkg/controller/deployment/sync.go; a CronJob's Job for the minute: getJobName in pkg/controller/cronjob/cronjob_controllerv2.go of
// k8s.io/kubernetes v1.37.2. A Job that was made by hand from a CronJob has any name.
func builtins() []owner {
	const templateHash = "pod-template-hash"
	return []owner{
		{group: "apps", kind: "DaemonSet", short: "ds", refGroup: "apps", refKind: "DaemonSet"},
		{group: "apps", kind: "Deployment", short: "deploy", refGroup: "apps", refKind: "ReplicaSet", hash: templateHash},
		{group: "apps", kind: "ReplicaSet", short: "rs", refGroup: "apps", refKind: "ReplicaSet"},
		{group: "apps", kind: "StatefulSet", short: "sts", refGroup: "apps", refKind: "StatefulSet"},
		{group: "batch", kind: "CronJob", short: "cj", refGroup: "batch", refKind: "Job", number: true},
		{group: "batch", kind: "Job", refGroup: "batch", refKind: "Job"},
		{kind: "Pod", short: "po"},
		{kind: "ReplicationController", short: "rc", refKind: "ReplicationController"},
	}
}

// chains are kinds that are not Kubernetes' own and whose pods belong to something in between.
func chains() []owner {
	return []owner{
		// rollout/sync.go of argoproj/argo-rollouts names the ReplicaSet; DefaultRolloutUniqueLabelKey is the label.
		{group: "argoproj.io", kind: "Rollout", refGroup: "apps", refKind: "ReplicaSet", hash: "rollouts-pod-template-hash"},
	}
}

// builtinGroup is the group of one of Kubernetes' own kinds; empty for others, as for the core kinds.
func builtinGroup(kind string) string {
	for _, k := range builtins() {
		if k.kind == kind {
			return k.group
		}
	}
	return ""
}

// called tells that a user means the kind, in one of the ways that kubectl takes.
func (o owner) called(kind string) bool {
	return strings.EqualFold(kind, o.kind) || strings.EqualFold(kind, o.kind+"s") || kind == o.short && kind != ""
}

// ownerOf says how the pods of a clause's kind are known. Pods of a kind that is in no table name it themselves.
func ownerOf(group, kind string) owner {
	for _, o := range slices.Concat(builtins(), chains()) {
		if strings.EqualFold(o.kind, kind) && o.group == group {
			return o
		}
	}
	return owner{group: group, kind: kind, refGroup: group, refKind: kind, unknown: true}
}

// bare tells the kind of pods that nothing owns.
func (o owner) bare() bool { return o.kind == "Pod" && o.group == "" }

// expression is the regular expression, in RE2's language, that the name in an ownerReference has to match, up to the end of a name,
// which the owner's kind decides. It has no backslash and no brace, so that no language it is put into reads it otherwise.
func (c clause) expression() string {
	var alternatives []string
	for _, n := range slices.Concat(c.names, c.patterns) {
		alternatives = append(alternatives, glob(n))
	}
	if len(alternatives) == 1 {
		return "^" + alternatives[0]
	}
	return "^(" + strings.Join(alternatives, "|") + ")"
}

// glob is a pattern of package path as a regular expression: *, ? and classes. Names of objects have none of what else is special to
// it but the dot.
func glob(pattern string) string {
	var b strings.Builder
	class := false
	for _, r := range pattern {
		switch {
		case r == '[':
			class = true
			b.WriteRune(r)
		case r == ']':
			class = false
			b.WriteRune(r)
		case class:
			b.WriteRune(r)
		case r == '*':
			b.WriteString(".*")
		case r == '?':
			b.WriteString(".")
		case strings.ContainsRune(".+()|^$", r):
			b.WriteString("[" + string(r) + "]")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
