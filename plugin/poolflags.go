package plugin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// readPools is the preset of that name, or what the file of that name holds.
func readPools(name string) ([]placement.Pool, error) {
	if pools, ok := placement.Preset(name); ok {
		return pools, nil
	}
	const accepted = "accepted are the presets %s, or a file with a Node, a List of Nodes, or a list of {name, labels, taints}"
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
