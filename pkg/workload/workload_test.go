package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// objectOf decodes one document as a renderer does.
func objectOf(t *testing.T, document string) map[string]any {
	t.Helper()
	var obj map[string]any
	if err := yaml.Unmarshal([]byte(document), &obj); err != nil {
		t.Fatal(err)
	}
	return obj
}

// seen is what the tables below say of a workload.
type seen struct {
	ID, Path string
	Custom   bool
	Fields   string
	Selector map[string]string
}

func look(found []workload.Workload) []seen {
	var all []seen
	for _, w := range found {
		all = append(all, seen{w.ID(), w.SpecPath.String(), w.Custom, strings.Join(w.Fields, " "), w.Spec.NodeSelector})
	}
	return all
}

const (
	allFields    = "nodeSelector tolerations affinity runtimeClassName"
	withoutClass = "nodeSelector tolerations affinity"
)

func TestOfFindsEveryKindOfPodTemplate(t *testing.T) {
	t.Parallel()
	at := func(path string, custom bool, fields string) []seen {
		return []seen{{"K/x", path, custom, fields, map[string]string{"a": "b"}}}
	}
	const template = "{template: {spec: {nodeSelector: {a: b}}}}"
	for name, tc := range map[string]struct {
		apiVersion, kind, body string
		want                   []seen
	}{
		"pod":                      {"v1", "Pod", "spec: {nodeSelector: {a: b}}", at("spec", false, allFields)},
		"pod template":             {"v1", "PodTemplate", template[1 : len(template)-1], at("template.spec", false, allFields)},
		"replication controller":   {"v1", "ReplicationController", "spec: " + template, at("spec.template.spec", false, allFields)},
		"deployment":               {"apps/v1", "Deployment", "spec: " + template, at("spec.template.spec", false, allFields)},
		"deployment, beta":         {"apps/v1beta2", "Deployment", "spec: " + template, at("spec.template.spec", false, allFields)},
		"deployment, extensions":   {"extensions/v1beta1", "Deployment", "spec: " + template, at("spec.template.spec", false, allFields)},
		"replica set":              {"apps/v1", "ReplicaSet", "spec: " + template, at("spec.template.spec", false, allFields)},
		"stateful set":             {"apps/v1", "StatefulSet", "spec: " + template, at("spec.template.spec", false, allFields)},
		"daemon set":               {"apps/v1", "DaemonSet", "spec: " + template, at("spec.template.spec", false, allFields)},
		"job":                      {"batch/v1", "Job", "spec: " + template, at("spec.template.spec", false, allFields)},
		"cron job":                 {"batch/v1", "CronJob", "spec: {jobTemplate: {spec: " + template + "}}", at("spec.jobTemplate.spec.template.spec", false, allFields)},
		"cron job, beta":           {"batch/v1beta1", "CronJob", "spec: {jobTemplate: {spec: " + template + "}}", at("spec.jobTemplate.spec.template.spec", false, allFields)},
		"kruise daemon set":        {"apps.kruise.io/v1alpha1", "DaemonSet", "spec: " + template, at("spec.template.spec", true, allFields)},
		"knative service":          {"serving.knative.dev/v1", "Service", "spec: " + template, at("spec.template.spec", true, allFields)},
		"rollout":                  {"argoproj.io/v1alpha1", "Rollout", "spec: " + template, at("spec.template.spec", true, allFields)},
		"prometheus":               {"monitoring.coreos.com/v1", "Prometheus", "spec: {nodeSelector: {a: b}}", at("spec", true, withoutClass)},
		"kibana":                   {"kibana.k8s.elastic.co/v1", "Kibana", "spec: {podTemplate: {spec: {nodeSelector: {a: b}}}}", at("spec.podTemplate.spec", true, allFields)},
		"volcano job":              {"batch.volcano.sh/v1alpha1", "Job", "spec: {tasks: [" + template + "]}", at("spec.tasks[0].template.spec", true, allFields)},
		"core service":             {"v1", "Service", "spec: " + template, nil},
		"deployment of others":     {"example.com/v1", "Deployment", "spec: " + template, nil},
		"rollout of a deployment":  {"argoproj.io/v1alpha1", "Rollout", "spec: {workloadRef: {kind: Deployment, name: x}}", nil},
		"config map":               {"v1", "ConfigMap", "spec: " + template, nil},
		"custom resource, no spec": {"monitoring.coreos.com/v1", "Prometheus", "status: {}", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			obj := objectOf(t, "apiVersion: "+tc.apiVersion+"\nkind: "+tc.kind+"\nmetadata: {name: x}\n"+tc.body)
			want := tc.want
			for i := range want {
				want[i].ID = tc.kind + "/x"
			}
			if diff := cmp.Diff(look(workload.Of(obj)), want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestOfFindsEachTemplateOfACustomResource(t *testing.T) {
	t.Parallel()
	const noSelector = "tolerations affinity"
	for name, tc := range map[string]struct {
		document string
		want     []seen
	}{
		"the first goes by the name alone": {
			`{apiVersion: elasticsearch.k8s.elastic.co/v1, kind: Elasticsearch, metadata: {name: es, namespace: logs},
			  spec: {nodeSets: [{name: a, podTemplate: {spec: {nodeSelector: {a: b}}}}, {name: b}]}}`,
			[]seen{
				{"Elasticsearch/logs/es", "spec.nodeSets[0].podTemplate.spec", true, allFields, map[string]string{"a": "b"}},
				{"Elasticsearch/logs/es (spec.nodeSets[1].podTemplate.spec)", "spec.nodeSets[1].podTemplate.spec", true, allFields, nil},
			},
		},
		"a part that is not there has no pods": {
			`{apiVersion: logging.banzaicloud.io/v1beta1, kind: Logging, metadata: {name: l}, spec: {fluentbit: {nodeSelector: {a: b}}}}`,
			[]seen{{"Logging/l (spec.fluentbit)", "spec.fluentbit", true, withoutClass, map[string]string{"a": "b"}}},
		},
		"kafka has no node selector": {
			`{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: k},
			  spec: {kafka: {template: {pod: {nodeSelector: {a: b}}}}, zookeeper: {}, entityOperator: null}}`,
			[]seen{
				{"Kafka/k", "spec.kafka.template.pod", true, noSelector, nil},
				{"Kafka/k (spec.zookeeper.template.pod)", "spec.zookeeper.template.pod", true, noSelector, nil},
			},
		},
		"spark driver and executor": {
			`{apiVersion: sparkoperator.k8s.io/v1beta2, kind: SparkApplication, metadata: {name: s},
			  spec: {driver: {cores: 1, nodeSelector: {a: b}}, executor: {}}}`,
			[]seen{
				{"SparkApplication/s", "spec.driver", true, withoutClass, map[string]string{"a": "b"}},
				{"SparkApplication/s (spec.executor)", "spec.executor", true, withoutClass, nil},
			},
		},
		"flink's own templates only where they are": {
			`{apiVersion: flink.apache.org/v1beta1, kind: FlinkDeployment, metadata: {name: f},
			  spec: {jobManager: {replicas: 1}, taskManager: {podTemplate: {spec: {nodeSelector: {a: b}}}}}}`,
			[]seen{
				{"FlinkDeployment/f", "spec.podTemplate.spec", true, allFields, nil},
				{"FlinkDeployment/f (spec.taskManager.podTemplate.spec)", "spec.taskManager.podTemplate.spec", true, allFields, map[string]string{"a": "b"}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(look(workload.Of(objectOf(t, tc.document))), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestOfFlattensLists(t *testing.T) {
	t.Parallel()
	got := look(workload.Of(objectOf(t, `
apiVersion: v1
kind: List
items:
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {nodeSelector: {a: b}}}}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
- 5
- apiVersion: v1
  kind: PodList
  items:
  - {apiVersion: v1, kind: Pod, metadata: {generateName: b-}, spec: {nodeSelector: {c: d}}}
`)))
	want := []seen{
		{"Deployment/a", "spec.template.spec", false, allFields, map[string]string{"a": "b"}},
		{"Pod/b-", "spec", false, allFields, map[string]string{"c": "d"}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestOfTellsTheWholeWorkload(t *testing.T) {
	t.Parallel()
	got := workload.Of(objectOf(t, `
apiVersion: v1
kind: Pod
metadata: {name: check, namespace: shop, annotations: {helm.sh/hook: "Test-success, post-install"}}
spec: {nodeSelector: {kubernetes.io/os: linux}, containers: [{name: c, image: busybox}]}
`))
	want := []workload.Workload{{
		Object: object.Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "check"},
		Hooks:  []string{"test-success", "post-install"},
		Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"kubernetes.io/os": "linux"},
			Containers:   []corev1.Container{{Name: "c", Image: "busybox"}},
		},
		SpecPath: object.Path{"spec"},
		Fields:   []string{"nodeSelector", "tolerations", "affinity", "runtimeClassName"},
	}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
}

func TestHooksAndTests(t *testing.T) {
	t.Parallel()
	for annotation, want := range map[string][2]bool{
		"":                         {false, false},
		" , ":                      {false, false},
		"pre-install":              {true, false},
		"test":                     {true, true},
		"test-success,test":        {true, true},
		"post-install, test":       {true, false},
		"pre-install,post-upgrade": {true, false},
	} {
		obj := map[string]any{
			"apiVersion": "v1", "kind": "Pod",
			"metadata": map[string]any{"name": "p", "annotations": map[string]any{"helm.sh/hook": annotation}},
			"spec":     map[string]any{},
		}
		w := workload.Of(obj)[0]
		if diff := cmp.Diff([2]bool{w.Hook(), w.Test()}, want); diff != "" {
			t.Errorf("%q: got -, want +:\n%s", annotation, diff)
		}
	}
}

func TestMayHold(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{
		"Deployment": true, "Service": true, "Prometheus": true, "List": true, "DeploymentList": true,
		"ConfigMap": false, "CustomResourceDefinition": false, "": false,
	} {
		if got := workload.MayHold(kind); got != want {
			t.Errorf("MayHold(%q) = %t, want %t", kind, got, want)
		}
	}
}

func TestOfBearsAnyShape(t *testing.T) {
	t.Parallel()
	for _, obj := range []map[string]any{
		nil,
		{},
		{"kind": 5, "items": map[string]any{}},
		{"kind": "List", "items": "x"},
		{"kind": "List", "items": []any{nil, map[string]any{"kind": "List", "items": []any{map[string]any(nil)}}}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": []any{1}, "spec": "x"},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": 5, "annotations": "x"}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "spec": map[string]any{"template": []any{}}},
		{"apiVersion": "v1", "kind": "Pod", "spec": map[string]any{"volumes": func() {}, "os": map[any]any{1: 2}}},
		{"apiVersion": "minio.min.io/v2", "kind": "Tenant", "spec": map[string]any{"pools": []any{nil, 5, "x", map[string]any{}}}},
		{"apiVersion": "minio.min.io/v2", "kind": "Tenant", "spec": map[string]any{"pools": map[string]any{"a": 1}}},
	} {
		for _, w := range workload.Of(obj) {
			if w.Object.Kind == "" || len(w.SpecPath) == 0 {
				t.Errorf("%v: workload %v has no kind or no path", obj, w)
			}
		}
	}
}
