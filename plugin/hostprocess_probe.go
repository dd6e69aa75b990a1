package plugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/hostprocess"
)

// hostProbeOptions say whether HostProcess pods are really started, and which.
type hostProbeOptions struct {
	on, yes     bool
	nodes       []string
	image, user string
	limit       time.Duration
}

func (o *hostProbeOptions) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.on, "probe", false, "start a HostProcess pod on each Windows node that is said to run them, and delete it; asks first")
	f.StringSliceVar(&o.nodes, "probe-node", nil, "probe this `NODE` alone, whatever is said of it (repeatable)")
	f.StringVar(&o.image, "probe-image", hostprocess.ProbeImage, "`IMAGE` of the probe; its pod runs a command of Windows")
	f.StringVar(&o.user, "probe-user", `NT AUTHORITY\LocalService`, "`USER` of the node that the probe runs as")
	f.DurationVar(&o.limit, "probe-timeout", 3*time.Minute, "how long the probes may take in all, as a `DURATION`")
	f.BoolVarP(&o.yes, "yes", "y", false, "do not ask before a probe")
}

func (o *hostProbeOptions) validate(p *problems, deps Deps, offline bool) {
	if !o.on {
		if len(o.nodes) > 0 || o.yes {
			p.add("--probe-node and --yes are about --probe")
		}
		return
	}
	if offline {
		p.add("--probe: only on a live cluster; --pools cluster takes its nodes beside a CHART or --filename")
	}
	if o.limit < time.Second {
		p.add("--probe-timeout %s: want a second or more", o.limit)
	}
	for _, says := range hostprocess.UserProblems(o.user) {
		p.add("--probe-user %q: %s", o.user, says)
	}
	if !o.yes && deps.In == nil {
		p.add("--probe: --yes says so where nobody can be asked")
	}
}

// chosen are the nodes to probe: those that were named, or all that are said to run HostProcess pods and are ready.
func (o *hostProbeOptions) chosen(nodes []hostprocess.Node) ([]string, error) {
	var fit, all []string
	for _, n := range nodes {
		all = append(all, n.Name)
		if n.Verdict == hostprocess.Runs && n.Ready {
			fit = append(fit, n.Name)
		}
	}
	for _, name := range o.nodes {
		if !slices.Contains(all, name) {
			return nil, &usageError{problems: []string{fmt.Sprintf("--probe-node %q: there is no such Windows node", name)}, hint: "Windows nodes are " + strings.Join(all, ", ")}
		}
	}
	if len(o.nodes) > 0 {
		return unique(slices.Clone(o.nodes)), nil
	}
	return fit, nil
}

// hostProbe is a pod that tries a node.
type hostProbe struct {
	node    string
	pod     *corev1.Pod // nil before it is made, and when it was refused
	outcome hostprocess.Outcome
}

// run probes the nodes, notes in the report what became of it, and leaves nothing in the cluster.
func (o *hostProbeOptions) run(ctx context.Context, deps Deps, h *hostProcessOptions, report *hostprocess.Report) error {
	nodes, err := o.chosen(report.Nodes)
	if err != nil {
		return err
	}
	if len(nodes) == 0 {
		fmt.Fprintln(deps.ErrOut, "no probe: no ready Windows node is said to run HostProcess pods; --probe-node names one all the same")
		return nil
	}
	if !o.yes && !o.agreed(deps, nodes, h.namespace()) {
		fmt.Fprintln(deps.ErrOut, "no probe: it was not agreed to; --yes agrees")
		return nil
	}
	reader, err := cluster.New(h.cluster.config, cluster.Options{})
	if err != nil {
		return err
	}
	r := hostProbeRun{o: o, deps: deps, trials: cluster.NewTrials(reader), namespace: h.namespace()}
	if err := r.all(ctx, nodes); err != nil {
		return err
	}
	for _, p := range r.probes {
		report.Probed(p.node, p.outcome)
	}
	return nil
}

// agreed asks whether to go on.
func (o *hostProbeOptions) agreed(deps Deps, nodes []string, namespace string) bool {
	fmt.Fprintf(deps.ErrOut, "This starts a HostProcess pod of image %s in namespace %s on %s, as %s, and deletes it. Go on? [y/N] ",
		o.image, namespace, strings.Join(nodes, ", "), o.user)
	answer, err := bufio.NewReader(deps.In).ReadString('\n')
	if err != nil && answer == "" {
		fmt.Fprintln(deps.ErrOut)
	}
	return slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer)))
}

