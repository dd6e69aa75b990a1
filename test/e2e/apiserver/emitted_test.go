package apiserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/aim"
	"github.com/winready/kubectl-winready/pkg/chart"
	"github.com/winready/kubectl-winready/pkg/manifest"
	"github.com/winready/kubectl-winready/pkg/patch"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/postrender"
	"github.com/winready/kubectl-winready/pkg/steer"
	"github.com/winready/kubectl-winready/pkg/workload"
	"github.com/winready/kubectl-winready/test/controlplane"
)

// linuxOnly is a pod with every field that the API server refuses beside os.name windows, and one with what cannot be taken away.
const linuxOnly = `apiVersion: v1
kind: Pod
metadata: {name: linux-only}
spec:
  hostPID: true
  hostIPC: true
  shareProcessNamespace: true
  securityContext:
    runAsUser: 1
    runAsGroup: 1
    fsGroup: 1
    fsGroupChangePolicy: Always
    supplementalGroups: [1]
    supplementalGroupsPolicy: Merge
    seLinuxOptions: {level: s0}
    seLinuxChangePolicy: MountOption
    seccompProfile: {type: RuntimeDefault}
    appArmorProfile: {type: RuntimeDefault}
    sysctls: [{name: kernel.shm_rmid_forced, value: "0"}]
    runAsNonRoot: true
  initContainers:
    - &c
      name: init
      image: registry.k8s.io/pause:3.10
      securityContext:
        runAsUser: 1
        runAsGroup: 1
        privileged: false
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        procMount: Default
        capabilities: {drop: [ALL]}
        seLinuxOptions: {level: s0}
        seccompProfile: {type: RuntimeDefault}
        appArmorProfile: {type: RuntimeDefault}
  containers:
    - {<<: *c, name: main}
---
apiVersion: v1
kind: Pod
metadata: {name: host-users}
spec: {hostUsers: true, containers: [{name: c, image: registry.k8s.io/pause:3.10}]}
---
apiVersion: v1
kind: Pod
metadata: {name: pod-resources}
spec: {resources: {limits: {cpu: 1}}, containers: [{name: c, image: registry.k8s.io/pause:3.10}]}
---
apiVersion: v1
kind: Pod
metadata: {name: names-linux}
spec: {os: {name: linux}, hostPID: true, containers: [{name: c, image: registry.k8s.io/pause:3.10}]}
`

