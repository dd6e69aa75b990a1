package plugin

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

// classOptions are the flags that say which class is wanted.
type classOptions struct {
	name       string
	parameters []string
	flags      map[string]*string // by the parameters that they set
	reclaim    string
	binding    string
	expansion  bool
	mount      []string
	keep       bool
	isDefault  bool
	unset      bool
	inTree     bool
	replace    bool
}

// parameterFlags are the flags for single parameters; --parameter sets any other.
func parameterFlags() [][3]string {
	return [][3]string{
		{"sku", "skuName", "`TYPE` of the storage account, such as Standard_LRS or Premium_LRS"},
		{"storage-account", "storageAccount", "`NAME` of a storage account that is there; without it the driver chooses or makes one"},
		{"resource-group", "resourceGroup", "resource group of the account, a `NAME`"},
		{"location", "location", "Azure `REGION` of the account, such as eastus"},
		{"share-name", "shareName", "`NAME` of the share, for all claims; without it the driver makes one for each"},
		{"protocol", "protocol", "`PROTOCOL` of the shares: smb, which is all that Windows can mount"},
		{"secret-name", "secretName", "`NAME` of the Secret with the account key"},
		{"secret-namespace", "secretNamespace", "`NAMESPACE` of Secrets with account keys; without it that of the claim"},
		{"network-endpoint-type", "networkEndpointType", "`TYPE` of endpoint for an account that the driver makes: privateEndpoint or serviceEndpoint"},
		{"tags", "tags", "`KEY=VALUE,...` for an account that the driver makes"},
	}
}

func (o *classOptions) addFlags(cmd *cobra.Command) {
	o.flags = map[string]*string{}
	flagSection(cmd, "Class", func(f *pflag.FlagSet) {
		f.StringVar(&o.name, "name", azurefile.DefaultName, "`NAME` of the class")
		for _, flag := range parameterFlags() {
			o.flags[flag[0]] = f.String(flag[0], "", flag[2])
		}
		f.StringArrayVar(&o.parameters, "parameter", nil, "any parameter of the driver, as `NAME=VALUE` (repeatable)")
		f.StringVar(&o.reclaim, "reclaim-policy", "Delete", "what becomes of shares whose claims are gone, a `POLICY`: Delete or Retain")
		f.StringVar(&o.binding, "binding-mode", "Immediate", "when volumes are made, a `MODE`: Immediate or WaitForFirstConsumer")
		f.BoolVar(&o.expansion, "allow-expansion", true, "let claims grow")
		f.StringArrayVar(&o.mount, "mount-option", nil, "mount `OPTION`, which is left out, as Windows drops it (repeatable)")
		f.BoolVar(&o.keep, "keep-mount-options", false, "keep the mount options, for Linux pods that share the class")
		f.BoolVar(&o.isDefault, "default", false, "make it the default class")
		f.BoolVar(&o.unset, "unset-default", false, "with --default, make other classes no longer the default")
		f.BoolVar(&o.inTree, "in-tree", false, "for Kubernetes before 1.30: a class of the in-tree driver, with the RBAC that it needs")
		f.BoolVar(&o.replace, "replace", false, "delete and make anew a class of which an immutable field differs")
	})
	words(cmd, "reclaim-policy", cobra.ShellCompDirectiveNoFileComp, "Delete", "Retain")
	words(cmd, "binding-mode", cobra.ShellCompDirectiveNoFileComp, "Immediate", "WaitForFirstConsumer")
	words(cmd, "protocol", cobra.ShellCompDirectiveNoFileComp, "smb")
	if sku, ok := azurefile.LookupParameter("skuName"); ok {
		words(cmd, "sku", cobra.ShellCompDirectiveNoFileComp, sku.Values...)
	}
	var names []string
	for _, p := range azurefile.Parameters() {
		names = append(names, p.Name+"=")
	}
	words(cmd, "parameter", cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace, names...)
}

// request is what the flags ask for; what is wrong with it goes to p.
func (o *classOptions) request(p *problems, cmd *cobra.Command) azurefile.Request {
	r := azurefile.Request{
		Name: o.name, Parameters: map[string]string{}, MountOptions: o.mount, Keep: o.keep, NoExpansion: !o.expansion,
		Reclaim: corev1.PersistentVolumeReclaimPolicy(o.reclaim), Binding: storagev1.VolumeBindingMode(o.binding),
		Default: o.isDefault, Unset: o.unset, InTree: o.inTree, Replace: o.replace,
	}
	for _, spec := range o.parameters {
		name, value, pair := strings.Cut(spec, "=")
		if _, twice := r.Parameters[name]; !pair || name == "" || twice {
			p.add("--parameter %q: want NAME=VALUE, each name once", spec)
			continue
		}
		r.Parameters[name] = value
	}
	for _, flag := range parameterFlags() {
		if !cmd.Flags().Changed(flag[0]) {
			continue
		}
		if _, twice := r.Parameters[flag[1]]; twice {
			p.add("--%s and --parameter %s: want one of them", flag[0], flag[1])
		}
		r.Parameters[flag[1]] = *o.flags[flag[0]]
	}
	if o.name == "" {
		p.add(`--name "": want the name of a class`)
	}
	if o.unset && !o.isDefault {
		p.add("--unset-default is about --default")
	}
	if o.keep && len(o.mount) == 0 {
		p.add("--keep-mount-options is about --mount-option")
	}
	for _, problem := range r.Problems() {
		p.add("%s", problem.Message)
	}
	return r
}
