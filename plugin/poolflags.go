package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// liveCluster is the name that stands for the nodes of the current context.
const liveCluster = "cluster"

// poolsUsage describes --pools.
func poolsUsage() string {
	return "node `POOLS`: " + strings.Join(placement.Presets(), ", ") + ", a file with Nodes or pools, or cluster: those of the current context"
}

// readPools is the preset of that name, the pools of the current context, or what the file of that name holds.
func readPools(ctx context.Context, name string) ([]placement.Pool, error) {
	if pools, ok := placement.Preset(name); ok {
		return pools, nil
	}
	if name == liveCluster {
		return livePools(ctx, genericclioptions.NewConfigFlags(true))
	}
	const accepted = "accepted are cluster, the presets %s, or a file with a Node, a List of Nodes, or a list of {name, labels, taints}"
	presets := strings.Join(placement.Presets(), ", ")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		problem := fmt.Sprintf("--pools %q: neither a preset nor a file", name)
		return nil, &usageError{problems: []string{problem}, hint: fmt.Sprintf(accepted, presets)}
	}
	if err != nil {
		return nil, fmt.Errorf("reading pools: %w", err)
	}
	pools, err := placement.ReadPools(data, name)
	if err != nil {
		return nil, &usageError{problems: []string{err.Error()}}
	}
	return pools, nil
}

// readPools is readPools, of the cluster that the flags of the chart lead to.
func (o *chartOptions) readPools(ctx context.Context, deps Deps, name string) ([]placement.Pool, error) {
	if name == liveCluster {
		return livePools(ctx, o.getter(deps))
	}
	return readPools(ctx, name)
}

// livePools are the pools of a cluster.
func livePools(ctx context.Context, getter genericclioptions.RESTClientGetter) ([]placement.Pool, error) {
	reader, err := cluster.New(getter, cluster.Options{})
	if err != nil {
		return nil, err
	}
	inv, err := reader.Inventory(ctx, cluster.Scope{NodesOnly: true})
	if err != nil {
		return nil, fmt.Errorf("reading pools: %w", err)
	}
	if gap, missing := inv.Gaps[inventory.Nodes]; missing {
		return nil, fmt.Errorf("reading pools: %s", gap.Reason)
	}
	return inv.Pools, nil
}

// windowsBuild is the build that --windows-build names; empty when the flag was not given.
func windowsBuild(s string) (platform.Build, error) {
	if s == "" {
		return "", nil
	}
	return platform.ParseBuild(s)
}

// tolerations parses every KEY[=VALUE]:EFFECT, the form in which kubectl taint writes a taint.
func tolerations(specs []string) ([]corev1.Toleration, error) {
	var list []corev1.Toleration
	for _, spec := range specs {
		t, err := toleration(spec)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func toleration(spec string) (corev1.Toleration, error) {
	effects := []corev1.TaintEffect{corev1.TaintEffectNoExecute, corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule}
	label, effect, _ := strings.Cut(spec, ":")
	if !slices.Contains(effects, corev1.TaintEffect(effect)) {
		return corev1.Toleration{}, fmt.Errorf("%q: want KEY[=VALUE]:EFFECT, with an EFFECT of NoExecute, NoSchedule or PreferNoSchedule", spec)
	}
	key, value, equal := strings.Cut(label, "=")
	if problems := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...); len(problems) > 0 {
		return corev1.Toleration{}, fmt.Errorf("%q: want KEY[=VALUE]:EFFECT: %s", spec, problems[0])
	}
	if !equal {
		return corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffect(effect)}, nil
	}
	return corev1.Toleration{Key: key, Operator: corev1.TolerationOpEqual, Value: value, Effect: corev1.TaintEffect(effect)}, nil
}
