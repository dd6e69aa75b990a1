package azurefile

import (
	"slices"
	"strings"
)

// together looks for parameters that do not go together: CreateVolume in pkg/azurefile/controllerserver.go@AZF, and the
// documentation where the driver itself says nothing.
func (c *checker) together() {
	account := c.set["storageAccount"]
	if account != "" && c.set["tags"] != "" {
		c.add(Ignored, "tags", "", "tags are for accounts that the driver makes, and storageAccount names %q, which is there already", account)
	}
	if account != "" && c.is("matchTags") {
		c.add(Contradicts, "matchTags", `matchTags: "false"`, "matchTags is for choosing an account, and storageAccount names %q", account)
	}
	if c.set["subscriptionID"] != "" && c.set["resourceGroup"] == "" {
		c.add(Contradicts, "subscriptionID", "", "subscriptionID is set without resourceGroup, which the driver wants beside it")
	}
	if c.set["shareName"] != "" && c.set["shareNamePrefix"] != "" {
		c.add(Ignored, "shareNamePrefix", "", "shareNamePrefix is for names that the driver makes, and shareName is %q", c.set["shareName"])
	}
	if strings.EqualFold(c.set["storeAccountKey"], "true") || c.set["storeAccountKey"] == "" {
		if c.set["allowSharedKeyAccess"] != "" && !c.is("allowSharedKeyAccess") && !c.nfs() && len(c.identities()) == 0 {
			c.add(Contradicts, "allowSharedKeyAccess", "", "allowSharedKeyAccess is %q and storeAccountKey is true: there would be no key to store", c.set["allowSharedKeyAccess"])
		}
	}
	if strings.EqualFold(c.set["useDataPlaneAPI"], "true") && c.set["publicNetworkAccess"] == "Disabled" {
		c.add(Contradicts, "useDataPlaneAPI", "useDataPlaneAPI: oauth", "useDataPlaneAPI is true and publicNetworkAccess is Disabled, which keeps the driver from the data plane")
	}
	c.byType()
	c.byIdentity()
	c.secrets()
}

// byType looks at what only some account types have.
func (c *checker) byType() {
	sku, named := c.sku()
	if !named {
		return
	}
	premium, v2 := strings.HasPrefix(sku, "premium"), strings.Contains(sku, "v2_")
	if c.nfs() && strings.HasPrefix(sku, "standard") {
		c.add(Contradicts, "protocol", "", "protocol nfs is for Premium accounts, and skuName is %q", c.set["skuName"])
	}
	if c.is("enableMultichannel") && !premium {
		c.add(Contradicts, "enableMultichannel", "", "enableMultichannel is for Premium accounts, and skuName is %q", c.set["skuName"])
	}
	for _, name := range []string{"provisionedIOPS", "provisionedBandwidth"} {
		if c.set[name] != "" && !v2 {
			c.add(Contradicts, name, "", "%s is for PremiumV2 and StandardV2 accounts, and skuName is %q", name, c.set["skuName"])
		}
	}
	if tier := c.set["shareAccessTier"]; tier != "" && (tier == "Premium") != premium {
		c.add(Contradicts, "shareAccessTier", "", "shareAccessTier %s is not one that shares of %s accounts have", tier, c.set["skuName"])
	}
}

// identities are the parameters for mounts with an identity that are on.
func (c *checker) identities() []string {
	return slices.DeleteFunc([]string{"mountWithManagedIdentity", "mountWithWorkloadIdentityToken", "mountWithOAuthToken"}, func(name string) bool { return !c.is(name) })
}

func (c *checker) byIdentity() {
	on := c.identities()
	if len(on) > 1 {
		c.add(Contradicts, on[1], "", "%s are true, and the driver takes one of them at most", strings.Join(on, " and "))
	}
	if c.is("mountWithOAuthToken") && c.set["secretName"] == "" {
		c.add(Contradicts, "mountWithOAuthToken", "", "mountWithOAuthToken is true without secretName, which names the Secret with the token")
	}
	if c.is("enableMultichannel") && c.nfs() {
		c.add(Contradicts, "enableMultichannel", "", "enableMultichannel is for smb, and protocol is nfs")
	}
}

