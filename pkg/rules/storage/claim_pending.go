package storage

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var claimPending = &rule.Rule{
	ID: "WR313", Name: "azurefile-claim-pending", Category: rule.Storage, Severity: finding.Error,
	Title: "A claim for an Azure File volume is pending",
	Rationale: "A pod waits for the volumes of its claims. Why a volume is not made, the provisioner and Kubernetes say in events of the claim, which " +
		"are gone after an hour.",
	Remedy:     "The finding says what the events mean, and what to do about it. Without events, look at the log of csi-azurefile-controller.",
	Since:      "v0.1.0",
	References: []string{driverCode + "controllerserver.go", driverDocs + "csi-debug.md"},
	Needs:      []inventory.Kind{inventory.StorageClasses, inventory.PersistentVolumeClaims, inventory.ClaimEvents},
	Check:      checkClaimPending,
}

func checkClaimPending(p *rule.Pass) {
	waits := map[string]bool{} // the classes of Azure File, and whether their volumes are made for pods
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if c.Object.Provisioner == azurefile.Driver || c.Object.Provisioner == azurefile.InTree {
			mode := c.Object.VolumeBindingMode
			waits[c.Object.Name] = mode != nil && *mode == storagev1.VolumeBindingWaitForFirstConsumer
		}
	}
	events := claimEvents(p)
	for _, c := range decoded[corev1.PersistentVolumeClaim](p, inventory.PersistentVolumeClaims) {
		wait, ours := waits[azurefile.ClaimClass(&c.Object)]
		if !ours || c.Object.Status.Phase != corev1.ClaimPending {
			continue
		}
		said, known := meaning(events[c.Object.Namespace+"/"+c.Object.Name])
		if wait && !known {
			continue // until a pod uses it, that is as it has to be
		}
		target := c.at("status", "phase").Fix("%s", said.Remedy)
		p.Reportf(target, "the claim, of StorageClass %s, is pending: %s", azurefile.ClaimClass(&c.Object), said.Meaning)
	}
}

// claimEvents are the events about claims, by namespace and name, the newest first.
func claimEvents(p *rule.Pass) map[string][]corev1.Event {
	events := map[string][]corev1.Event{}
	for _, e := range decoded[corev1.Event](p, inventory.ClaimEvents) {
		if about := e.Object.InvolvedObject; about.Kind == "PersistentVolumeClaim" {
			key := about.Namespace + "/" + about.Name
			events[key] = append(events[key], e.Object)
		}
	}
	for _, list := range events {
		slices.SortStableFunc(list, func(a, b corev1.Event) int { return b.LastTimestamp.Compare(a.LastTimestamp.Time) })
	}
	return events
}

// meaning is what the newest event that is understood means. That nobody has answered says least, and comes last.
func meaning(events []corev1.Event) (azurefile.Said, bool) {
	slices.SortStableFunc(events, func(a, b corev1.Event) int { return vague(a) - vague(b) })
	for _, e := range events {
		if said, known := azurefile.Decode(e.Message); known {
			return said, true
		}
	}
	if len(events) > 0 {
		return azurefile.Said{Meaning: "its last event is " + events[0].Reason + ", in words that are not known", Remedy: "look at the events of the claim: kubectl describe pvc"}, true
	}
	return azurefile.Said{Meaning: "it has no events", Remedy: "look at the log of the driver's controller"}, false
}

func vague(e corev1.Event) int {
	if strings.HasPrefix(e.Reason, "ExternalProvision") || e.Reason == "Provisioning" {
		return 1
	}
	return 0
}
