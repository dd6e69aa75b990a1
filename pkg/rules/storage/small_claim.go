package storage

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/rule"
)

var smallClaim = &rule.Rule{
	ID: "WR308", Name: "azurefile-claim-rounded-up", Category: rule.Storage, Severity: finding.Info,
	Title: "A claim asks for less than the smallest share that Azure makes",
	Rationale: "A share of a Premium account has at least 100 GiB, and one of a provisioned v2 account at least 32 GiB. The driver rounds smaller " +
		"claims up, and the whole share is paid for.",
	Remedy:     "Ask for what is made anyway, or use a Standard account for small shares.",
	Since:      "v0.1.0",
	References: []string{driverDocs + "driver-parameters.md", driverCode + "controllerserver.go"},
	Needs:      []inventory.Kind{inventory.StorageClasses, inventory.PersistentVolumeClaims},
	Check:      checkSmallClaim,
}

func checkSmallClaim(p *rule.Pass) {
	skus := map[string]string{}
	for _, c := range decoded[storagev1.StorageClass](p, inventory.StorageClasses) {
		if c.Object.Provisioner == azurefile.Driver {
			skus[c.Object.Name] = azurefile.Setting(c.Object.Parameters, "skuName")
		}
	}
	for _, c := range decoded[corev1.PersistentVolumeClaim](p, inventory.PersistentVolumeClaims) {
		sku := skus[azurefile.ClaimClass(&c.Object)]
		asked := c.Object.Spec.Resources.Requests[corev1.ResourceStorage]
		if least := smallest(sku); asked.Sign() > 0 && asked.Cmp(least) < 0 {
			p.Reportf(c.at("spec", "resources", "requests", "storage"), "the claim asks for %s, and a share of %s has at least %s", asked.String(), sku, least.String())
		}
	}
}

// smallest is the least that a share of an account type can have: minimumPremiumShareSize and minimumV2ShareSize in
// pkg/azurefile/azurefile.go of the driver.
func smallest(sku string) resource.Quantity {
	sku = strings.ToLower(sku)
	switch {
	case strings.Contains(sku, "v2_"):
		return resource.MustParse("32Gi")
	case strings.HasPrefix(sku, "premium"):
		return resource.MustParse("100Gi")
	}
	return resource.Quantity{}
}
