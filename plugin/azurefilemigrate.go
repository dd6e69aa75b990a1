package plugin

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	storagev1 "k8s.io/api/storage/v1"

	"github.com/winready/kubectl-winready/pkg/azurefile"
)

// azureFileMigrateOptions are the flags of azurefile migrate, as they were given.
type azureFileMigrateOptions struct {
	name   string
	apply  bool
	change changeOptions
	scope  azureFileScope
}

func newAzureFileMigrateCmd(deps Deps) *cobra.Command {
	var o azureFileMigrateOptions
	cmd := &cobra.Command{
		Use:   "migrate [CLASS...]",
		Short: "Make classes of the CSI driver out of in-tree ones",
		Long: `Show what becomes of classes of the in-tree driver, kubernetes.io/azure-file, as classes of the CSI driver: each
parameter with its counterpart, or why it has none; and which claims, volumes and pods go on with the driver by CSI
migration and which do not. Without a CLASS, of all that there are. Nothing is changed without --apply.

A new class takes the place of the old one, so that claims that name it go on; --name makes it one beside it instead.
Volumes are not touched: those that were made already are served by the driver where Kubernetes hands them over.

Exit status: 0 done, 1 a claim or volume does not go on, 2 wrong usage, 3 it could not be done.`,
		Example: `  # What would become of all in-tree classes
  kubectl winready azurefile migrate

  # One of them, beside the old class
  kubectl winready azurefile migrate azure-file --name azurefile-csi --apply

  # In place of the old class, for a script
  kubectl winready azurefile migrate azure-file --apply --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var p problems
			o.change.validate(&p)
			if o.name != "" && len(args) != 1 {
				p.add("--name is for one CLASS, got %d", len(args))
			}
			if o.apply && len(o.scope.files) > 0 {
				p.add("--apply and --filename: a saved cluster cannot be changed")
			}
			for _, flag := range []string{"dry-run", "force-conflicts", "yes", "wait", "timeout"} {
				if !o.apply && cmd.Flags().Changed(flag) {
					p.add("--%s is about --apply", flag)
				}
			}
			o.scope.validate(&p)
			if err := p.err(cmd); err != nil {
				return err
			}
			return o.run(cmd.Context(), deps, args)
		},
	}
	flagSection(cmd, "Class", func(f *pflag.FlagSet) {
		f.StringVar(&o.name, "name", "", "`NAME` of the new class; without it, that of the old one, whose place it takes")
		f.BoolVar(&o.apply, "apply", false, "make the new classes")
	})
	o.change.addFlags(cmd)
	o.scope.addFlags(cmd, true)
	return cmd
}

func (o *azureFileMigrateOptions) run(ctx context.Context, deps Deps, names []string) error {
	o.scope.workloads = true
	have, err := o.scope.have(ctx, deps)
	if err != nil {
		return err
	}
	classes, err := chosen(have, names)
	if err != nil {
		return err
	}
	whole := &azurefile.Plan{}
	var followers []azurefile.Follower
	var objects []map[string]any
	for _, class := range classes {
		m, err := azurefile.Migrate(class, o.name, have)
		if err != nil {
			return err
		}
		if !o.apply && o.change.output == planText {
			if err := writeMigration(deps, m); err != nil {
				return err
			}
		}
		whole.Actions = append(whole.Actions, m.Plan.Actions...)
		whole.Warnings, whole.Notes = merged(whole.Warnings, m.Plan.Warnings), merged(whole.Notes, m.Plan.Notes)
		objects = append(objects, m.Plan.Actions[0].Object)
		followers = append(followers, m.Followers...)
	}
	for _, i := range have.Inline {
		followers = append(followers, azurefile.InlineFollows(i, have))
	}
	if len(classes) == 0 {
		fmt.Fprintf(deps.ErrOut, "there is no class of %s\n", azurefile.InTree)
	}
	if o.apply {
		return o.change.carryOut(ctx, deps, &o.scope, whole)
	}
	if err := o.write(deps, whole, followers, objects); err != nil {
		return err
	}
	return verdictOf(deps, whole, followers)
}

// write writes what was not written class by class.
func (o *azureFileMigrateOptions) write(deps Deps, whole *azurefile.Plan, followers []azurefile.Follower, objects []map[string]any) error {
	showTold(deps, whole)
	if o.change.output != planText {
		return writeObjects(deps.Out, o.change.output, objects)
	}
	return writeFollowers(deps.Out, followers)
}

// verdictOf says how the command ends.
func verdictOf(deps Deps, whole *azurefile.Plan, followers []azurefile.Follower) error {
	if err := blocked(deps, whole.Actions); err != nil {
		return err
	}
	if slices.ContainsFunc(followers, func(f azurefile.Follower) bool { return !f.Follows }) {
		return errFindings
	}
	return nil
}

// chosen are the in-tree classes of some names, or all.
func chosen(have *azurefile.Have, names []string) ([]*storagev1.StorageClass, error) {
	if len(names) == 0 {
		return have.InTreeClasses(), nil
	}
	var out []*storagev1.StorageClass
	for _, name := range names {
		c := have.Class(name)
		if c == nil {
			return nil, &azurefile.RefusedError{Reason: fmt.Sprintf("there is no StorageClass %q", name), Hint: "kubectl get storageclass lists those that there are"}
		}
		out = append(out, c)
	}
	return out, nil
}

// merged adds what is not there yet.
func merged(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// writeMigration writes what becomes of one class, for people.
func writeMigration(deps Deps, m *azurefile.Migration) error {
	var b strings.Builder
	a := m.Plan.Actions[0]
	fmt.Fprintf(&b, "%s %s: %s\n", verbs(a.Verb), a.Ref, a.Reason)
	for _, t := range m.Translations {
		switch {
		case t.To == "":
			fmt.Fprintf(&b, "  %s: %s -> gone: %s\n", t.Name, t.Value, t.Note)
			continue
		case t.To == t.Name && t.ToValue == t.Value:
			fmt.Fprintf(&b, "  %s: %s", t.Name, t.Value)
		default:
			fmt.Fprintf(&b, "  %s: %s -> %s: %s", t.Name, t.Value, t.To, t.ToValue)
		}
		if t.Note != "" {
			fmt.Fprintf(&b, "; %s", t.Note)
		}
		b.WriteString("\n")
	}
	if _, err := io.WriteString(deps.Out, b.String()); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	return nil
}

func writeFollowers(w io.Writer, followers []azurefile.Follower) error {
	var b strings.Builder
	for _, f := range followers {
		goes := "goes on"
		if !f.Follows {
			goes = "does not go on"
		}
		fmt.Fprintf(&b, "%s %s: %s\n", f.Ref, goes, f.Reason)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	return nil
}
