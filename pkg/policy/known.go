package policy

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// made says how the pods are known that an operator makes for a custom resource.
type made struct {
	group, kind string
	// labels is a selector of what the operator puts on the pods, whatever the user says; NAME and NAMESPACE are the resource's.
	// Empty: the pods, or the ReplicaSets of chains, have the resource as their owner.
	labels string
}

// operators are the custom resources whose pods are known. Of a resource with pods of several parts they are those of all parts.
func operators() []made {
	return append(elastic(), []made{
		// Of actions/actions-runner-controller: controllers/actions.github.com/resourcebuilder.go and
		// controllers/actions.summerwind.net/constants.go.
		{"actions.github.com", "AutoscalingRunnerSet", "actions.github.com/scale-set-name=NAME"},
		{"actions.summerwind.dev", "RunnerDeployment", "runner-deployment-name=NAME"},
		{"actions.summerwind.dev", "RunnerSet", "runnerset-name=NAME"},
		// pkg/controller/cloneset/core/cloneset_core.go and pkg/controller/statefulset/statefulset_controller.go of openkruise/kruise.
		{"apps.kruise.io", "CloneSet", ""},
		{"apps.kruise.io", "StatefulSet", ""},
		{"argoproj.io", "Rollout", ""},
		// LabelKeyWorkflow in workflow/common/common.go of argoproj/argo-workflows.
		{"argoproj.io", "Workflow", "workflows.argoproj.io/workflow=NAME"},
		// pkg/controllers/job/job_controller_util.go of volcano-sh/volcano.
		{"batch.volcano.sh", "Job", ""},
		// pkg/operator/sts.go of fluent/fluent-operator.
		{"fluentd.fluent.io", "Fluentd", "app.kubernetes.io/component=fluentd,app.kubernetes.io/name=NAME"},
		// generateDefaultLabels in operator-common/.../model/Labels.java of strimzi/strimzi-kafka-operator.
		{"kafka.strimzi.io", "Kafka", "strimzi.io/cluster=NAME,strimzi.io/kind=Kafka"},
		{"kafka.strimzi.io", "KafkaBridge", "strimzi.io/cluster=NAME,strimzi.io/kind=KafkaBridge"},
		{"kafka.strimzi.io", "KafkaConnect", "strimzi.io/cluster=NAME,strimzi.io/kind=KafkaConnect"},
		{"kafka.strimzi.io", "KafkaMirrorMaker2", "strimzi.io/cluster=NAME,strimzi.io/kind=KafkaMirrorMaker2"},
		{"kafka.strimzi.io", "KafkaNodePool", "strimzi.io/pool-name=NAME"},
		// TenantLabel in pkg/apis/minio.min.io/v2/constants.go of minio/operator.
		{"minio.min.io", "Tenant", "v1.min.io/tenant=NAME"},
		// The reserved labels of podMetadata in pkg/apis/monitoring/v1 of prometheus-operator/prometheus-operator. By name they are of
		// the StatefulSets prometheus-NAME, prometheus-NAME-shard-1 and so on.
		{"monitoring.coreos.com", "Alertmanager", "alertmanager=NAME,app.kubernetes.io/managed-by=prometheus-operator"},
		{"monitoring.coreos.com", "Prometheus", "app.kubernetes.io/managed-by=prometheus-operator,app.kubernetes.io/name=prometheus,operator.prometheus.io/name=NAME"},
		{"monitoring.coreos.com", "PrometheusAgent", "app.kubernetes.io/managed-by=prometheus-operator,app.kubernetes.io/name=prometheus-agent,operator.prometheus.io/name=NAME"},
		{"monitoring.coreos.com", "ThanosRuler", "app.kubernetes.io/managed-by=prometheus-operator,thanos-ruler=NAME"},
		// internal/manifests/manifestutils/labels.go of open-telemetry/opentelemetry-operator.
		{"opentelemetry.io", "OpenTelemetryCollector", "app.kubernetes.io/component=opentelemetry-collector,app.kubernetes.io/instance=NAMESPACE.NAME,app.kubernetes.io/managed-by=opentelemetry-operator"},
		// ClusterLabelName and PgbouncerNameLabel in pkg/utils/labels_annotations.go of cloudnative-pg/cloudnative-pg.
		{"postgresql.cnpg.io", "Cluster", "cnpg.io/cluster=NAME,!cnpg.io/poolerName"},
		{"postgresql.cnpg.io", "Pooler", "cnpg.io/poolerName=NAME"},
		// internal/metadata/label.go of rabbitmq/cluster-operator.
		{"rabbitmq.com", "RabbitmqCluster", "app.kubernetes.io/component=rabbitmq,app.kubernetes.io/name=NAME"},
		// RayClusterLabelKey in ray-operator/controllers/ray/utils/constant.go of ray-project/kuberay.
		{"ray.io", "RayCluster", "ray.io/cluster=NAME"},
		// pkg/apis/serving/register.go of knative/serving.
		{"serving.knative.dev", "Configuration", "serving.knative.dev/configuration=NAME"},
		{"serving.knative.dev", "Service", "serving.knative.dev/service=NAME"},
		// LabelSparkAppName in pkg/common/spark.go of kubeflow/spark-operator.
		{"sparkoperator.k8s.io", "SparkApplication", "sparkoperator.k8s.io/app-name=NAME"},
	}...)
}

