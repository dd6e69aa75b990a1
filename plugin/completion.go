package plugin

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCompletionCmd(deps Deps) *cobra.Command {
	shells := []string{"bash", "fish", "powershell", "zsh"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script of a shell",
		Long: `Print the script that completes the words of kubectl-winready in a shell: bash, fish, powershell or zsh.

kubectl completes the words of "kubectl winready" itself, by a program named kubectl_complete-winready on the PATH.
A link of that name to this program is all it takes:

  ln -s "$(command -v kubectl-winready)" ~/.local/bin/kubectl_complete-winready`,
		Example: `  # For this session
  source <(kubectl winready completion bash)

  # For every session, in fish
  kubectl winready completion fish > ~/.config/fish/completions/kubectl-winready.fish`,
		ValidArgs: shells,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(cmd, "completion needs a SHELL: "+quoted(shells))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(deps.Out, true)
			case "fish":
				return root.GenFishCompletion(deps.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(deps.Out)
			case "zsh":
				return root.GenZshCompletion(deps.Out)
			}
			return usage(cmd, fmt.Sprintf("shell %q: want %s", args[0], quoted(shells)))
		},
	}
}
