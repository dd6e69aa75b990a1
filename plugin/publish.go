package plugin

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/printer"
)

// publishOptions say whether the report is to be left in the cluster, for engines that collect such reports.
type publishOptions struct{ api string }

func (o *publishOptions) addFlags(cmd *cobra.Command) {
	var names []string
	for _, api := range printer.ReportAPIs() {
		names = append(names, api.Name)
	}
	flagSection(cmd, "Reports", func(f *pflag.FlagSet) {
		f.StringVar(&o.api, "publish", "", "keep the report in the cluster as objects of an `API`: "+names[0]+" or "+names[1])
	})
	words(cmd, "publish", cobra.ShellCompDirectiveNoFileComp, names...)
}

// validate is the API that is asked for. What was found in a part of the cluster is no report of the cluster, and would take the
// place of one.
func (o *publishOptions) validate(c *clusterOptions, p *problems) (printer.ReportAPI, bool) {
	if o.api == "" {
		return printer.ReportAPI{}, false
	}
	api, ok := printer.LookupReportAPI(o.api)
	if !ok {
		p.add("--publish %q: want openreports or policyreport", o.api)
	}
	if len(c.files) > 0 {
		p.add("--publish: only for a live cluster, and --filename names a saved one")
	}
	if c.namespace() != "" || c.selector != "" {
		p.add("--publish: only for a whole cluster, without --namespace and --selector")
	}
	return api, ok
}

// publish applies the reports, and deletes those of before that nothing is to be said in any more: unless something could not be read,
// for then nobody knows that.
func publish(ctx context.Context, r *cluster.Reader, api printer.ReportAPI, c *printer.Checked) error {
	before, err := published(ctx, r, api)
	if missing, ok := errors.AsType[*cluster.MissingKindError](err); ok {
		return fmt.Errorf("publishing the report: %w: install the definitions of its reports first", missing)
	}
	if err != nil {
		return fmt.Errorf("publishing the report: %w", err)
	}
	w := cluster.Writing{Manager: "kubectl-winready", Force: true}
	for _, o := range printer.PolicyReports(c, api) {
		delete(before, reportRef(o))
		if _, _, err := r.Apply(ctx, o, w); err != nil {
			return fmt.Errorf("publishing the report: %w", err)
		}
	}
	if len(c.Unknown()) > 0 {
		return nil
	}
	for _, o := range before {
		if err := r.Delete(ctx, o, w); err != nil {
			return fmt.Errorf("deleting a report that is out of date: %w", err)
		}
	}
	return nil
}

// published are the reports that are there.
func published(ctx context.Context, r *cluster.Reader, api printer.ReportAPI) (map[object.Ref]map[string]any, error) {
	out := map[object.Ref]map[string]any{}
	for _, kind := range []string{api.Namespaced, api.Whole} {
		found, err := r.Labelled(ctx, api.Version, kind, printer.OwnReports+"="+printer.OwnReportsValue)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			out[reportRef(o)] = o
		}
	}
	return out, nil
}

func reportRef(o map[string]any) object.Ref {
	u := unstructured.Unstructured{Object: o}
	return object.Ref{APIVersion: u.GetAPIVersion(), Kind: u.GetKind(), Namespace: u.GetNamespace(), Name: u.GetName()}
}
