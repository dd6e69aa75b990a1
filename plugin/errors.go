package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
)

// errFindings says that the command did its work, wrote its answer, and the answer is not what was hoped for.
var errFindings = errors.New("findings")

// usageError is a command line that cannot be carried out. It tells all that is wrong with it at once.
type usageError struct {
	problems []string
	hint     string
}

func (e *usageError) Error() string { return strings.Join(e.problems, "; ") }

// usage is a usageError for one problem, with a hint at the command's help.
func usage(cmd *cobra.Command, problem string) *usageError {
	return &usageError{problems: []string{problem}, hint: cmd.CommandPath() + " --help"}
}

// problems gathers what is wrong with a command line.
type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

// check notes err, if there is one, as a problem of the flag.
func (p *problems) check(flag string, err error) {
	if err != nil {
		p.add("--%s: %v", flag, err)
	}
}

// err is a usage error, or nil without problems.
func (p problems) err(cmd *cobra.Command) error {
	if len(p) == 0 {
		return nil
	}
	return &usageError{problems: p, hint: cmd.CommandPath() + " --help"}
}

// exitStatus writes err to ErrOut and says what the process exits with.
func exitStatus(deps Deps, err error) int {
	var misuse *usageError
	var partial *incompleteError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errUnread):
		return exitIncomplete
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(deps.ErrOut, "error: interrupted")
		return exitIncomplete
	case errors.As(err, &misuse):
		for _, problem := range misuse.problems {
			fmt.Fprintf(deps.ErrOut, "error: %s\n", problem)
		}
	case errors.As(err, &partial):
		for _, reason := range partial.reasons {
			fmt.Fprintf(deps.ErrOut, "error: incomplete: %s\n", reason)
		}
	default:
		fmt.Fprintf(deps.ErrOut, "error: %s\n", strings.TrimRight(err.Error(), "\n"))
	}
	if h := hint(err); h != "" {
		fmt.Fprintf(deps.ErrOut, "hint: %s\n", h)
	}
	if wrongUsage(err) {
		return exitUsage
	}
	return exitIncomplete
}

func wrongUsage(err error) bool {
	var misuse *usageError
	var pattern *aim.PatternError
	return errors.As(err, &misuse) || errors.As(err, &pattern) || errors.Is(err, chart.ErrUsage)
}

// hint is what the user can do about err; empty when the message says it all.
func hint(err error) string {
	var misuse *usageError
	var missing *chart.MissingDependenciesError
	var late timeoutError
	var refused *chart.SchemaError
	var render *chart.RenderError
	var partial *incompleteError
	var noPolicies *noPoliciesError
	var unasked *unaskedError
	switch {
	case errors.As(err, &misuse):
		return misuse.hint
	case errors.As(err, &partial):
		return "what could be read is in the report; --allow-incomplete takes that for all there is"
	case errors.As(err, &missing):
		return "--dependency-update fetches them"
	case errors.As(err, &unasked):
		return "--windows, --linux and --leave choose without them"
	case errors.As(err, &noPolicies):
		return "--engine kyverno writes a policy for Kyverno instead"
	case errors.As(err, &late):
		return "--timeout allows more"
	case errors.As(err, &refused):
		return "--skip-schema-validation renders without asking the schema"
	case errors.As(err, &render) && render.Value != "":
		return "the chart wants " + render.Value + ": give it with --set or in a --values file"
	}
	return cmp.Or(azureFileHint(err), releaseHint(err), notYAML(err), inPlaceHint(err), rancherHint(err))
}
