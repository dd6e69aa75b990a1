package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/winready/kubectl-winready/pkg/azurefile"
	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// volumeProbe say whether and how a volume is tried.
type volumeProbe struct {
	on      bool
	class   string
	size    string
	image   string
	yes     bool
	timeout time.Duration
}

func (o *volumeProbe) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Probe", func(f *pflag.FlagSet) {
		f.BoolVar(&o.on, "probe", false, "make a claim and a Windows pod with its volume, and delete them")
		f.StringVar(&o.class, "class", azurefile.DefaultName, "`NAME` of the class of the claim")
		f.StringVar(&o.size, "size", "1Gi", "`SIZE` of the claim; a Premium share has at least 100Gi, and costs what it has")
		f.StringVar(&o.image, "image", "", "`IMAGE` of the pod (default: that of Nano Server for the build of the nodes)")
		f.BoolVarP(&o.yes, "yes", "y", false, "do not ask before the probe")
		f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "how long the pod may take, a `DURATION`")
	})
}

func (o *volumeProbe) validate(p *problems, cmd *cobra.Command, saved bool) {
	for _, flag := range []string{"class", "size", "image", "yes", "timeout"} {
		if !o.on && cmd.Flags().Changed(flag) {
			p.add("--%s is about --probe", flag)
		}
	}
	if o.on && saved {
		p.add("--probe and --filename: a saved cluster runs no pods")
	}
	if size, err := resource.ParseQuantity(o.size); err != nil || size.Sign() <= 0 {
		p.add("--size %q: want a size, such as 1Gi", o.size)
	}
	if o.timeout <= 0 {
		p.add("--timeout %s: want a time to wait, such as 5m", o.timeout)
	}
}

// probing is one probe on its way.
type probing struct {
	*volumeProbe
	deps    Deps
	cluster *cluster.Reader
	made    []map[string]any // the newest last
}

// run makes the objects, waits for what becomes of them and deletes them, also when it is interrupted.
func (o *volumeProbe) run(ctx context.Context, deps Deps, scope *clusterOptions, inv *inventory.Inventory) (err error) {
	namespace := scope.namespace()
	if namespace == "" {
		namespace = "default"
	}
	spec, err := azurefile.NewProbe(azurefile.ProbeRequest{Namespace: namespace, Class: o.class, Size: o.size, Image: o.image}, windowsPools(inv))
	if err != nil {
		return err
	}
	question := fmt.Sprintf("make a claim of %s of StorageClass %s and a Windows pod in namespace %s, and delete both?", o.size, o.class, namespace)
	if !o.yes && !confirm(deps, question) {
		return errors.New("nothing was probed: that has to be confirmed, or --yes given")
	}
	reader, err := cluster.New(scope.config, cluster.Options{})
	if err != nil {
		return err
	}
	p := &probing{volumeProbe: o, deps: deps, cluster: reader}
	deps.winding.Store(true)
	defer deps.winding.Store(false)
	defer func() {
		if failed := p.cleanUp(ctx); failed != nil {
			fmt.Fprintf(deps.ErrOut, "error: %v\n", failed) // what is returned when it was interrupted is that
			if err == nil {
				err = failed
			}
		}
	}()
	if err := p.make(ctx, spec.Claim); err != nil {
		return err
	}
	claim, _ := object.Path{"metadata", "name"}.In(p.made[0]).(string)
	if err := p.make(ctx, spec.Pod(claim)); err != nil {
		return err
	}
	return p.wait(ctx)
}

// windowsPools are the pools of Windows nodes, those of one build together.
func windowsPools(inv *inventory.Inventory) []azurefile.Pool {
	var out []azurefile.Pool
	for _, p := range inv.Pools {
		if p.OS() == platform.Windows {
			out = append(out, azurefile.Pool{Build: string(p.Build()), Taints: p.Taints})
		}
	}
	return out
}

func (p *probing) make(ctx context.Context, o map[string]any) error {
	made, err := p.cluster.Create(ctx, o, cluster.Writing{Manager: azurefile.Manager})
	if err != nil {
		return err
	}
	p.made = append(p.made, made)
	return nil
}

// cleanPatience is how long the deletion of what a probe made may take, when somebody waits to be let go.
const cleanPatience = 30 * time.Second

// cleanUp deletes what was made, the newest first, and says what it could not delete.
func (p *probing) cleanUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanPatience)
	defer cancel()
	var errs []error
	for _, made := range slices.Backward(p.made) {
		meta, _ := made["metadata"].(map[string]any)
		delete(meta, "resourceVersion") // it has changed since
		if err := p.cluster.Delete(ctx, made, cluster.Writing{}); err != nil {
			errs = append(errs, fmt.Errorf("%w; delete it by hand", err))
		}
	}
	return errors.Join(errs...)
}

// wait looks at the pod until it has written to its volume, or until the time is up.
func (p *probing) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		phase, err := p.phase(ctx)
		switch {
		case phase == "Succeeded":
			fmt.Fprintf(p.deps.ErrOut, "probe: a Windows pod wrote to a volume of StorageClass %s and read it again\n", p.class)
			return nil
		case phase == "Failed":
			return p.failed(ctx, "the pod failed")
		case err != nil && ctx.Err() == nil:
			return err
		}
		select {
		case <-ctx.Done():
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return ctx.Err()
			}
			return p.failed(context.WithoutCancel(ctx), "the pod has not done so within "+p.timeout.String())
		case <-tick.C:
		}
	}
}

// phase is that of the pod.
func (p *probing) phase(ctx context.Context) (string, error) {
	pod, err := p.cluster.Get(ctx, refIn(p.made[1]))
	phase, _ := object.Path{"status", "phase"}.In(pod).(string)
	return phase, err
}

// failed says why, as far as the events of the claim and the pod tell.
func (p *probing) failed(ctx context.Context, what string) error {
	ctx, cancel := context.WithTimeout(ctx, cleanPatience)
	defer cancel()
	fmt.Fprintf(p.deps.ErrOut, "probe: no Windows pod wrote to a volume of StorageClass %s: %s\n", p.class, what)
	told := map[string]bool{}
	for _, o := range p.made {
		ref := refIn(o)
		events, err := p.cluster.Lookup(ctx, object.Ref{APIVersion: "v1", Kind: "Event", Namespace: ref.Namespace}, "involvedObject.name="+ref.Name)
		if err != nil {
			fmt.Fprintf(p.deps.ErrOut, "probe: %v\n", err)
			continue
		}
		for _, e := range events {
			message, _ := e["message"].(string)
			if said, known := azurefile.Decode(message); known && !told[said.Meaning] {
				told[said.Meaning] = true
				fmt.Fprintf(p.deps.ErrOut, "probe: %s: %s; %s\n", ref, said.Meaning, said.Remedy)
			}
		}
	}
	return errFindings
}

func refIn(o map[string]any) object.Ref {
	text := func(steps ...any) string {
		v, _ := object.Path(steps).In(o).(string)
		return v
	}
	return object.Ref{APIVersion: text("apiVersion"), Kind: text("kind"), Namespace: text("metadata", "namespace"), Name: text("metadata", "name")}
}
