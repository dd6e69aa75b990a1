package plugin

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// helmPlugin is our name among Helm's plugins. The post-renderer has another: Helm 4 lets no two plugins have the same, whatever
// their types (helm.sh/helm/v4@v4.2.4, internal/plugin/loader.go).
const helmPlugin = "winready"

// helmFlags are the flags that say what Helm's variables say. Helm reads them itself, wherever in the line they are, and leaves its
// plugins only these variables: cmd/helm/load_plugins.go and pkg/cli/environment.go of helm.sh/helm/v3@v3.22.0.
func helmFlags() []struct{ flag, variable string } {
	return []struct{ flag, variable string }{
		{"context", "HELM_KUBECONTEXT"},
		{"token", "HELM_KUBETOKEN"},
		{"as", "HELM_KUBEASUSER"},
		{"as-group", "HELM_KUBEASGROUPS"},
		{"server", "HELM_KUBEAPISERVER"},
		{"certificate-authority", "HELM_KUBECAFILE"},
		{"tls-server-name", "HELM_KUBETLS_SERVER_NAME"},
		{"insecure-skip-tls-verify", "HELM_KUBEINSECURE_SKIP_TLS_VERIFY"},
	}
}

// fromHelm gives a command of "helm winready" the flags that Helm has kept.
func fromHelm(cmd *cobra.Command, deps Deps) error {
	if deps.Env("HELM_PLUGIN_NAME") != helmPlugin || cmd.Flags().Lookup("context") == nil {
		return nil
	}
	chart := cmd.Flags().Lookup("kube-version") != nil // a chart's --insecure-skip-tls-verify is about where it comes from
	for _, f := range helmFlags() {
		value := deps.Env(f.variable)
		flag := cmd.Flags().Lookup(f.flag)
		if value == "" || flag == nil || flag.Changed || value == "false" || chart && f.flag == "insecure-skip-tls-verify" {
			continue
		}
		if err := cmd.Flags().Set(f.flag, value); err != nil {
			return usage(cmd, f.variable+": "+err.Error())
		}
	}
	namespace := cmd.Flags().Lookup("namespace")
	if asked := deps.Env("HELM_NAMESPACE"); namespace != nil && !namespace.Changed && asked != "" && asked != ownNamespace(deps) {
		return cmd.Flags().Set("namespace", asked)
	}
	return nil
}

// ownNamespace is that of the kubeconfig's context. Helm names it where nobody asked for one, and a command that looks at every
// namespace is not to be narrowed by that.
func ownNamespace(deps Deps) string {
	config := genericclioptions.NewConfigFlags(false)
	*config.Context = deps.Env("HELM_KUBECONTEXT")
	namespace, _, err := config.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return ""
	}
	return namespace
}
