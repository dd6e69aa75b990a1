package plugin_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/plugin"
)

func tree() *cobra.Command {
	return plugin.NewRoot(plugin.Deps{
		Streams: plugin.Streams{In: strings.NewReader(""), Out: io.Discard, ErrOut: io.Discard},
		Env:     func(string) string { return "" },
		Name:    "kubectl winready",
	})
}

// TestReference keeps README.md of this package, which is made of the command tree.
func TestReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands of kubectl winready\n\n")
	b.WriteString("Made of the command tree by `make update`; `make unit` fails when it is out of date.\n\n")
	b.WriteString("Exit status of every command: 0 done, 1 done but something is not as wanted, 2 wrong usage, 3 it could not be done.\n")
	for _, cmd := range tree().Commands() {
		if cmd.IsAvailableCommand() {
			reference(&b, cmd)
		}
	}
	check(t, "README.md", b.String())
}

func reference(b *strings.Builder, cmd *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n```sh\n%s\n```\n", cmd.CommandPath(), prose(cmd.Long), cmd.UseLine())
	if cmd.HasExample() {
		fmt.Fprintf(b, "\nExamples:\n\n```sh\n%s\n```\n", regexp.MustCompile(`(?m)^  `).ReplaceAllString(cmd.Example, ""))
	}
	for _, section := range plugin.FlagSections(cmd) {
		if section.Name() == "Other" {
			continue
		}
		fmt.Fprintf(b, "\n| %s flags | |\n|---|---|\n", section.Name())
		section.VisitAll(func(f *pflag.Flag) { fmt.Fprintf(b, "| %s | %s |\n", spelling(f), meaning(f)) })
	}
	for _, child := range cmd.Commands() {
		reference(b, child)
	}
}

// prose keeps what is indented in a help text as it is.
func prose(long string) string { return regexp.MustCompile(`(?m)^  `).ReplaceAllString(long, "    ") }

func spelling(f *pflag.Flag) string {
	name, _ := pflag.UnquoteUsage(f)
	s := "`--" + f.Name
	if name != "" {
		s += " " + name
	}
	s += "`"
	if f.Shorthand != "" {
		s = "`-" + f.Shorthand + "`, " + s
	}
	return strings.ReplaceAll(s, "|", `\|`)
}

func meaning(f *pflag.Flag) string {
	_, text := pflag.UnquoteUsage(f)
	switch f.DefValue {
	case "", "[]", "false":
	default:
		text += " (default `" + f.DefValue + "`)"
	}
	return text
}

func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, child := range cmd.Commands() {
		walk(child, visit)
	}
}

func TestTreeIsDocumented(t *testing.T) {
	walk(tree(), func(cmd *cobra.Command) {
		switch {
		case cmd.Short == "" || strings.HasSuffix(cmd.Short, "."):
			t.Errorf("%s: Short is %q, want an imperative without a period", cmd.CommandPath(), cmd.Short)
		case cmd.Long == "":
			t.Errorf("%s has no Long", cmd.CommandPath())
		case cmd.HasParent() && cmd.Example == "":
			t.Errorf("%s has no Example", cmd.CommandPath())
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && len(f.Annotations[plugin.SectionKey]) == 0 {
				t.Errorf("%s --%s is in no section of the help", cmd.CommandPath(), f.Name)
			}
			if len(f.Name) < 2 || strings.HasSuffix(f.Usage, ".") || strings.Contains(f.Usage, "`") {
				t.Errorf("%s --%s: %q", cmd.CommandPath(), f.Name, f.Usage)
			}
		})
	})
}

func TestHelpNamesTheProgram(t *testing.T) {
	root := plugin.NewRoot(plugin.Deps{Env: func(string) string { return "" }, Name: "kubectl-winready"})
	walk(root, func(cmd *cobra.Command) {
		if strings.Contains(cmd.Example, "kubectl winready") {
			t.Errorf("%s: the example says kubectl winready", cmd.CommandPath())
		}
	})
}

