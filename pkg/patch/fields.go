package patch

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/winready/kubectl-winready/pkg/knob"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// linuxField is a field that the API server refuses on a pod whose os.name is windows, be its value false.
type linuxField struct {
	at  string // where in the pod spec: securityContext, containers[0].securityContext; empty for the pod spec itself
	key string
}

func (f linuxField) String() string {
	if f.at == "" {
		return f.key
	}
	return f.at + "." + f.key
}

// linuxFields are the Linux-only fields a pod spec has.
// Source: validateWindows in pkg/apis/core/validation/validation.go of k8s.io/kubernetes v1.37.2. Pod-level resources, which it
// does not refuse there, and the stop signal are left to the API server.
func linuxFields(spec *corev1.PodSpec) []linuxField {
	var out []linuxField
	add := func(at, key string, set bool) {
		if set {
			out = append(out, linuxField{at, key})
		}
	}
	add("", string(knob.HostPID), spec.HostPID)
	add("", string(knob.HostIPC), spec.HostIPC)
	add("", string(knob.ShareProcesses), spec.ShareProcessNamespace != nil)
	add("", string(knob.HostUsers), spec.HostUsers != nil)
	if sc := spec.SecurityContext; sc != nil {
		at := "securityContext"
		add(at, "seLinuxOptions", sc.SELinuxOptions != nil)
		add(at, "seccompProfile", sc.SeccompProfile != nil)
		add(at, "appArmorProfile", sc.AppArmorProfile != nil)
		add(at, "fsGroup", sc.FSGroup != nil)
		add(at, "fsGroupChangePolicy", sc.FSGroupChangePolicy != nil)
		add(at, "sysctls", len(sc.Sysctls) > 0)
		add(at, "runAsUser", sc.RunAsUser != nil)
		add(at, "runAsGroup", sc.RunAsGroup != nil)
		add(at, "supplementalGroups", sc.SupplementalGroups != nil)
		add(at, "supplementalGroupsPolicy", sc.SupplementalGroupsPolicy != nil)
		add(at, "seLinuxChangePolicy", sc.SELinuxChangePolicy != nil)
	}
	for _, l := range []struct {
		name string
		list []corev1.Container
	}{{"initContainers", spec.InitContainers}, {"containers", spec.Containers}} {
		for i, c := range l.list {
			out = append(out, containerFields(fmt.Sprintf("%s[%d].securityContext", l.name, i), c.SecurityContext)...)
		}
	}
	return out
}

func containerFields(at string, sc *corev1.SecurityContext) []linuxField {
	if sc == nil {
		return nil
	}
	var out []linuxField
	for _, f := range []struct {
		key string
		set bool
	}{
		{"seLinuxOptions", sc.SELinuxOptions != nil},
		{"seccompProfile", sc.SeccompProfile != nil},
		{"appArmorProfile", sc.AppArmorProfile != nil},
		{"capabilities", sc.Capabilities != nil},
		{"readOnlyRootFilesystem", sc.ReadOnlyRootFilesystem != nil},
		{"privileged", sc.Privileged != nil},
		{"allowPrivilegeEscalation", sc.AllowPrivilegeEscalation != nil},
		{"procMount", sc.ProcMount != nil},
		{"runAsUser", sc.RunAsUser != nil},
		{"runAsGroup", sc.RunAsGroup != nil},
	} {
		if f.set {
			out = append(out, linuxField{at, f.key})
		}
	}
	return out
}

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
		for _, f := range linuxFields(&s.table.Pods[e.Pod].Spec) {
			if k.Shape == knob.Bool && f.at == "" && f.key == string(k.Field) {
				return []string{f.key}
			}
			if _, ok := have[f.key]; ok && f.at == e.At && !slices.Contains(out, f.key) {
				out = append(out, f.key)
			}
		}
	}
	slices.Sort(out)
	return out
}

// left are the Linux-only fields that no pick takes away.
func (s *solver) left(pod int) []linuxField {
	fields := linuxFields(&s.table.Pods[pod].Spec)
	for _, pk := range s.fixes() {
		k := s.table.Knobs[pk.knob]
		keys := strings.Split(pk.keys, ",")
		fields = slices.DeleteFunc(fields, func(f linuxField) bool {
			return slices.ContainsFunc(k.Effects, func(e knob.Effect) bool {
				return e.Pod == pod && (e.At == f.at && slices.Contains(keys, f.key))
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
	rest := linuxFields(after)
	if t.OS == platform.Windows && (x.fix || x.osName) && len(rest) > 0 {
		names := make([]string, 0, len(rest))
		for _, f := range rest {
			names = append(names, f.String())
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
