package azurefile

// Where the parameters are from, in AZF.
const (
	documented = "docs/driver-parameters.md"
	controller = "pkg/azurefile/controllerserver.go, CreateVolume"
)

// skus are the account types of the documentation. Azure compares them without regard to case, as the driver does.
func skus() []string {
	return []string{
		"Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_RAGRS", "Standard_RAGZRS", "Premium_LRS", "Premium_ZRS",
		"StandardV2_LRS", "StandardV2_ZRS", "StandardV2_GRS", "StandardV2_GZRS", "PremiumV2_LRS", "PremiumV2_ZRS",
	}
}

// generalParameters say which share in which account.
func generalParameters() []Parameter {
	return []Parameter{
		{Name: "skuName", Aliases: []string{"storageAccountType"}, Form: Choice, Values: skus(), Fold: true, Default: "Standard_LRS", Scope: Any, InTree: true, Source: documented},
		{Name: "storageAccount", Form: Text, Scope: Any, InTree: true, Source: documented, check: checkAccount},
		{Name: "enableLargeFileShares", Form: Boolean, Default: "false", Scope: Any, Source: documented},
		{Name: "protocol", Form: Choice, Values: []string{"smb", "nfs"}, Default: "smb", Scope: Any, Source: documented},
		{Name: "networkEndpointType", Form: Choice, Values: []string{"", "privateEndpoint", "serviceEndpoint"}, Fold: true, Scope: Any, Source: documented},
		{Name: "location", Form: Text, Scope: Any, InTree: true, Source: documented, check: checkLocation},
		{Name: "resourceGroup", Form: Text, Scope: Any, InTree: true, Source: documented, check: checkResourceGroup},
		{Name: "subscriptionID", Form: Text, Scope: Any, Source: documented, check: checkSubscription},
		{Name: "shareName", Form: Text, Scope: Any, InTree: true, Source: documented, check: checkShare},
		{Name: "shareNamePrefix", Form: Text, Scope: Any, Source: documented, check: checkSharePrefix},
		{Name: "folderName", Form: Text, Scope: Any, Source: documented, check: checkFolder},
		{Name: "createFolderIfNotExist", Form: Boolean, Default: "false", Scope: Any, Since: "v1.34.0", Source: documented},
		{
			Name: "shareAccessTier", Aliases: []string{"accessTier"}, Form: Choice, Values: []string{"", "TransactionOptimized", "Hot", "Cool", "Premium"},
			Scope: Any, Source: documented,
		},
		{Name: "server", Form: Text, Scope: Any, Source: documented},
	}
}

// accountParameters are for accounts that the driver makes or chooses.
func accountParameters() []Parameter {
	return []Parameter{
		{Name: "disableDeleteRetentionPolicy", Form: Boolean, Default: "false", Scope: Any, Source: documented},
		{Name: "allowBlobPublicAccess", Form: Boolean, Default: "false", Scope: Any, Source: documented},
		{Name: "requireInfraEncryption", Form: Boolean, Default: "false", Scope: Any, Source: documented},
		{Name: "storageEndpointSuffix", Form: Text, Scope: Any, Source: documented},
		{Name: "tags", Form: Text, Scope: Any, InTree: true, Source: documented},
		{Name: "tagValueDelimiter", Form: Text, Default: ",", Scope: Any, Source: controller},
		{Name: "matchTags", Form: Boolean, Default: "false", Scope: Any, Source: documented},
		{Name: "selectRandomMatchingAccount", Form: Boolean, Default: "false", Scope: Any, Source: documented},
		{Name: "accountQuota", Form: Number, Min: 100, Default: "102400", Scope: Any, Source: documented},
		{Name: "provisionedIOPS", Form: Number, Scope: Any, Since: "v1.33.4", Source: documented},
		{Name: "provisionedBandwidth", Form: Number, Scope: Any, Since: "v1.33.4", Source: documented},
		{Name: "accountAccessTier", Form: Choice, Values: []string{"", "Hot", "Cool", "Cold", "Premium"}, Scope: Any, Source: controller},
		{Name: "allowCrossTenantReplication", Form: Boolean, Scope: Any, Source: controller},
		{Name: "createAccount", Form: Boolean, Default: "false", Scope: Any, Source: controller},
	}
}

func smbParameters() []Parameter {
	return []Parameter{
		{Name: "storeAccountKey", Form: Boolean, Default: "true", Scope: SMB, Source: documented},
		{Name: "getLatestAccountKey", Form: Boolean, Default: "false", Scope: SMB, Source: documented},
		// The in-tree form of both is documented in content/en/docs/concepts/storage/storage-classes.md of kubernetes/website 1.29.
		{Name: "secretName", Form: Text, Scope: SMB, InTree: true, Source: documented, check: checkSecret},
		{Name: "secretNamespace", Form: Text, Default: "the namespace of the claim", Scope: SMB, InTree: true, Source: documented, check: checkNamespace},
		{Name: "useDataPlaneAPI", Form: Choice, Values: []string{"true", "false", "oauth"}, Fold: true, Default: "false", Scope: SMB, Source: documented},
		{Name: "enableMultichannel", Form: Boolean, Default: "false", Scope: SMB, Source: documented},
		{Name: "useSecretCache", Form: Boolean, Default: "false", Scope: SMB, Source: controller},
	}
}

