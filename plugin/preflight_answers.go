package plugin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/answers"
	"github.com/winready/kubectl-winready/pkg/checklist"
	"github.com/winready/kubectl-winready/pkg/rules"
)

type answer = answers.Answer

// answerOptions are the flags about what a person has to look at.
type answerOptions struct{ file, to string }

func (o *answerOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.file, "answers", "", "`FILE` with what a person found where no API can tell")
	f.StringVar(&o.to, "write-answers", "", "write a `FILE` for --answers to fill in; answers that were given are kept")
}

// read reads the file of --answers; what is wrong with it goes to p.
func (o *answerOptions) read(p *problems, today string) []answer {
	if o.to != "" && !samePath(o.to, o.file) {
		if _, err := os.Stat(o.to); err == nil {
			p.add("--write-answers %q: the file exists; with --answers %s too its answers are kept", o.to, o.to)
		}
	}
	if o.file == "" {
		return nil
	}
	data, err := os.ReadFile(o.file)
	if err != nil {
		p.add("--answers: %v", err)
		return nil
	}
	given, err := answers.Read(data, o.file, answers.Known{Today: today, ID: func(name string) (string, bool) {
		r, known := rules.Lookup(name)
		if !known {
			return "", false
		}
		return r.ID, true
	}})
	p.check("answers", err)
	return given
}

func samePath(a, b string) bool { return b != "" && filepath.Clean(a) == filepath.Clean(b) }

// write writes the file of --write-answers.
func (o *answerOptions) write(ctx context.Context, deps Deps, list *checklist.List) error {
	if o.to == "" {
		return nil
	}
	questions := list.Open()
	if err := writeFiles(ctx, []file{{path: o.to, data: answers.Template(questions)}}); err != nil {
		return err
	}
	fmt.Fprintf(deps.ErrOut, "%d things to check by hand written to %s\n", len(questions), o.to)
	return nil
}

func aboutNode(a answer) string {
	if a.Node == "" {
		return ""
	}
	return " of node " + a.Node
}
