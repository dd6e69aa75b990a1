package azurefile

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"
)

// The naming rules of Azure: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and, for shares,
// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-shares--directories--files--and-metadata.
var (
	accountName      = regexp.MustCompile(`^[a-z0-9]{3,24}$`)
	shareLetters     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	sharePrefix      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)
	resourceGroup    = regexp.MustCompile(`^[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$`)
	subscription     = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	location         = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ]*$`)
	placeholder      = regexp.MustCompile(`\$\{(pvc\.metadata\.name|pvc\.metadata\.namespace|pv\.metadata\.name)\}`)
	folderCharacters = regexp.MustCompile(`["\\:|<>*?\x00-\x1f]`)
)

// The lengths that Azure allows.
const (
	minShare, maxShare    = 3, 63
	maxGroup              = 90
	maxTags               = 50
	maxTagName, maxTagTxt = 128, 256 // of the tags of a storage account
)

func checkAccount(v string) string {
	if accountName.MatchString(v) {
		return ""
	}
	return "want 3 to 24 lower-case letters and digits, as Azure names storage accounts"
}

// checkShare looks at the name of a share, in which the driver puts names of the claim and the volume for placeholders.
func checkShare(v string) string {
	open := placeholder.ReplaceAllString(v, "x")
	length := utf8.RuneCountInString(open)
	switch {
	case strings.Contains(open, "${"):
		return "want as placeholders only ${pvc.metadata.name}, ${pvc.metadata.namespace} and ${pv.metadata.name}"
	case open == v && length < minShare, length > maxShare:
		return fmt.Sprintf("want %d to %d characters, as Azure names shares; it has %d", minShare, maxShare, length)
	case !shareLetters.MatchString(open):
		return "want lower-case letters, digits and hyphens, with a letter or digit first and last, as Azure names shares"
	case strings.Contains(open, "--"):
		return "want no two hyphens in a row, as Azure names shares"
	}
	return ""
}

// checkSharePrefix follows isSupportedShareNamePrefix in pkg/azurefile/azurefile.go@AZF.
func checkSharePrefix(v string) string {
	if sharePrefix.MatchString(v) {
		return ""
	}
	return "want at most 20 lower-case letters, digits and hyphens, with a letter or digit first"
}

func checkResourceGroup(v string) string {
	if resourceGroup.MatchString(v) && utf8.RuneCountInString(v) <= maxGroup {
		return ""
	}
	return fmt.Sprintf("want 1 to %d letters, digits and _ ( ) - . with no period last, as Azure names resource groups", maxGroup)
}

func checkSubscription(v string) string {
	if subscription.MatchString(v) {
		return ""
	}
	return "want the ID of a subscription, such as 00000000-0000-0000-0000-000000000000"
}

// checkLocation takes eastus and East US for the same, as Azure does.
func checkLocation(v string) string {
	if location.MatchString(v) {
		return ""
	}
	return "want the name of an Azure region, such as eastus"
}

func checkSecret(v string) string {
	return strings.Join(validation.IsDNS1123Subdomain(v), "; ")
}

func checkNamespace(v string) string {
	return strings.Join(validation.IsDNS1123Label(v), "; ")
}

// checkFolder follows isValidFolderName in pkg/azurefile/utils.go@AZF.
func checkFolder(v string) string {
	path := strings.Trim(v, "/")
	if path == "" {
		return ""
	}
	for segment := range strings.SplitSeq(path, "/") {
		switch {
		case segment == "", segment == ".", segment == "..":
			return "want a path without empty, . and .. segments"
		case folderCharacters.MatchString(segment):
			return `want a path without " \ : | < > * ? and control characters`
		}
	}
	return ""
}

// checkTags looks at the tags of an account: ConvertTagsToMap in pkg/azurefile/utils.go@AZF, and
// https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources.
func checkTags(v, delimiter string) string {
	if delimiter == "" {
		delimiter = ","
	}
	tags := strings.Split(v, delimiter)
	if len(tags) > maxTags {
		return fmt.Sprintf("want at most %d tags; it has %d", maxTags, len(tags))
	}
	for _, tag := range tags {
		name, text, pair := strings.Cut(tag, "=")
		name, text = strings.TrimSpace(name), strings.TrimSpace(text)
		switch {
		case !pair || name == "":
			return fmt.Sprintf("want KEY=VALUE%sKEY=VALUE; got %q", delimiter, tag)
		case strings.ContainsAny(name, `<>%&\?/`):
			return fmt.Sprintf(`want names of tags without < > %% & \ ? /; got %q`, name)
		case len(name) > maxTagName, len(text) > maxTagTxt:
			return fmt.Sprintf("want tags with at most %d characters in the name and %d in the value; got %q", maxTagName, maxTagTxt, name)
		}
	}
	return ""
}