// Why Windows cannot mount with an identity: NodeStageVolume in pkg/azurefile/nodeserver.go@AZF takes the way of the account key on
// Windows whatever identity is asked for, and there is no key then; setCredentialCacheWithOAuthToken refuses Windows itself.
const (
	identityOnWindows = "mounts with an identity are for Linux: on Windows the driver mounts with the account key, which is not stored then"
	oauthOnWindows    = "the driver refuses it on Windows: mountWithOAuthToken is not supported on Windows"
)

func identityParameters() []Parameter {
	const source = "docs/managed-identity-mount.md and " + controller
	return []Parameter{
		{Name: "clientID", Form: Text, Scope: SMB, Source: documented},
		{Name: "tenantID", Form: Text, Scope: SMB, Source: controller},
		{Name: "mountWithManagedIdentity", Form: Boolean, Default: "false", Scope: SMB, Windows: identityOnWindows, Source: source},
		{Name: "mountWithWorkloadIdentityToken", Form: Boolean, Default: "false", Scope: SMB, Windows: identityOnWindows, Source: source},
		{Name: "mountWithOAuthToken", Form: Boolean, Default: "false", Scope: SMB, Windows: oauthOnWindows, Source: source},
	}
}

func nfsParameters() []Parameter {
	return []Parameter{
		{Name: "allowSharedKeyAccess", Form: Boolean, Default: "true", Scope: Any, Source: documented},
		{Name: "rootSquashType", Form: Choice, Values: []string{"", "AllSquash", "NoRootSquash", "RootSquash"}, Default: "NoRootSquash", Scope: NFS, Source: documented},
		{Name: "mountPermissions", Form: Octal, Default: "0777", Scope: NFS, Source: documented},
		{Name: "encryptInTransit", Form: Boolean, Default: "false", Scope: NFS, Source: documented},
		{Name: "fsGroupChangePolicy", Form: Choice, Values: []string{"", "OnRootMismatch", "Always", "None"}, Default: "OnRootMismatch", Scope: NFS, Source: documented},
	}
}

func networkParameters() []Parameter {
	return []Parameter{
		{Name: "vnetResourceGroup", Form: Text, Scope: Network, Source: documented, check: checkResourceGroup},
		{Name: "vnetName", Form: Text, Scope: Network, Source: documented},
		{Name: "subnetName", Form: Text, Scope: Network, Source: documented},
		{Name: "vnetLinkName", Form: Text, Scope: Network, Source: documented},
		{Name: "privateDNSZoneResourceGroup", Form: Text, Scope: Network, Source: controller, check: checkResourceGroup},
		{Name: "publicNetworkAccess", Form: Choice, Values: []string{"", "Enabled", "Disabled", "SecuredByPerimeter"}, Scope: Network, Source: documented},
	}
}

func otherParameters() []Parameter {
	return []Parameter{
		{Name: "fsType", Form: Choice, Values: []string{"", "cifs", "smb", "nfs", "ext4", "ext3", "ext2", "xfs"}, Scope: Any, Source: controller},
		{Name: "diskName", Form: Text, Scope: Any, Source: controller},
		{Name: "confidentialContainerLabel", Form: Text, Default: "kubernetes.azure.com/kata-cc-isolation", Scope: Any, Source: controller},
		{Name: "runtimeClassHandler", Form: Text, Default: "kata-cc", Scope: Any, Source: controller},
		{Name: "csi.storage.k8s.io/pvc/name", Form: Text, Scope: Sidecar, Source: controller},
		{Name: "csi.storage.k8s.io/pvc/namespace", Form: Text, Scope: Sidecar, Source: controller},
		{Name: "csi.storage.k8s.io/pv/name", Form: Text, Scope: Sidecar, Source: controller},
	}
}

// sidecarParameters name Secrets for the steps of a volume's life: docs/secrets-and-credentials-storage-class.md of
// kubernetes-csi/docs. The driver uses those of deploy/example/storageclass-azurefile-secret.yaml@AZF.
func sidecarParameters() []Parameter {
	var out []Parameter
	for _, step := range []string{"provisioner", "node-stage", "controller-expand", "node-publish", "controller-publish", "node-expand"} {
		for _, what := range []string{"name", "namespace"} {
			out = append(out, Parameter{
				Name: "csi.storage.k8s.io/" + step + "-secret-" + what, Form: Text, Scope: Sidecar,
				Source: "deploy/example/storageclass-azurefile-secret.yaml",
			})
		}
	}
	return out
}