// elastic are the kinds of ECK, each with a label of its name: the labels packages below pkg/controller of elastic/cloud-on-k8s.
func elastic() []made {
	return []made{
		{"agent.k8s.elastic.co", "Agent", "agent.k8s.elastic.co/name=NAME"},
		{"apm.k8s.elastic.co", "ApmServer", "apm.k8s.elastic.co/name=NAME"},
		{"beat.k8s.elastic.co", "Beat", "beat.k8s.elastic.co/name=NAME"},
		{"elasticsearch.k8s.elastic.co", "Elasticsearch", "elasticsearch.k8s.elastic.co/cluster-name=NAME"},
		{"enterprisesearch.k8s.elastic.co", "EnterpriseSearch", "enterprisesearch.k8s.elastic.co/name=NAME"},
		{"kibana.k8s.elastic.co", "Kibana", "kibana.k8s.elastic.co/name=NAME"},
		{"logstash.k8s.elastic.co", "Logstash", "logstash.k8s.elastic.co/name=NAME"},
		{"maps.k8s.elastic.co", "ElasticMapsServer", "maps.k8s.elastic.co/name=NAME"},
		{"packageregistry.k8s.elastic.co", "PackageRegistry", "packageregistry.k8s.elastic.co/name=NAME"},
	}
}

// OwnerScope is the scope of the pods of an owner, KIND[.GROUP]/NAME in the spelling of kubectl, among other pods of a namespace. Those of
// custom resources whose operators are known are known by what the operator puts on them; of others the pods that name the owner
// themselves, which the note says.
func OwnerScope(text string, among Scope) (s Scope, note string, err error) {
	owner, err := parseOwner(text)
	if err != nil {
		return Scope{}, "", err
	}
	owner.Namespace, owner.Labels, owner.OS = among.Namespace, among.Labels, among.OS
	for _, m := range operators() {
		if strings.EqualFold(m.kind, owner.Kind) && (m.group == owner.Group || owner.Group == "") {
			s, reason := m.scope(owner)
			if reason != "" {
				return Scope{}, "", fmt.Errorf("%q: %s", text, reason)
			}
			return s, "", nil
		}
	}
	if slices.ContainsFunc(builtins(), owner.is) {
		return owner, "", nil
	}
	return owner, fmt.Sprintf("%s: only pods that name it as their owner are placed; of others give the labels with --selector", owner), nil
}

// ScopeOf is the scope of the pods of a workload, which has a namespace: for Kubernetes' own kinds and for custom resources whose
// operators are known. The reason says why the pods of another are not known. A kind without an apiVersion is one of Kubernetes'
// own unless custom says that it is none.
func ScopeOf(ref object.Ref, custom bool, os platform.OS) (s Scope, reason string) {
	group, _, grouped := strings.Cut(ref.APIVersion, "/")
	if !grouped {
		group = ""
	}
	s = Scope{Namespace: ref.Namespace, Kind: ref.Kind, Name: ref.Name, OS: os}
	if !custom {
		for _, k := range builtins() {
			if k.kind == ref.Kind && (group == k.group || group == "extensions" || ref.APIVersion == "") {
				s.Group = k.group
				return s, ""
			}
		}
	}
	for _, m := range operators() {
		if m.kind == ref.Kind && (group == m.group || ref.APIVersion == "") {
			return m.scope(s)
		}
	}
	if ref.Kind == "DaemonSet" {
		return Scope{}, boundPods
	}
	return Scope{}, "how its pods are known is not known: give their labels with policy --selector"
}

func (m made) scope(s Scope) (Scope, string) {
	s.Group, s.Kind = m.group, m.kind
	if m.labels == "" {
		return s, ""
	}
	text := strings.NewReplacer("NAMESPACE", s.Namespace, "NAME", s.Name).Replace(m.labels)
	selector, err := labels.Parse(text)
	if err != nil {
		return Scope{}, fmt.Sprintf("its pods are known by a label that cannot be %s: %v", s.Name, err)
	}
	if s.selects() {
		more, _ := s.Labels.Requirements()
		selector = selector.Add(more...)
	}
	return Scope{Namespace: s.Namespace, Labels: selector, OS: s.OS, of: s.String()}, ""
}