// hostProbeRun is the probing of some nodes.
type hostProbeRun struct {
	o         *hostProbeOptions
	deps      Deps
	trials    cluster.Trials
	namespace string
	probes    []*hostProbe
}

// all starts the probes, waits for them and deletes them. Interrupted it deletes them, too: the process may not end before.
func (r *hostProbeRun) all(ctx context.Context, nodes []string) (err error) {
	r.deps.winding.Store(true)
	defer r.deps.winding.Store(false)
	limited, cancel := context.WithTimeout(ctx, r.o.limit)
	defer cancel()
	err = r.start(limited, nodes)
	if err == nil {
		err = r.wait(limited)
	}
	err = errors.Join(err, r.clean(ctx))
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return err
}

// start makes all pods.
func (r *hostProbeRun) start(ctx context.Context, nodes []string) error {
	for _, node := range nodes {
		probe := hostprocess.Probe{
			Node: node, Namespace: r.namespace, Image: r.o.image, User: r.o.user, Seconds: int64(max(r.o.limit/time.Second, 1)),
		}
		p := &hostProbe{node: node}
		r.probes = append(r.probes, p)
		trial, pod, err := r.create(ctx, probe)
		if err != nil {
			return err
		}
		p.pod = pod
		if !trial.Accepted {
			p.outcome = hostprocess.Outcome{Over: true, Says: "the API server refuses the pod: " + trial.Message}
		}
	}
	return nil
}

// create makes a pod. It is not interrupted: whoever does not wait for the answer does not know whether there is a pod to delete.
func (r *hostProbeRun) create(ctx context.Context, probe hostprocess.Probe) (cluster.Trial, *corev1.Pod, error) {
	if ctx.Err() != nil {
		return cluster.Trial{}, nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hostProbeCleaning)
	defer cancel()
	return r.trials.Create(ctx, probe.Pod())
}

// hostProbePause is how long to wait before the pods are looked at again.
const hostProbePause = time.Second

// wait looks at the pods until all are over or the time is.
func (r *hostProbeRun) wait(ctx context.Context) error {
	progress := r.deps.newProgress()
	defer progress.done()
	tick := time.NewTicker(hostProbePause)
	defer tick.Stop()
	for {
		open := 0
		for _, p := range r.probes {
			if p.outcome.Over {
				continue
			}
			if err := r.look(ctx, p); err != nil && ctx.Err() == nil {
				return err
			}
			if !p.outcome.Over {
				open++
			}
		}
		if open == 0 {
			return nil
		}
		progress.say("waiting for %d of %d probes", open, len(r.probes))
		select {
		case <-ctx.Done():
			return nil // what is open then did not run in time
		case <-tick.C:
		}
	}
}

// look reads a pod, and what it wrote once it is over.
func (r *hostProbeRun) look(ctx context.Context, p *hostProbe) error {
	pod, err := r.trials.Pod(ctx, p.pod.Namespace, p.pod.Name)
	if err != nil {
		return err
	}
	p.outcome = hostprocess.OutcomeOf(pod)
	if p.outcome.Ran {
		log, _ := r.trials.Log(ctx, p.pod, maxHostProbeLog) // it is an extra: that the pod ran is the answer
		p.outcome.Says = strings.Join(strings.Fields(log), " ")
	}
	return nil
}

const maxHostProbeLog = 2000

// hostProbeCleaning is what deleting gets, after an interruption too.
const hostProbeCleaning = 30 * time.Second

// clean deletes all pods. What cannot be deleted is told with the command that does it.
func (r *hostProbeRun) clean(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hostProbeCleaning)
	defer cancel()
	var errs []error
	for _, p := range r.probes {
		if p.pod == nil {
			continue
		}
		if !p.outcome.Ran && p.outcome.Says == "" {
			p.outcome.Says = r.why(ctx, p)
		}
		if !p.outcome.Over {
			p.outcome.Says = strings.TrimSuffix(fmt.Sprintf("it was not over within %s: %s", r.o.limit, p.outcome.Says), ": ")
		}
		if err := r.trials.Delete(ctx, p.pod); err != nil {
			errs = append(errs, fmt.Errorf("%w; left behind: kubectl delete pod --namespace %s --selector %s=true", err, r.namespace, hostprocess.LabelProbe))
		}
	}
	return errors.Join(errs...)
}

// why is what events say of a pod that did not get to run.
func (r *hostProbeRun) why(ctx context.Context, p *hostProbe) string {
	if events, err := r.trials.Warnings(ctx, p.pod); err == nil && len(events) > 0 {
		return events[0]
	}
	return ""
}
