package plugin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/finding"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/rule"
	"github.com/winready/kubectl-winready/pkg/rules"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// checkOptions are the flags that every checking command has.
type checkOptions struct {
	output      string
	outputFiles []string
	failOn      string
	rules, skip []string
	// categories are those whose rules run unless --rules names others; set by the command.
	categories      []rule.Category
	baseline        string
	writeBaseline   bool
	allowIncomplete bool
}

func (o *checkOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Checking", func(f *pflag.FlagSet) {
		f.StringVarP(&o.output, "output", "o", "text", "`FORMAT` of the report: "+reportFormats().list())
		f.StringArrayVar(&o.outputFiles, "output-file", nil, "write the report to a file too, as `FORMAT=FILE` (repeatable)")
		f.StringVar(&o.failOn, "fail-on", "error", "exit with 1 for findings of this `SEVERITY` or worse: error, warning, info, or never")
		f.StringSliceVar(&o.rules, "rules", nil, "look only for these `RULES`: IDs, names or categories (repeatable)")
		f.StringSliceVar(&o.skip, "skip", nil, "do not look for these `RULES` (repeatable)")
		f.StringVar(&o.baseline, "baseline", "", "`FILE` with findings that are known: only others count")
		f.BoolVar(&o.writeBaseline, "write-baseline", false, "write all findings to the file of --baseline")
		f.BoolVar(&o.allowIncomplete, "allow-incomplete", false, "do not exit with 3 when something could not be read; the report still says so")
	})
	words(cmd, "output", cobra.ShellCompDirectiveNoFileComp, reportFormats().names()...)
	words(cmd, "fail-on", cobra.ShellCompDirectiveNoFileComp, "error", "warning", "info", "never")
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID+"\t"+r.Title)
	}
	words(cmd, "rules", cobra.ShellCompDirectiveNoFileComp, ids...)
	words(cmd, "skip", cobra.ShellCompDirectiveNoFileComp, ids...)
}

// reportFile is a file that a report goes to.
type reportFile struct {
	path   string
	format printer.ReportFormat
}

// check is what the flags ask for, all of them understood.
type check struct {
	format          printer.ReportFormat
	files           []reportFile
	failOn          *finding.Severity // nil: never
	rules           []*rule.Rule
	known           *finding.Baseline // nil without --baseline
	baseline        string
	writeBaseline   bool
	allowIncomplete bool
	// publish keeps the report where it was asked for beside stdout and files; nil for nowhere.
	publish func(context.Context, *printer.Checked) error
	// also adds to what is printed, and member to what is printed of one of several clusters; nil for nothing.
	also   func(*printer.Checked)
	member func(*inventory.Inventory, *survey.Survey, finding.Report, *printer.Member)
}

func (o *checkOptions) validate(p *problems) check {
	c := check{baseline: o.baseline, writeBaseline: o.writeBaseline, allowIncomplete: o.allowIncomplete}
	var ok bool
	if c.format, ok = printer.LookupReport(o.output); !ok {
		p.add("--output %q: want %s", o.output, quoted(reportFormats().names()))
	}
	taken := map[string]bool{}
	for _, spec := range o.outputFiles {
		name, path, _ := strings.Cut(spec, "=")
		format, ok := printer.LookupReport(name)
		switch {
		case !ok || path == "":
			p.add("--output-file %q: want FORMAT=FILE, with a FORMAT of %s", spec, quoted(reportFormats().names()))
		case taken[filepath.Clean(path)]:
			p.add("--output-file %q: something else is to be written to that file", spec)
		}
		taken[filepath.Clean(path)] = true
		c.files = append(c.files, reportFile{path, format})
	}
	if o.failOn != "never" {
		severity, err := finding.ParseSeverity(o.failOn)
		if err != nil {
			p.add("--fail-on %q: want error, warning, info or never", o.failOn)
		}
		c.failOn = &severity
	}
	var err error
	c.rules, err = rules.Select(o.rules, o.skip, o.categories...)
	p.check("rules", err)
	c.known = o.readBaseline(p)
	return c
}

