package storage

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/survey"
)

var linuxShare = &rule.Rule{
	ID: "WR304", Name: "azurefile-linux-only-volume", Category: rule.Storage, Severity: finding.Error,
	Title: "A Windows pod has an Azure File volume that can be mounted on Linux only",
	Rationale: "The class of the volume makes NFS shares, or has them mounted with an identity. The driver does neither on Windows: the pod stays in " +
		"ContainerCreating, and its events tell of mounts that failed.",
	Remedy:     "Give the claim a class whose shares are SMB and mounted with the account key: kubectl winready azurefile apply makes one.",
	Since:      "v0.1.0",
	References: []string{driverExamples + "nfs/README.md", driverCode + "nodeserver.go"},
	Needs:      []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.StorageClasses, inventory.PersistentVolumeClaims},
	Check:      checkLinuxShare,
}

func checkLinuxShare(p *rule.Pass) {
	why := linuxOnlyClasses(p)
	claims := map[string]string{} // the class by namespace and name
	for _, c := range decoded[corev1.PersistentVolumeClaim](p, inventory.PersistentVolumeClaims) {
		claims[c.Object.Namespace+"/"+c.Object.Name] = azurefile.ClaimClass(&c.Object)
	}
	s := p.Survey()
	for i := range s.Placements {
		at := &s.Placements[i]
		if at.OS != platform.Windows || at.Done {
			continue
		}
		for n, v := range at.Workload.Spec.Volumes {
			class, named := volumeClass(at, &v, claims)
			if reason := why[class]; named && reason != "" {
				p.Reportf(rule.On(at.Workload, "volumes", n), "volume %s of a Windows pod is of StorageClass %s: %s", v.Name, class, reason)
			}
		}
	}
}

// linuxOnlyClasses say why the volumes of classes are for Linux only, by the names of the classes.
func linuxOnlyClasses(p *rule.Pass) map[string]string {
	why := map[string]string{}
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if c.Object.Provisioner != azurefile.Driver {
			continue
		}
		for _, problem := range azurefile.CheckParameters(c.Object.Parameters) {
			if problem.Cause == azurefile.NotWindows {
				why[c.Object.Name] = problem.Message
			}
		}
	}
	return why
}

// volumeClass is the class that a volume of a pod has by its claim; false when it has no claim that is known.
func volumeClass(at *survey.Placement, v *corev1.Volume, claims map[string]string) (string, bool) {
	switch {
	case v.PersistentVolumeClaim != nil:
		class, known := claims[at.Workload.Object.Namespace+"/"+v.PersistentVolumeClaim.ClaimName]
		return class, known
	case v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil && v.Ephemeral.VolumeClaimTemplate.Spec.StorageClassName != nil:
		return *v.Ephemeral.VolumeClaimTemplate.Spec.StorageClassName, true
	}
	return "", false
}