// TestTheServerAcceptsWhatWeEmit: a pod that the API server takes as its chart makes it, it takes as we send it to Windows, os.name
// and Linux-only fields included: by values and, for the rest, by the post-renderer.
func TestTheServerAcceptsWhatWeEmit(t *testing.T) {
	t.Parallel()
	plane := controlplane.Start(t, controlplane.Options{})
	pools, _ := placement.Preset("rke2")
	request := aim.Request{OS: "windows", Pools: pools}
	also := steer.Also{OSName: true, Fix: true}
	before, after := map[string][]byte{}, map[string][]byte{}
	collect := func(name string, stream []byte) {
		for id, pod := range podsIn(t, stream) {
			before[name+" "+id] = pod
		}
		out, _, err := postrender.Bytes(stream, postrender.Request{Request: request, Also: also})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		for id, pod := range podsIn(t, out) {
			after[name+" "+id] = pod
		}
	}
	collect("linux-only", []byte(linuxOnly))
	folders, err := filepath.Glob(filepath.Join("..", "..", "charts", "*", "Chart.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range folders {
		dir := filepath.Dir(at)
		for form, stream := range streams(t, dir, request) {
			collect(filepath.Base(dir)+" "+form, stream)
		}
	}
	sound, emitted := accepted(t, plane, before), accepted(t, plane, after)
	windows, taken := 0, 0
	for id, ok := range sound {
		if ok {
			taken++
		}
		if ok && !emitted[id] {
			_, err := plane.Run(t.Context(), string(after[id]), "create", "--dry-run=server", "-f", "-")
			t.Errorf("%s: the API server takes the chart's pod and refuses ours: %v\n%s", id, err, after[id])
		}
		if bytes.Contains(after[id], []byte(`"os":{"name":"windows"}`)) {
			windows++
		}
	}
	t.Logf("%d pods, %d of them with os.name windows; %d are accepted as they are", len(after), windows, taken)
	if taken < len(after)*9/10 || windows < len(after)/2 || !bytes.Contains(after["linux-only Pod/linux-only"], []byte(`"os":{"name":"windows"}`)) {
		t.Errorf("os.name windows is set on %d of %d pods, and %d are accepted as they are", windows, len(after), taken)
	}
}

// streams are the renders of a chart, as it is and with its overlay. Charts that do not render without values have none.
func streams(t *testing.T, dir string, request aim.Request) map[string][]byte {
	t.Helper()
	chart.LogTo(io.Discard)
	c, err := chart.Load(t.Context(), chart.Source{Ref: dir}, io.Discard)
	if err != nil {
		return nil
	}
	r, err := c.Renderer(chart.Release{Name: "rel", Namespace: "default"}, given(t, dir))
	if err != nil {
		return nil
	}
	result, err := patch.Run(t.Context(), r, patch.Request{Request: request, SetOSName: true, FixFields: true})
	if err != nil {
		return nil
	}
	out := map[string][]byte{}
	for form, overlay := range map[string]map[string]any{"as it is": nil, "with values": result.Overlay.Tree()} {
		rendered, err := r.Render(t.Context(), overlay)
		if err != nil {
			t.Fatal(err)
		}
		docs, err := rendered.Documents()
		if err != nil {
			t.Fatal(err)
		}
		var stream bytes.Buffer
		if err := chart.WriteManifest(&stream, sound(docs)); err != nil {
			t.Fatal(err)
		}
		out[form] = stream.Bytes()
	}
	return out
}

// given are the values without which a trap does not render.
func given(t *testing.T, dir string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "ci", "values.yaml"))
	if err != nil {
		return nil
	}
	var values map[string]any
	if err := yaml.Unmarshal(data, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// sound leaves the documents out that are broken on purpose.
func sound(docs []chart.Document) []chart.Document {
	var out []chart.Document
	for _, d := range docs {
		if _, err := manifest.Parse(d.Text); err == nil {
			out = append(out, d)
		}
	}
	return out
}

// podsIn are the pods that the templates of Kubernetes' own kinds make, by KIND/NAME, each with a name of its own.
func podsIn(t *testing.T, stream []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := manifest.Stream(bytes.NewReader(stream), func(i manifest.Item) error {
		if i.Err != nil {
			return nil //nolint:nilerr // it is broken on purpose
		}
		for _, w := range workload.Of(i.Object()) {
			if w.Custom || len(w.Problems) > 0 {
				continue
			}
			id := w.ID()
			for n := 2; out[id] != nil; n++ {
				id = fmt.Sprintf("%s#%d", w.ID(), n)
			}
			spec, _ := w.SpecPath.In(i.Object()).(map[string]any)
			for _, elsewhere := range []string{"serviceAccountName", "serviceAccount", "priorityClassName", "runtimeClassName"} {
				delete(spec, elsewhere) // it would be refused for what is not in the cluster
			}
			pod, err := json.Marshal(map[string]any{
				"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "pod"}, "spec": spec,
			})
			if err != nil {
				return err
			}
			out[id] = pod
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// accepted asks the API server about many pods at once.
func accepted(t *testing.T, plane *controlplane.Plane, pods map[string][]byte) map[string]bool {
	t.Helper()
	var stream bytes.Buffer
	names := map[string]string{}
	for id, pod := range pods {
		name := fmt.Sprintf("pod-%d", len(names))
		names["pod/"+name] = id
		stream.WriteString("---\n")
		stream.Write(bytes.Replace(pod, []byte(`"metadata":{"name":"pod"}`), []byte(`"metadata":{"name":"`+name+`"}`), 1))
		stream.WriteString("\n")
	}
	said, _ := plane.Run(t.Context(), stream.String(), "create", "--dry-run=server", "--validate=ignore", "--namespace", plane.Namespace(t, nil), "-f", "-")
	out := map[string]bool{}
	for id := range pods {
		out[id] = false
	}
	for line := range strings.Lines(said) {
		name, _, _ := strings.Cut(line, " ")
		if id, ok := names[name]; ok && strings.Contains(line, "created") {
			out[id] = true
		}
	}
	return out
}