// parts are what the rules read of objects as they are: the source need not read the others.
func (c check) parts() []inventory.Kind {
	var parts []inventory.Kind
	for _, r := range c.rules {
		parts = append(parts, slices.Concat(r.Needs, r.Uses)...)
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// everyday are the categories of rules that any look at workloads asks for. Those about a cluster's requirements are for preflight.
func everyday() []rule.Category {
	return []rule.Category{rule.Placement, rule.HostProcess, rule.Storage, rule.Cluster, rule.Rancher, rule.Own}
}

func (o *checkOptions) readBaseline(p *problems) *finding.Baseline {
	if o.baseline == "" && o.writeBaseline {
		p.add("--write-baseline: --baseline says to which file")
	}
	if o.baseline == "" || o.writeBaseline {
		return nil
	}
	data, err := os.ReadFile(o.baseline)
	if err != nil {
		p.add("--baseline: %v", err)
		return nil
	}
	known, err := finding.ReadBaseline(data, o.baseline)
	p.check("baseline", err)
	return known
}

// run looks at inventories, writes the report everywhere it is to go, and says how the command ends. Of a picture there is one when
// there is one inventory and the command shows it.
func (c check) run(ctx context.Context, deps Deps, target string, inventories []*inventory.Inventory, picture bool) error {
	checked := &printer.Checked{Tool: buildVersion().Version, Rules: c.rules}
	reports := make([]finding.Report, 0, len(inventories))
	for _, inv := range inventories {
		s := survey.Of(inv)
		report := rule.Run(inv, s, c.rules)
		if inv.Cluster != "" {
			report = c.ofMember(checked, inv, s, report)
		}
		reports = append(reports, report)
		if picture && inv.Cluster == "" {
			checked.Picture = survey.Summarize(inv, s)
		}
	}
	checked.Report = finding.Merge(target, reports)
	if c.also != nil {
		c.also(checked)
	}
	if c.writeBaseline {
		return c.accept(ctx, deps, checked.Findings)
	}
	if c.known != nil {
		var known int
		checked.Report, known = c.known.Without(checked.Report)
		defer func() { c.aboutBaseline(deps, known) }()
	}
	if err := c.write(ctx, deps, checked); err != nil {
		return err
	}
	if c.publish != nil {
		if err := c.publish(ctx, checked); err != nil {
			return err
		}
	}
	return c.verdict(checked.Report)
}

func (c check) aboutBaseline(deps Deps, known int) {
	if known > 0 {
		fmt.Fprintf(deps.ErrOut, "%d known findings of %s are not shown\n", known, c.baseline)
	}
	if stale := c.known.Stale(); stale > 0 {
		fmt.Fprintf(deps.ErrOut, "%d entries of %s match nothing any more: --write-baseline drops them\n", stale, c.baseline)
	}
}

// accept writes the baseline.
func (c check) accept(ctx context.Context, deps Deps, findings []finding.Finding) error {
	data, err := finding.WriteBaseline(findings)
	if err != nil {
		return err
	}
	if err := writeFiles(ctx, []file{{path: c.baseline, data: data}}); err != nil {
		return err
	}
	fmt.Fprintf(deps.ErrOut, "%d findings written to %s\n", len(findings), c.baseline)
	return nil
}

// write writes every file and then stdout.
func (c check) write(ctx context.Context, deps Deps, checked *printer.Checked) error {
	var files []file
	for _, f := range c.files {
		var b strings.Builder
		if err := f.format.Report(&b, checked, printer.Style{}); err != nil {
			return err
		}
		files = append(files, file{path: f.path, data: []byte(b.String())})
	}
	if err := writeFiles(ctx, files); err != nil {
		return err
	}
	return c.format.Report(deps.Out, checked, deps.style(deps.OutTerminal))
}

// incompleteError says that the report is not about everything.
type incompleteError struct{ reasons []string }

func (e *incompleteError) Error() string {
	return "not all could be read: " + strings.Join(e.reasons, "; ")
}

// verdict says how the command ends: not knowing outranks knowing.
func (c check) verdict(r finding.Report) error {
	if unknown := r.Unknown(); len(unknown) > 0 && !c.allowIncomplete {
		e := &incompleteError{}
		for _, res := range unknown {
			for reason := range strings.SplitSeq(res.Reason, "; ") {
				if !slices.Contains(e.reasons, reason) {
					e.reasons = append(e.reasons, reason)
				}
			}
		}
		return e
	}
	if worst, found := r.Worst(); found && c.failOn != nil && worst >= *c.failOn {
		return errFindings
	}
	return nil
}
