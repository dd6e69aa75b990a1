package plugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/cluster"
)

// changing is a plan on its way.
type changing struct {
	*changeOptions
	deps    Deps
	cluster *cluster.Reader
	applied []map[string]any
}

func (c *changing) writing(force bool) cluster.Writing {
	return cluster.Writing{Manager: azurefile.Manager, Force: force || c.force, DryRun: c.dryRun == dryRunServer}
}

// all does every action, and then writes what was applied. What was done before something failed is told.
func (c *changing) all(ctx context.Context, actions []azurefile.Action) error {
	var failed error
	for _, a := range actions {
		if failed = c.one(ctx, a); failed != nil {
			break
		}
	}
	if c.output != planText {
		if err := writeObjects(c.deps.Out, c.output, c.applied); err != nil {
			return errors.Join(failed, err)
		}
	}
	return failed
}

func (c *changing) one(ctx context.Context, a azurefile.Action) error {
	if a.Verb == azurefile.Replace {
		return c.replace(ctx, a)
	}
	object, outcome, err := c.cluster.Apply(ctx, a.Object, c.writing(a.Force))
	if err != nil {
		return err
	}
	return c.done(object, string(outcome))
}

// done tells what became of an object.
func (c *changing) done(o map[string]any, outcome string) error {
	c.applied = append(c.applied, o)
	if c.output != planText {
		return nil
	}
	if c.dryRun == dryRunServer {
		outcome += " (server dry run)"
	}
	if _, err := fmt.Fprintf(c.deps.Out, "%s %s\n", resourceName(o), outcome); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	return nil
}

// errKept is that somebody said no.
var errKept = errors.New("nothing was replaced: that has to be confirmed, or --yes given")

// replace deletes a class and makes it anew, once that is confirmed and the API server has taken the new one under another name.
// Between the two it is not stopped, and a class that cannot be made anew is made as it was.
func (c *changing) replace(ctx context.Context, a azurefile.Action) error {
	if err := writePlan(c.deps.ErrOut, []azurefile.Action{a}, c.deps.style(c.deps.ErrTerminal).Color); err != nil {
		return err
	}
	if err := c.rehearse(ctx, a); err != nil {
		return err
	}
	old, err := c.cluster.Get(ctx, a.Ref)
	if err != nil {
		return err
	}
	if c.dryRun == dryRunServer {
		if err := c.cluster.Delete(ctx, old, c.writing(false)); err != nil {
			return err
		}
		return c.done(a.Object, "replaced")
	}
	if !c.yes && !confirm(c.deps, "replace "+a.Ref.String()+"?") {
		return errKept
	}
	c.deps.winding.Store(true)
	defer c.deps.winding.Store(false)
	ctx = context.WithoutCancel(ctx)
	seen, err := runtime.DefaultUnstructuredConverter.ToUnstructured(a.Old)
	if err != nil {
		return fmt.Errorf("replacing %s: %w", a.Ref, err)
	}
	seen["apiVersion"], seen["kind"] = a.Ref.APIVersion, a.Ref.Kind
	if err := c.cluster.Delete(ctx, seen, c.writing(false)); err != nil {
		return err
	}
	object, _, err := c.cluster.Apply(ctx, a.Object, c.writing(false))
	if err != nil {
		return c.restore(ctx, a, old, err)
	}
	return c.done(object, "replaced")
}

// rehearse has the API server check the new class under a name that is free: under its own it would only be told that it is there.
func (c *changing) rehearse(ctx context.Context, a azurefile.Action) error {
	o := runtime.DeepCopyJSON(a.Object)
	meta, _ := o["metadata"].(map[string]any)
	delete(meta, "name")
	meta["generateName"] = a.Ref.Name + "-"
	w := c.writing(false)
	w.DryRun = true
	if _, err := c.cluster.Create(ctx, o, w); err != nil {
		return fmt.Errorf("%s stays as it is: %w", a.Ref, err)
	}
	return nil
}

// restore puts back what was deleted for something that could not be made.
func (c *changing) restore(ctx context.Context, a azurefile.Action, old map[string]any, cause error) error {
	meta, _ := old["metadata"].(map[string]any)
	for _, key := range []string{"uid", "resourceVersion", "creationTimestamp", "managedFields", "generation"} {
		delete(meta, key)
	}
	if _, err := c.cluster.Create(ctx, old, c.writing(false)); err != nil {
		if text, yamlErr := yaml.Marshal(old); yamlErr == nil {
			fmt.Fprintf(c.deps.ErrOut, "%s is gone; it was:\n%s", a.Ref, text)
		}
		return errors.Join(cause, err)
	}
	return fmt.Errorf("%s is as it was: %w", a.Ref, cause)
}

// confirm asks, and takes only a yes for a yes.
func confirm(deps Deps, question string) bool {
	fmt.Fprintf(deps.ErrOut, "%s [y/N] ", question)
	answer, err := bufio.NewReader(deps.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	if err != nil {
		fmt.Fprintln(deps.ErrOut)
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
