package rancher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// CLI runs "rancher kubectl WORD..." as the Rancher CLI does: main.go and cmd/kubectl.go of rancher/cli v2.15.0. Words that begin with
// one dash are torn into letters, kubectl gets a kubeconfig in a file that goes with it, and its own streams and exit status are those
// of the command. The kubeconfig's text is given, where the CLI would ask Rancher for it.
func CLI(ctx context.Context, args []string, kubeconfig string, in io.Reader, out, errOut io.Writer) int {
	words, err := torn(args)
	if err == nil && (len(words) == 0 || words[0] != "kubectl") {
		err = fmt.Errorf("%q: only kubectl is known here", words)
	}
	if err != nil {
		fmt.Fprintln(errOut, "rancher:", err)
		return 1
	}
	status, err := kubectl(ctx, words[1:], kubeconfig, in, out, errOut)
	if err != nil {
		fmt.Fprintln(errOut, err) // "exit status 3", too
	}
	return status
}

// torn are the words as the CLI hands them on. Those behind a lone -- are no better off.
func torn(args []string) ([]string, error) {
	var out []string
	for _, word := range args {
		if len(word) < 2 || word[0] != '-' || word[1] == '-' {
			out = append(out, word)
			continue
		}
		letters, value, given := strings.Cut(word[1:], "=")
		for _, c := range letters {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return nil, fmt.Errorf("invalid input %c in flag", c)
			}
			out = append(out, "-"+string(c))
		}
		switch {
		case given && letters == "":
			return nil, errors.New("invalid input with '-' and '=' flag")
		case given:
			out[len(out)-1] += "=" + value
		}
	}
	return out, nil
}

func kubectl(ctx context.Context, words []string, kubeconfig string, in io.Reader, out, errOut io.Writer) (int, error) {
	file, err := os.CreateTemp("", "rancher-")
	if err != nil {
		return 1, err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(kubeconfig)
	if err := errors.Join(err, file.Close()); err != nil {
		return 1, err
	}
	cmd := exec.CommandContext(ctx, "kubectl", words...)
	cmd.Env = append(cmd.Environ(), "KUBECONFIG="+file.Name())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, errOut
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), err
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
