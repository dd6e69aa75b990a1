package plugin

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// sectionKey annotates a flag with the section of the help that it is shown in; valueKey with the name of its value there,
// which pflag would rather have in backquotes in the text. Completions show the text as it is, and must not have them.
const (
	sectionKey = "winready_section"
	valueKey   = "winready_value"
)

// flagSection adds flags to cmd that its help shows together, in the order of their definition.
func flagSection(cmd *cobra.Command, title string, define func(*pflag.FlagSet)) {
	section := pflag.NewFlagSet(title, pflag.ContinueOnError)
	section.SortFlags = false
	define(section)
	cmd.Flags().SortFlags = false
	section.VisitAll(func(f *pflag.Flag) {
		value, text := pflag.UnquoteUsage(f)
		f.Usage = text
		f.Annotations = map[string][]string{sectionKey: {title}, valueKey: {value}}
		cmd.Flags().AddFlag(f)
	})
}

// flagSections are the flags of cmd by section, in the order of their definition; those without one come last.
func flagSections(cmd *cobra.Command) []*pflag.FlagSet {
	var sections []*pflag.FlagSet
	add := func(title string, original *pflag.Flag) {
		f := withValueName(original)
		for _, s := range sections {
			if s.Name() == title {
				s.AddFlag(f)
				return
			}
		}
		s := pflag.NewFlagSet(title, pflag.ContinueOnError)
		s.SortFlags = false
		s.AddFlag(f)
		sections = append(sections, s)
	}
	var rest []*pflag.Flag
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		switch title := f.Annotations[sectionKey]; {
		case f.Hidden:
		case len(title) == 0:
			rest = append(rest, f)
		default:
			add(title[0], f)
		}
	})
	for _, f := range rest {
		add("Other", f)
	}
	return sections
}

// withValueName is a copy of f whose text has the name of the value in backquotes, where it has a name.
func withValueName(f *pflag.Flag) *pflag.Flag {
	quoted := *f
	if value := f.Annotations[valueKey]; len(value) > 0 && value[0] != "" {
		quoted.Usage = strings.Replace(f.Usage, value[0], "`"+value[0]+"`", 1)
	}
	return &quoted
}

// hasFlags tells whether a command has flags of its own, but for the help.
func hasFlags(cmd *cobra.Command) bool {
	found := false
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { found = found || f.Name != "help" })
	return found
}

// usageFunc writes how a command is called, its examples, the commands below it and its flags by section.
func usageFunc(deps Deps) func(*cobra.Command) error {
	columns := deps.OutTerminal.Columns
	if columns == 0 || columns > 120 {
		columns = 120
	}
	return func(cmd *cobra.Command) error {
		var b strings.Builder
		switch {
		case cmd.HasAvailableSubCommands() && hasFlags(cmd): // it does something itself, too
			fmt.Fprintf(&b, "Usage:\n  %s\n  %s COMMAND\n", cmd.UseLine(), cmd.CommandPath())
		case cmd.HasAvailableSubCommands():
			fmt.Fprintf(&b, "Usage:\n  %s COMMAND\n", cmd.CommandPath())
		default:
			fmt.Fprintf(&b, "Usage:\n  %s\n", cmd.UseLine())
		}
		if cmd.HasExample() {
			fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
		}
		if cmd.HasAvailableSubCommands() {
			b.WriteString("\nCommands:\n")
			for _, child := range cmd.Commands() {
				if child.IsAvailableCommand() {
					fmt.Fprintf(&b, "  %-*s  %s\n", child.NamePadding(), child.Name(), child.Short)
				}
			}
		}
		for _, section := range flagSections(cmd) {
			fmt.Fprintf(&b, "\n%s flags:\n%s", section.Name(), section.FlagUsagesWrapped(columns))
		}
		_, err := io.WriteString(cmd.OutOrStdout(), b.String())
		return err
	}
}

// words completes the value of a flag with a fixed list of words.
func words(cmd *cobra.Command, flag string, directive cobra.ShellCompDirective, list ...string) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return list, directive }
	// The only error is a flag that does not exist, which the test of completions would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, complete)
}

// quoted lists names for a message: "a", "b" or "c".
func quoted(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%q", names[0])
	}
	var b strings.Builder
	for i, name := range names[:len(names)-1] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", name)
	}
	fmt.Fprintf(&b, " or %q", names[len(names)-1])
	return b.String()
}