func TestProgramName(t *testing.T) {
	bin, err := filepath.Abs("kubectl-winready")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, arg0, underscore, want string }{
		{"kubectl, typed in bash", bin, "/usr/bin/kubectl", "kubectl winready"},
		{"kubectl, without a shell", bin, "", "kubectl winready"},
		{"typed", "kubectl-winready", bin, "kubectl-winready"},
		{"typed with a relative path", "./kubectl-winready", "./kubectl-winready", "kubectl-winready"},
		{"typed with the whole path", bin, bin, "kubectl-winready"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := func(name string) string { return map[string]string{"_": tt.underscore}[name] }
			if got := plugin.ProgramName(tt.arg0, env); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestExamples runs every example of every command's help, against the chart of the demo.
func TestExamples(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "mychart"), os.DirFS("../charts/mixed-shop")); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "charts", "mychart"), os.DirFS("../charts/mixed-shop")); err != nil {
		t.Fatal(err)
	}
	write("index.yaml", "apiVersion: v1\nentries: {mychart: [{version: 0.1.0, urls: [mychart]}]}\n")
	write("my.yaml", "{}\n")
	write("regcred.yaml", "{apiVersion: v1, kind: Secret, stringData: {.dockerconfigjson: '{\"auths\":{}}'}}\n")
	write("prod.yaml", "{}\n")
	write("agent.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: agent}, spec: {containers: [{name: agent, image: agent}]}}\n")
	write("nodes.yaml", "apiVersion: v1\nkind: List\nitems:\n"+
		"- {apiVersion: v1, kind: Node, metadata: {name: a, labels: {kubernetes.io/os: linux}}}\n"+
		"- {apiVersion: v1, kind: Node, metadata: {name: b, labels: {kubernetes.io/os: windows}},\n"+
		"  status: {nodeInfo: {containerRuntimeVersion: containerd://1.7.23, kubeletVersion: v1.34.1, kernelVersion: 10.0.20348.2527}}}\n")
	saved, err := os.ReadFile("../test/clusters/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write("cluster.json", string(saved))
	meets, err := os.ReadFile("../test/clusters/preflight/rke2.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write("saved.json", string(meets))
	write("version.json", `{"serverVersion": {"gitVersion": "v1.34.1+rke2r1"}}`)
	write("network.json", `{apiVersion: helm.cattle.io/v1, kind: HelmChart, metadata: {name: rke2-calico, namespace: kube-system}}`)
	write("flannel.json", `{apiVersion: v1, kind: ConfigMap, metadata: {name: kube-flannel-cfg, namespace: kube-system}, data: {}}`)
	write("answered.yaml", "apiVersion: winready.dev/v1alpha1\nkind: Answers\nanswers: []\n")
	if err := os.MkdirAll(filepath.Join(dir, ".config/fish/completions"), 0o700); err != nil {
		t.Fatal(err)
	}
	walk(tree(), func(cmd *cobra.Command) {
		for example := range strings.Lines(cmd.Example) {
			example = strings.TrimSpace(example)
			if !strings.HasPrefix(example, "kubectl winready") {
				continue
			}
			t.Run(example, func(t *testing.T) {
				out, err := shell(dir, example)
				if strings.Contains(example, "rancher") && err != nil && strings.Contains(out, "no Rancher server found") {
					return // that it is looked for is as far as it goes; test/e2e/rancher has one
				}
				if asks(cmd, example) {
					// There is no cluster here; that it is asked for is as far as it goes. test/e2e/story has one.
					if err == nil || !strings.Contains(out, "connection refused") {
						t.Errorf("%v\n%s", err, out)
					}
					return
				}
				if err != nil && !strings.Contains(err.Error(), "exit status 1") {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	})
}

// asks tells an example that looks at a cluster.
func asks(cmd *cobra.Command, example string) bool {
	for _, word := range []string{"release/", "--all-releases", "--existing cluster"} {
		if strings.Contains(example, word) {
			return true
		}
	}
	switch cmd.Name() {
	case "add", "remove", "show", "taint":
		return strings.Contains(cmd.CommandPath(), " rancher taint")
	case "new":
		return strings.Contains(example, "--apply")
	case "audit", "pools", "preflight", "hostprocess", "azurefile", "plan", "apply", "check", "migrate":
		return !strings.Contains(example, "--filename")
	case "images":
		return !strings.Contains(example, "./mychart")
	case "policy":
		return !strings.Contains(example, "--kube-version") && !strings.Contains(example, "kyverno")
	}
	return false
}

// shell runs a command line in dir and returns stdout and stderr as a terminal would show them.
func shell(dir, command string) (string, error) {
	cmd := exec.Command("sh", "-c", command) //nolint:noctx // it ends by itself
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "NO_COLOR=1", "SOURCE_DATE_EPOCH=1795392000")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestREADME runs every console example of the README at the top, and keeps its table of commands.
func TestREADME(t *testing.T) {
	const path = "../README.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, folder := range []string{"charts", "test/clusters"} {
		if err := os.CopyFS(filepath.Join(dir, folder), os.DirFS("../"+folder)); err != nil {
			t.Fatal(err)
		}
	}
	got := between(t, string(text), "commands", commandTable())
	got = regexp.MustCompile("(?ms)^```console\n.*?^```$").ReplaceAllStringFunc(got, func(block string) string {
		return "```console\n" + session(dir, block) + "```"
	})
	check(t, path, got)
}

// session runs the commands of a console block and returns the block with what they print.
func session(dir, block string) string {
	var b strings.Builder
	for line := range strings.Lines(block) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			b.WriteString(line)
			out, _ := shell(dir, command) // a status of 1 is part of the story
			b.WriteString(out)
		}
	}
	return b.String()
}

func commandTable() string {
	var b strings.Builder
	b.WriteString("| command | what it does |\n|---|---|\n")
	for _, cmd := range tree().Commands() {
		if cmd.IsAvailableCommand() {
			fmt.Fprintf(&b, "| `%s` | %s |\n", cmd.UseLine(), cmd.Short)
		}
	}
	return strings.ReplaceAll(b.String(), " [flags]", "")
}

// between replaces what stands between the markers of that name.
func between(t *testing.T, text, name, content string) string {
	t.Helper()
	start, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->\n"
	before, rest, ok := strings.Cut(text, start)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("no %s ... %s in the text", start, end)
	}
	return before + start + content + end + after
}
