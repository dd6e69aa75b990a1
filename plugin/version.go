package plugin

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// Version is what this build is.
type Version struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"` // Version
	Version    string `json:"version"`
	Commit     string `json:"commit,omitempty"`
	Date       string `json:"date,omitempty"` // of the commit, RFC 3339
	Helm       string `json:"helm,omitempty"` // the Helm whose rendering it has; not known to a test binary
	Go         string `json:"go"`
	Platform   string `json:"platform"`
}

// buildVersion reads what the Go command stamped: the tag or pseudo-version of the commit that was built.
func buildVersion() Version {
	v := Version{
		APIVersion: patch.APIVersion,
		Kind:       "Version",
		Version:    "(devel)",
		Go:         runtime.Version(),
		Platform:   runtime.GOOS + "/" + runtime.GOARCH,
	}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if build.Main.Version != "" {
		v.Version = build.Main.Version
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		}
	}
	for _, dep := range build.Deps {
		if dep.Path == "helm.sh/helm/v3" {
			v.Helm = dep.Version
		}
	}
	return v
}

func newVersionCmd(deps Deps) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program, and of the Helm it renders with",
		Long:  "Print the version of this program, of the Helm whose rendering is built into it, and of Go.",
		Example: `  kubectl winready version
  kubectl winready version --output json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := buildVersion()
			switch output {
			case "":
				return writeVersionText(deps, v)
			case "json", "yaml":
				return writeVersion(deps, v, output)
			}
			return usage(cmd, fmt.Sprintf(`--output %q: want "json" or "yaml"`, output))
		},
	}
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&output, "output", "o", "", "`FORMAT`: json or yaml (default: one line of text)")
	})
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, "json", "yaml")
	return cmd
}

func writeVersion(deps Deps, v Version, format string) error {
	data, err := printer.JSON(v)
	if err != nil {
		return err
	}
	if format == "yaml" {
		if data, err = yaml.JSONToYAML(data); err != nil {
			return err
		}
	}
	_, err = deps.Out.Write(data)
	return err
}

func writeVersionText(deps Deps, v Version) error {
	parts := []string{v.Go, v.Platform}
	if v.Helm != "" {
		parts = append([]string{"helm " + v.Helm}, parts...)
	}
	_, err := fmt.Fprintf(deps.Out, "winready %s (%s)\n", v.Version, strings.Join(parts, ", "))
	return err
}
