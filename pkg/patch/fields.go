package patch

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/windowspod"
)

// linuxFields are the fields of a pod spec that the API server of the chart's Kubernetes refuses beside os.name windows.
func (s *solver) linuxFields(spec *corev1.PodSpec) []windowspod.Field {
	return steer.Refused(spec, s.minor)
}

// holder is where in the pod spec the map with a field is: securityContext, containers[0].securityContext; empty for the pod spec itself.
func holder(f windowspod.Field) string { return f.Path[:len(f.Path)-1].String() }

// fixes are the picks that take Linux-only fields away from pods that go to Windows.
func (s *solver) fixes() []pick {
	if !s.fix {
		return nil
	}
	var out []pick
	for i, k := range s.table.Knobs {
		if _, no := s.barred[i]; no || k.Field != knob.SecurityContext && k.Shape != knob.Bool {
			continue
		}
		if keys := s.toRemove(k); len(keys) > 0 {
			out = append(out, pick{knob: i, means: byFixing, keys: strings.Join(keys, ",")})
		}
	}
	return out
}

// toRemove are the keys of a knob's value that its pods must not have.
func (s *solver) toRemove(k knob.Knob) []string {
	have, _ := k.Current.(map[string]any)
	var out []string
	for _, e := range k.Effects {
		if s.targets[e.Pod].OS != platform.Windows {
			continue
		}
		for _, f := range s.linuxFields(&s.table.Pods[e.Pod].Spec) {
			if k.Shape == knob.Bool && len(f.Path) == 1 && f.Name() == string(k.Field) {
				return []string{f.Name()}
			}
			if _, ok := have[f.Name()]; ok && holder(f) == e.At && !slices.Contains(out, f.Name()) {
				out = append(out, f.Name())
			}
		}
	}
	slices.Sort(out)
	return out
}

// left are the Linux-only fields that no pick takes away.
func (s *solver) left(pod int) []windowspod.Field {
	fields := s.linuxFields(&s.table.Pods[pod].Spec)
	for _, pk := range s.fixes() {
		k := s.table.Knobs[pk.knob]
		keys := strings.Split(pk.keys, ",")
		fields = slices.DeleteFunc(fields, func(f windowspod.Field) bool {
			return slices.ContainsFunc(k.Effects, func(e knob.Effect) bool {
				return e.Pod == pod && (e.At == holder(f) && slices.Contains(keys, f.Name()))
			})
		})
	}
	return fields
}

// osNames are the pods whose os.name is to be set: those that have none and nothing that the API server would then refuse.
func (s *solver) osNames(p *plan) []want {
	if !s.osName {
		return nil
	}
	var out []want
	for i, t := range s.targets {
		if t.OS == "" || !p.hope[i] || s.table.Pods[i].Spec.OS != nil || !s.reachable(want{i, byOSName}) {
			continue
		}
		if t.OS == platform.Windows && len(s.left(i)) > 0 {
			continue
		}
		p.needs[i] |= byOSName
		out = append(out, want{i, byOSName})
	}
	return out
}

// notes says what --fix-fields and --set-os-name could not do for a pod.
func (x *run) notes(i int, after *corev1.PodSpec) []string {
	t := x.targets[i]
	var out []string
	rest := x.linuxFields(after)
	if t.OS == platform.Windows && (x.fix || x.osName) && len(rest) > 0 {
		names := make([]string, 0, len(rest))
		for _, f := range rest {
			names = append(names, f.Path.String())
		}
		what := "has Linux-only fields: "
		if x.fix {
			what = "keeps Linux-only fields, which no value takes away: "
		}
		out = append(out, what+strings.Join(names, ", "))
	}
	if x.osName && t.OS != "" && after.OS == nil {
		why := "no value reaches it"
		if t.OS == platform.Windows && len(rest) > 0 {
			why = "the API server would refuse the pod for its Linux-only fields"
		}
		out = append(out, "os.name is not set: "+why)
	}
	return out
}