// secrets looks for Secrets of sidecars that are named by half: the external provisioner wants both or neither
// (pkg/controller/controller.go of kubernetes-csi/external-provisioner, verifyAndGetSecretNameAndNamespaceTemplate).
func (c *checker) secrets() {
	for _, p := range sidecarParameters() {
		step, isName := strings.CutSuffix(p.Name, "-name")
		if !isName {
			continue
		}
		name, namespace := c.set[p.Name], c.set[step+"-namespace"]
		if name != "" && namespace == "" {
			c.add(Contradicts, p.Name, "", "%s is set without %s-namespace", p.Name, step)
		}
		if name == "" && namespace != "" {
			c.add(Contradicts, step+"-namespace", "", "%s-namespace is set without %s", step, p.Name)
		}
	}
}

func (c *checker) network() {
	private := strings.EqualFold(c.set["networkEndpointType"], "privateEndpoint")
	if private && strings.Contains(c.set["subnetName"], ",") {
		c.add(Contradicts, "subnetName", "", "subnetName is %q, and a private endpoint has one subnet", c.set["subnetName"])
	}
	if !private && c.set["privateDNSZoneResourceGroup"] != "" {
		c.add(Contradicts, "privateDNSZoneResourceGroup", "", "privateDNSZoneResourceGroup is for networkEndpointType privateEndpoint, which is %q", c.set["networkEndpointType"])
	}
}

// windows looks for what Windows pods cannot have: deploy/example/nfs/README.md and NodeStageVolume in
// pkg/azurefile/nodeserver.go@AZF.
func (c *checker) windows() {
	if c.set["protocol"] == "nfs" {
		c.add(NotWindows, "protocol", "protocol: smb", "protocol is nfs, which the driver has for Linux nodes only")
	}
	for _, name := range c.identities() {
		p, _ := LookupParameter(name)
		c.add(NotWindows, name, "", "%s is true: %s", name, p.Windows)
	}
	if v := c.set["allowSharedKeyAccess"]; v != "" && !c.is("allowSharedKeyAccess") && !c.nfs() && c.set["storeAccountKey"] != "" && !c.is("storeAccountKey") {
		c.add(NotWindows, "allowSharedKeyAccess", `allowSharedKeyAccess: "true"`, "allowSharedKeyAccess is %q, and on Windows the driver mounts with the account key only", v)
	}
	switch fs := c.set["fsType"]; fs {
	case "":
	case "nfs":
		c.add(NotWindows, "fsType", "", "fsType is nfs, which the driver has for Linux nodes only")
	case "cifs", "smb":
		c.add(Value, "fsType", "", "fsType is %q, and the driver refuses any fsType unless it runs with --enable-vhd", fs)
	default:
		c.add(NotWindows, "fsType", "", "fsType is %q: a disk in a file, which the driver has for Linux nodes only, and only with --enable-vhd", fs)
	}
}

// idle looks for what has no effect.
func (c *checker) idle() {
	for _, p := range nfsParameters() {
		if c.set[p.Name] != "" && p.Scope == NFS && !c.nfs() {
			c.add(NoEffect, p.Name, "", "%s is for nfs shares and has no effect on smb ones", p.Name)
		}
	}
	if sku, _ := c.sku(); c.is("enableLargeFileShares") && strings.HasPrefix(sku, "premium") {
		c.add(NoEffect, "enableLargeFileShares", "", "enableLargeFileShares has no effect: accounts of skuName %q have large shares anyway", c.set["skuName"])
	}
	if c.is("createFolderIfNotExist") && c.set["folderName"] == "" {
		c.add(NoEffect, "createFolderIfNotExist", "", "createFolderIfNotExist has no effect without folderName")
	}
	for _, name := range []string{"confidentialContainerLabel", "runtimeClassHandler"} {
		if c.set[name] != "" {
			c.add(NoEffect, name, "", "%s has no effect on Windows: it is for confidential containers of Linux nodes", name)
		}
	}
}

// CheckMountOptions says which mount options of a class do nothing on Windows: all of them. NodeStageVolume in
// pkg/azurefile/nodeserver.go@AZF hands New-SmbGlobalMapping the account and its key, and nothing else.
func CheckMountOptions(options []string) []Problem {
	if len(options) == 0 {
		return nil
	}
	return []Problem{{
		Cause: NoEffect, Field: []any{"mountOptions"},
		Message: "the driver drops all mount options on Windows: " + strings.Join(options, ", "),
	}}
}
