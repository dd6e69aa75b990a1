package plugin

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rules"
)

func newRulesCmd(deps Deps) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "Print the catalogue of rules, or one rule with its examples",
		Long: `Print the rules that lint and audit look for, or one of them: what is wrong, what happens to the pods, what to do about
it, and where the facts are from, with an example that breaks it and one that does not.

ID is the ID of a rule, as findings have it, or its name. A finding is accepted for one object by an annotation with a
reason: winready.dev/ignore: "WR101 reason".`,
		Example: `  # What could be found?
  kubectl winready rules

  # What does that finding mean?
  kubectl winready rules WR101

  # For a script
  kubectl winready rules --output json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(cmd, "rules takes one ID, got "+quoted(args))
			}
			return nil
		},
		ValidArgsFunction: completeRules,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, ok := printer.LookupCatalogue(output)
			if !ok {
				return usage(cmd, fmt.Sprintf("--output %q: want %s", output, quoted(catalogueFormats().names())))
			}
			style := deps.style(deps.OutTerminal)
			if len(args) == 0 {
				return format.Catalogue(deps.Out, rules.All(), style)
			}
			r, ok := rules.Lookup(args[0])
			if !ok {
				err := usage(cmd, fmt.Sprintf("there is no rule %q", args[0]))
				err.hint = cmd.CommandPath() + " lists them"
				return err
			}
			bad, want, good := rules.Examples(r.ID)
			return format.Rule(deps.Out, printer.Documented{Rule: r, Bad: bad, Want: want, Good: good}, style)
		},
	}
	flagSection(cmd, "Output", func(f *pflag.FlagSet) {
		f.StringVarP(&output, "output", "o", "text", "`FORMAT`: "+strings.Join(catalogueFormats().names(), ", "))
	})
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, catalogueFormats().names()...)
	return cmd
}

func completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID+"\t"+r.Title)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
