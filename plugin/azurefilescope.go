package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/object"
)

// azureFileScope says which cluster is looked at and changed. The flags are kubectl's.
type azureFileScope struct {
	config      *genericclioptions.ConfigFlags
	files       []string
	kubeVersion string
	workloads   bool // look at pod templates, too
}

func (o *azureFileScope) addFlags(cmd *cobra.Command, saved bool) {
	if saved {
		flagSection(cmd, "Scope", func(f *pflag.FlagSet) {
			f.StringArrayVarP(&o.files, "filename", "f", nil, "`FILE` with a saved cluster instead of a live one, - for stdin (repeatable)")
			f.StringVar(&o.kubeVersion, "kube-version", "", "Kubernetes `VERSION` of a saved cluster, which files do not tell")
		})
		words(cmd, "filename", cobra.ShellCompDirectiveDefault)
	}
	o.config = genericclioptions.NewConfigFlags(true)
	o.config.Namespace = nil // classes have none
	flagSection(cmd, "Cluster", func(f *pflag.FlagSet) {
		o.config.AddFlags(f)
		f.VisitAll(tidyKubectlFlag)
	})
}

func (o *azureFileScope) validate(p *problems) {
	if o.kubeVersion != "" && azurefile.Minor(o.kubeVersion) == 0 {
		p.add("--kube-version: want a version of Kubernetes, as 1.34, got %q", o.kubeVersion)
	}
	if o.kubeVersion != "" && len(o.files) == 0 {
		p.add("--kube-version: only for --filename; a live cluster is asked")
	}
}

func (o *azureFileScope) reader() (*cluster.Reader, error) {
	return cluster.New(o.config, cluster.Options{})
}

// have is what the cluster has, live or saved.
func (o *azureFileScope) have(ctx context.Context, deps Deps) (have *azurefile.Have, err error) {
	if len(o.files) > 0 {
		return o.saved(deps)
	}
	err = deps.working("reading the cluster", func() error {
		have, err = o.live(ctx)
		return err
	})
	return have, err
}

func (o *azureFileScope) live(ctx context.Context) (*azurefile.Have, error) {
	reader, err := o.reader()
	if err != nil {
		return nil, err
	}
	have := &azurefile.Have{}
	if have.Version, err = reader.Version(ctx); err != nil {
		return nil, err
	}
	for _, kind := range o.kinds() {
		if err := lookUp(ctx, reader, kind, have); err != nil {
			return nil, err
		}
	}
	have.Settle()
	return have, nil
}

// kinds are those that are looked at.
func (o *azureFileScope) kinds() []object.Ref {
	kinds := azurefile.Kinds()
	if o.workloads {
		for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet"} {
			kinds = append(kinds, object.Ref{APIVersion: "apps/v1", Kind: kind})
		}
		kinds = append(kinds, object.Ref{APIVersion: "batch/v1", Kind: "CronJob"})
	}
	return kinds
}

// lookUp adds all objects of a kind, or the one that is named. What may not be read is a gap.
func lookUp(ctx context.Context, reader *cluster.Reader, kind object.Ref, have *azurefile.Have) error {
	fields := ""
	if kind.Name != "" {
		fields = "metadata.name=" + kind.Name
	}
	objects, err := reader.Lookup(ctx, kind, fields)
	if refused, ok := errors.AsType[*cluster.RefusedListError](err); ok {
		have.Gaps = append(have.Gaps, refused.Error())
		return nil
	}
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := have.Add(object); err != nil {
			return err
		}
	}
	return nil
}

// saved reads what kubectl get wrote. A kind of which a file has nothing may be one that was not saved.
func (o *azureFileScope) saved(deps Deps) (*azurefile.Have, error) {
	have := &azurefile.Have{Version: o.kubeVersion}
	seen := map[string]bool{}
	for _, name := range o.files {
		if err := readSaved(deps, name, func(object map[string]any) error {
			kind, _ := object["kind"].(string)
			seen[kind] = true
			return have.Add(object)
		}); err != nil {
			return nil, err
		}
	}
	for _, kind := range savedKinds() {
		if !seen[kind[0]] {
			have.Gaps = append(have.Gaps, "the saved cluster has no "+kind[1])
		}
	}
	have.Settle()
	return have, nil
}

// savedKinds are the kinds that a saved cluster is asked for: every cluster that matters has some.
func savedKinds() [][2]string {
	return [][2]string{{"Node", "nodes"}, {"StorageClass", "storageclasses"}, {"CSIDriver", "csidrivers"}, {"CSINode", "csinodes"}}
}

// readSaved calls each for every object of a file, also for those in Lists. What does not parse is an error: it may be what matters.
func readSaved(deps Deps, name string, each func(map[string]any) error) error {
	in := deps.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("reading manifests: %w", err)
		}
		defer f.Close()
		in = io.Reader(f)
	}
	err := manifest.Stream(in, func(i manifest.Item) error {
		if i.Err != nil {
			return fmt.Errorf("line %d: %w", i.Line, i.Err)
		}
		return eachObject(i.Object(), each)
	})
	if err != nil {
		return fmt.Errorf("reading %s: %w", shown(name), err)
	}
	return nil
}

// eachObject calls each for an object, or for the items of a List.
func eachObject(o map[string]any, each func(map[string]any) error) error {
	kind, _ := o["kind"].(string)
	items, isList := o["items"].([]any)
	if !isList || !strings.HasSuffix(kind, "List") {
		if kind == "" {
			return nil // a values.yaml: not Kubernetes' business
		}
		return each(o)
	}
	for _, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			continue
		}
		if _, has := m["kind"]; !has && kind != "List" {
			m["kind"], m["apiVersion"] = strings.TrimSuffix(kind, "List"), o["apiVersion"]
		}
		if err := eachObject(m, each); err != nil {
			return err
		}
	}
	return nil
}
