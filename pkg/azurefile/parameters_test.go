package azurefile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

// lines are problems in short: cause, field and message.
func lines(problems []azurefile.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, string(p.Cause)+": "+p.Field.String()+": "+p.Message)
	}
	return out
}

// TestDocumentationsExamples holds the check against the classes of deploy/example of the driver: those for SMB are fine, and of the
// others it says what they are.
func TestDocumentationsExamples(t *testing.T) {
	t.Parallel()
	secrets := map[string]string{}
	for _, step := range []string{"provisioner", "node-stage", "controller-expand"} {
		secrets["csi.storage.k8s.io/"+step+"-secret-name"] = "azure-secret"
		secrets["csi.storage.k8s.io/"+step+"-secret-namespace"] = "default"
	}
	for name, c := range map[string]struct {
		parameters map[string]string
		want       []string
	}{
		"storageclass-azurefile-csi.yaml": {parameters: map[string]string{"skuName": "Premium_LRS"}},
		"storageclass-azurefile-existing-share.yaml": {parameters: map[string]string{
			"subscriptionID": "11111111-2222-3333-4444-555555555555", "resourceGroup": "EXISTING_RESOURCE_GROUP_NAME", "storageAccount": "existingaccount",
			"shareName": "share-1",
		}},
		"storageclass-azurefile-large-scale.yaml":   {parameters: map[string]string{"skuName": "Premium_LRS", "useDataPlaneAPI": "true", "disableDeleteRetentionPolicy": "true"}},
		"storageclass-azurefile-secret.yaml":        {parameters: secrets},
		"storageclass-azurefile-csi-premiumv2.yaml": {parameters: map[string]string{"skuName": "PremiumV2_LRS"}},
		"storageclass-azurefile-largefileshares.yaml": {
			parameters: map[string]string{"skuName": "Premium_LRS", "enableLargeFileShares": "true"},
			want:       []string{`no effect: parameters.enableLargeFileShares: enableLargeFileShares has no effect: accounts of skuName "Premium_LRS" have large shares anyway`},
		},
		"storageclass-azurefile-nfs.yaml": {
			parameters: map[string]string{"protocol": "nfs", "skuName": "Premium_LRS"},
			want:       []string{"windows: parameters.protocol: protocol is nfs, which the driver has for Linux nodes only"},
		},
		"disk/storageclass-azurefile-csi.yaml": {
			parameters: map[string]string{"skuName": "Premium_LRS", "fsType": "ext4"},
			want: []string{
				`windows: parameters.fsType: fsType is "ext4": a disk in a file, which the driver has for Linux nodes only, and only with --enable-vhd`,
			},
		},
	} {
		if diff := cmp.Diff(lines(azurefile.CheckParameters(c.parameters)), c.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
}

func TestParametersThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		parameters map[string]string
		want       []string
	}{
		"unknown, with the nearest": {
			map[string]string{"skuNmae": "x", "zzz": "1"},
			[]string{`unknown: parameters.skuNmae: the driver has no parameter "skuNmae"; the nearest it has is "skuName"`, `unknown: parameters.zzz: the driver has no parameter "zzz"`},
		},
		"outside the set": {
			map[string]string{"skuName": "Gold", "accountQuota": "99", "mountPermissions": "0789", "matchTags": "yes", "networkEndpointType": "public"},
			[]string{
				`value: parameters.accountQuota: accountQuota is "99": want a whole number of at least 100`,
				`value: parameters.matchTags: matchTags is "yes": want "true" or "false"`,
				`value: parameters.mountPermissions: mountPermissions is "0789": want an octal number, such as 0777`,
				`no effect: parameters.mountPermissions: mountPermissions is for nfs shares and has no effect on smb ones`,
				`value: parameters.networkEndpointType: networkEndpointType is "public": want privateEndpoint or serviceEndpoint`,
				`value: parameters.skuName: skuName is "Gold": want Standard_LRS, Standard_ZRS, Standard_GRS, Standard_RAGRS, Standard_RAGZRS, Premium_LRS, ` +
					`Premium_ZRS, StandardV2_LRS, StandardV2_ZRS, StandardV2_GRS, StandardV2_GZRS, PremiumV2_LRS or PremiumV2_ZRS`,
			},
		},
		"the case of names and of account types does not matter": {map[string]string{"SKUNAME": "standard_lrs", "Protocol": "smb"}, nil},
		"one parameter twice": {
			map[string]string{"skuName": "Standard_LRS", "storageAccountType": "Premium_LRS"},
			[]string{`contradicts: parameters.storageAccountType: "skuName" and "storageAccountType" are the same parameter to the driver, which takes either`},
		},
		"names that Azure refuses": {
			map[string]string{"storageAccount": "My-Account", "shareName": "a--b", "resourceGroup": "ends.", "subscriptionID": "prod", "folderName": "a/../b", "shareNamePrefix": "Abc"},
			[]string{
				`value: parameters.folderName: folderName is "a/../b": want a path without empty, . and .. segments`,
				`value: parameters.resourceGroup: resourceGroup is "ends.": want 1 to 90 letters, digits and _ ( ) - . with no period last, as Azure names resource groups`,
				`value: parameters.shareName: shareName is "a--b": want no two hyphens in a row, as Azure names shares`,
				`value: parameters.shareNamePrefix: shareNamePrefix is "Abc": want at most 20 lower-case letters, digits and hyphens, with a letter or digit first`,
				`ignored: parameters.shareNamePrefix: shareNamePrefix is for names that the driver makes, and shareName is "a--b"`,
				`value: parameters.storageAccount: storageAccount is "My-Account": want 3 to 24 lower-case letters and digits, as Azure names storage accounts`,
				`value: parameters.subscriptionID: subscriptionID is "prod": want the ID of a subscription, such as 00000000-0000-0000-0000-000000000000`,
			},
		},
		"an account that is there, and tags for a new one": {
			map[string]string{"storageAccount": "shared1", "tags": "team=web", "matchTags": "true"},
			[]string{
				`contradicts: parameters.matchTags: matchTags is for choosing an account, and storageAccount names "shared1"`,
				`ignored: parameters.tags: tags are for accounts that the driver makes, and storageAccount names "shared1", which is there already`,
			},
		},
		"a protocol and an account type that has it not": {
			map[string]string{"protocol": "nfs", "skuName": "Standard_LRS"},
			[]string{
				`contradicts: parameters.protocol: protocol nfs is for Premium accounts, and skuName is "Standard_LRS"`,
				`windows: parameters.protocol: protocol is nfs, which the driver has for Linux nodes only`,
			},
		},
		"mounts with an identity": {
			map[string]string{"mountWithOAuthToken": "true", "secretName": "token", "mountWithManagedIdentity": "false"},
			[]string{
				`windows: parameters.mountWithOAuthToken: mountWithOAuthToken is true: the driver refuses it on Windows: mountWithOAuthToken is not supported on Windows`,
			},
		},
		"no shared key": {
			map[string]string{"allowSharedKeyAccess": "false", "storeAccountKey": "false"},
			[]string{`windows: parameters.allowSharedKeyAccess: allowSharedKeyAccess is "false", and on Windows the driver mounts with the account key only`},
		},
		"half a Secret": {
			map[string]string{"csi.storage.k8s.io/node-stage-secret-name": "key"},
			[]string{`contradicts: parameters[csi.storage.k8s.io/node-stage-secret-name]: csi.storage.k8s.io/node-stage-secret-name is set without csi.storage.k8s.io/node-stage-secret-namespace`},
		},
		"tags": {
			map[string]string{"tags": "team"},
			[]string{`value: parameters.tags: tags are "team": want KEY=VALUE,KEY=VALUE; got "team"`},
		},
		"a private endpoint": {
			map[string]string{"networkEndpointType": "privateendpoint", "subnetName": "a,b"},
			[]string{`contradicts: parameters.subnetName: subnetName is "a,b", and a private endpoint has one subnet`},
		},
		"throughput of an account that has no such thing": {
			map[string]string{"skuName": "Standard_LRS", "provisionedIOPS": "500"},
			[]string{`contradicts: parameters.provisionedIOPS: provisionedIOPS is for PremiumV2 and StandardV2 accounts, and skuName is "Standard_LRS"`},
		},
	} {
		if diff := cmp.Diff(lines(azurefile.CheckParameters(c.parameters)), c.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
}

// TestShareNames holds the naming rules at their edges.
func TestShareNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	for name, good := range map[string]bool{
		"abc": true, "a-1": true, long: true, "${pvc.metadata.namespace}-${pvc.metadata.name}": true,
		"ab": false, long + "a": false, "-ab": false, "ab-": false, "aBc": false, "a_b": false, "${pod.name}": false,
	} {
		if got := len(azurefile.CheckParameters(map[string]string{"shareName": name})) == 0; got != good {
			t.Errorf("%q: taken %v, want %v", name, got, good)
		}
	}
}

// TestTable holds the table to what its readers expect.
func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range azurefile.Parameters() {
		for _, name := range append([]string{p.Name}, p.Aliases...) {
			if low := strings.ToLower(name); seen[low] {
				t.Errorf("%s is there twice", name)
			} else {
				seen[low] = true
			}
			if found, ok := azurefile.LookupParameter(strings.ToUpper(name)); !ok || found.Name != p.Name {
				t.Errorf("%s is found as %q", name, found.Name)
			}
		}
		if p.Source == "" || (p.Form == azurefile.Choice) != (len(p.Values) > 0) {
			t.Errorf("%s: no source, or values that do not go with the form", p.Name)
		}
		if p.Form == azurefile.Choice && p.Default != "" && !slices.Contains(p.Values, p.Default) {
			t.Errorf("%s: the default %q is not accepted", p.Name, p.Default)
		}
	}
}
