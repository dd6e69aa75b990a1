package hostprocess_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/winready/kubectl-winready/pkg/hostprocess"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// TestValidation: of many pods with any mix of what makes HostProcess pods, the API server refuses the very fields that we say it refuses, in
// those words, and no others.
func TestValidation(t *testing.T) {
	t.Parallel()
	namespace := plane.Namespace(t, nil)
	server, err := platform.ParseVersion("v1.37.2")
	if err != nil {
		t.Fatal(err)
	}
	c := client(t)
	g := generator{rand.New(rand.NewPCG(20261123, 6))} //nolint:gosec // the same pods each time
	refused := 0
	for i := range 800 {
		pod := g.odd(namespace)
		_, err := c.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		var ours []string
		for _, f := range append(hostprocess.Faults(&pod.Spec), hostprocess.Foreign(&pod.Spec, server)...) {
			if f.Says != "" && f.Kind != hostprocess.WindowsOptions { // which says it of each field
				ours = append(ours, strings.TrimSuffix("spec."+f.Path.String(), ".")+": "+f.Says)
			}
		}
		theirs := causes(t, err)
		if len(theirs) > 0 {
			refused++
		}
		slices.Sort(ours)
		if diff := cmp.Diff(ours, theirs); diff != "" {
			t.Errorf("pod %d %+v: ours -, the API server's +:\n%s", i, pod.Spec, diff)
		}
	}
	t.Logf("800 pods, %d refused", refused)
	if refused < 200 || refused > 750 {
		t.Errorf("the pods ask too little: %d of 800 refused", refused)
	}
}

// causes are the fields that the API server refuses, each with its words, sorted.
func causes(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Details == nil {
		t.Fatal(err)
	}
	var out []string
	for _, cause := range status.ErrStatus.Details.Causes {
		says := cause.Message
		if cut, ok := strings.CutPrefix(says, "Forbidden: "); ok {
			says = cut
		} else if at := strings.LastIndex(says, `: runAsUserName`); at >= 0 {
			says = says[at+2:]
		} else if _, after, ok := strings.Cut(says, "Invalid value: "); ok {
			_, says, _ = strings.Cut(after, ": ")
		}
		out = append(out, cause.Field+": "+says)
	}
	slices.Sort(out)
	return out
}

// odd is a pod of which anything may be wrong that makes it a HostProcess pod.
func (g generator) odd(namespace string) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "p-", Namespace: namespace}}
	p.Spec.HostNetwork = g.yes(70)
	p.Spec.SecurityContext = &corev1.PodSecurityContext{WindowsOptions: g.options()}
	for range 1 + g.IntN(2) {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{
			Name: "c" + string(rune('0'+len(p.Spec.Containers))), Image: "i", SecurityContext: &corev1.SecurityContext{WindowsOptions: g.options()},
		})
	}
	if g.yes(30) {
		p.Spec.InitContainers = []corev1.Container{{Name: "init", Image: "i", SecurityContext: &corev1.SecurityContext{WindowsOptions: g.options()}}}
	}
	if g.yes(30) {
		p.Spec.OS = &corev1.PodOS{Name: corev1.Windows}
		p.Spec.HostPID = g.yes(20)
		if g.yes(30) {
			p.Spec.SecurityContext.FSGroup = new(int64(1))
		}
		if g.yes(30) {
			p.Spec.Containers[0].SecurityContext.Privileged = new(false)
		}
	}
	return p
}

func (g generator) options() *corev1.WindowsSecurityContextOptions {
	if g.yes(25) {
		return nil
	}
	o := &corev1.WindowsSecurityContextOptions{HostProcess: pick(g, nil, nil, new(true), new(true), new(false))}
	if g.yes(40) {
		o.RunAsUserName = new(g.user())
	}
	return o
}

// user is a name that may be none.
func (g generator) user() string {
	parts := []string{
		`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\Local service`, "hpc-users", "", `a\b\c`, `\user`, `domain\`, ".", " . ", "a@b", `do:main\user`, `.corp\user`,
		`corp.example.com\user`, `CORP-ABCDEFGHIJKLMNOP\user`, "tab\tuser", strings.Repeat("u", 104), strings.Repeat("u", 105), strings.Repeat("d", 256) + `\user`,
		`a[b]`, `x/y`, "Käse", `-\u`, `corp-\user`, strings.Repeat("ü", 60), "a\x7fb", `{\u`, "a\\.",
	}
	return pick(g, parts...)
}
