package azurefile

import (
	"regexp"
	"strings"
)

// Said is what words of the driver, of its sidecars or of Kubernetes mean. What was said itself is not passed on: messages of
// drivers may hold keys.
type Said struct {
	Meaning string // without capital and period
	Remedy  string // what to do about it, without period
}

// phrase is one row: words, and what they mean.
type phrase struct {
	words string // a regular expression
	Said
}

// The words of the driver are those of pkg/azurefile/controllerserver.go and nodeserver.go@AZF; those of Azure and Windows are of the
// issues that are named beside them.
func phrases() []phrase {
	return []phrase{
		{`invalid parameter "?([\w./-]+)"? in storage class`, Said{"the driver refuses a parameter of the class", "correct the class: azurefile plan names the parameter and the nearest known one"}},
		{`found unknown parameter key`, Said{"the provisioner refuses a parameter of the class", "correct the class: azurefile plan names the parameter"}},
		{`is not supported, supported \w+ list|invalid \w+:? \S* in storage class|can only contain lowercase letters`, Said{"the driver refuses the value of a parameter of the class", "correct the class: azurefile plan names the value and what is accepted"}},
		{`nfs protocol only supports premium storage`, Said{"nfs shares are for Premium accounts", "use smb, which is what Windows mounts"}},
		{`mountWithOAuthToken is not supported on Windows`, Said{"mounts with a token are for Linux", "use a class whose shares are mounted with the account key"}},
		{`accountName\([^)]*\) or accountKey is empty`, Said{"the driver found no account key", "put the key into the Secret of the volume, and leave mountWith... parameters and storeAccountKey: \"false\" to Linux"}},
		{`AuthorizationFailed|does not have authorization to perform action`, Said{"Azure refuses the identity of the driver", "give the identity the role Storage Account Contributor on the resource group"}},
		{`ResourceGroupNotFound`, Said{"Azure has no such resource group", "correct resourceGroup of the class"}},
		{`StorageAccountAlreadyTaken|StorageAccountNotFound|ResourceNotFound.*storageAccounts`, Said{"Azure has no such storage account for this subscription", "correct storageAccount and resourceGroup of the class"}},
		{`AccountNotFound|could not get (storage|account) key`, Said{"the driver cannot read the key of the account", "let its identity read the keys, or name a Secret with the key"}},
		{`StorageAccountOperationInProgress|TooManyRequests|client throttled`, Said{"Azure has too many requests to answer", "wait, or let the class name a storageAccount"}},
		{`cloud provider is not initialized|no cloud config provided|failed to get cloud config|azure cloud config`, Said{"the driver has no credentials of Azure", "put the cloud configuration into the Secret azure-cloud-provider in kube-system, key cloud-config"}},
		{`secrets .*is forbidden|cannot (get|create) resource "secrets"`, Said{"whoever makes the volume may not store the account key", "grant get and create of secrets: for the in-tree driver azurefile apply --in-tree does it"}},
		{`no volume plugin matched|Failed to get Azure Cloud Provider`, Said{"this Kubernetes has no in-tree driver or no Azure cloud provider", "azurefile migrate makes a class of the CSI driver"}},
		{`driver name file\.csi\.azure\.com not found in the list of registered CSI drivers`, Said{"the driver has not registered on the node", "azurefile check says why"}},
		{`mount operation timed out after \d+ seconds`, Said{"the share was not mounted in time", "let the nodes reach the server of the share on TCP port 445"}},
		{`exit status 0xc0000142`, Said{"Windows cannot start the PowerShell that mounts shares", "restart the node"}}, // azuredisk-csi-driver#2082
		{`[Ss]ystem [Ee]rror 1326|user name or password is incorrect`, Said{"the share refuses the account key (system error 1326)", "put the present key of the account into the Secret of the volume"}},
		{`[Ss]ystem [Ee]rror 53\b|network path was not found`, Said{"the server of the share is not found (system error 53)", "let the nodes resolve its name and reach its TCP port 445"}},
		{`[Ss]ystem [Ee]rror 1219|Multiple connections to a server`, Said{"the node is connected to the server as another user (system error 1219)", "use one account key for all shares of a server"}},
		{`storageclass\.storage\.k8s\.io "[^"]*" not found`, Said{"there is no such class", "make the class, or correct the name in the claim"}},
		{`no persistent volumes available for this claim and no storage class is set`, Said{"the claim names no class, and there is no default one", "name a class, or make one the default: azurefile apply --default"}},
		{`waiting for first consumer`, Said{"the volume is made once a pod uses the claim", "nothing: volumeBindingMode is WaitForFirstConsumer"}},
		// pkg/controller/volume/persistentvolume/pv_controller.go of k8s.io/kubernetes@v1.37.2.
		{`[Ww]aiting for a volume to be created.* external provisioner`, Said{"no driver has answered", "see that the controller of the driver runs and has credentials"}},
	}
}

// Decode tells what words mean; false when they are not known. Words that say more than others come first.
func Decode(message string) (Said, bool) {
	text := strings.Join(strings.Fields(message), " ")
	for _, row := range phrases() {
		if matched, err := regexp.MatchString(row.words, text); err == nil && matched {
			return row.Said, true
		}
	}
	return Said{}, false
}
