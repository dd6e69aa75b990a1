package workload

import (
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
)

// template says where objects of a kind hold a pod spec, or placement fields of their own. A kind has a row for each place.
type template struct {
	group, kind string
	// pods is the path to the map that has to be there for there to be pods at all; "[]" stands for every element of a list.
	pods string
	// spec leads on from pods to the map with the placement fields. It may be absent: the fields can still be set.
	spec string
	// placement names the placement fields of a map that is no pod spec; empty for a pod spec, which has them all.
	placement string
}

// The placement fields of a pod spec, and the sets of them that custom resources have without having a pod spec.
const (
	allFields    = "nodeSelector tolerations affinity runtimeClassName"
	withoutClass = "nodeSelector tolerations affinity"
	noSelector   = "tolerations affinity"
)

// kinds is the table of all that holds pods. To teach the tool a kind, add a row for each place, and the source.
// Versions are left out: where one version of a kind has a field that another has not, the row has it.
func kinds() []template {
	return slices.Concat(kubernetesKinds(), controllerKinds(), observabilityKinds(), dataKinds(), elasticKinds(), computeKinds())
}

// kubernetesKinds are Kubernetes' own: k8s.io/api, packages core/v1, apps/v1, batch/v1 and extensions/v1beta1. They have pods
// even when the template is missing, which is then a problem to report.
func kubernetesKinds() []template {
	return []template{
		{"", "Pod", "", "spec", ""},
		{"", "PodTemplate", "", "template.spec", ""},
		{"", "ReplicationController", "", "spec.template.spec", ""},
		{"apps", "DaemonSet", "", "spec.template.spec", ""},
		{"apps", "Deployment", "", "spec.template.spec", ""},
		{"apps", "ReplicaSet", "", "spec.template.spec", ""},
		{"apps", "StatefulSet", "", "spec.template.spec", ""},
		{"batch", "CronJob", "", "spec.jobTemplate.spec.template.spec", ""},
		{"batch", "Job", "", "spec.template.spec", ""},
		{"extensions", "DaemonSet", "", "spec.template.spec", ""},
		{"extensions", "Deployment", "", "spec.template.spec", ""},
		{"extensions", "ReplicaSet", "", "spec.template.spec", ""},
	}
}

// controllerKinds stand in for Deployments, StatefulSets, DaemonSets and CronJobs.
func controllerKinds() []template {
	return []template{
		// config/crd/bases/apps.kruise.io_*.yaml of openkruise/kruise.
		{"apps.kruise.io", "AdvancedCronJob", "spec.template.jobTemplate", "spec.template.spec", ""},
		{"apps.kruise.io", "AdvancedCronJob", "spec.template.broadcastJobTemplate", "spec.template.spec", ""},
		{"apps.kruise.io", "BroadcastJob", "spec", "template.spec", ""},
		{"apps.kruise.io", "CloneSet", "spec", "template.spec", ""},
		{"apps.kruise.io", "DaemonSet", "spec", "template.spec", ""},
		{"apps.kruise.io", "StatefulSet", "spec", "template.spec", ""},
		// github.com/openshift/api/apps/v1, type DeploymentConfigSpec.
		{"apps.openshift.io", "DeploymentConfig", "spec", "template.spec", ""},
		// charts/argo-rollouts/templates/crds/rollout-crd.yaml of argoproj/argo-helm. With workloadRef instead of template the pods
		// are those of the Deployment it names.
		{"argoproj.io", "Rollout", "spec.template", "spec", ""},
		// charts/argo-workflows/files/crds/full/ of argoproj/argo-helm. Each of the templates of a Workflow may override these.
		{"argoproj.io", "CronWorkflow", "spec.workflowSpec", "", withoutClass},
		{"argoproj.io", "Workflow", "spec", "", withoutClass},
		// docs/serving/configuration/feature-flags.md of knative/docs. Knative refuses nodeSelector, tolerations, affinity and
		// runtimeClassName unless the flags kubernetes.podspec-nodeselector and so on are enabled.
		{"serving.knative.dev", "Configuration", "spec", "template.spec", ""},
		{"serving.knative.dev", "Service", "spec", "template.spec", ""},
	}
}

// observabilityKinds collect, store and show metrics, logs and traces.
func observabilityKinds() []template {
	return []template{
		// charts/fluent-operator-fluent-bit-crds and charts/fluent-operator-fluentd-crds of fluent/helm-charts.
		{"fluentbit.fluent.io", "Collector", "spec", "", allFields},
		{"fluentbit.fluent.io", "FluentBit", "spec", "", allFields},
		{"fluentd.fluent.io", "Fluentd", "spec", "", allFields},
		// bitnami/grafana-operator/crds of bitnami/charts.
		{"grafana.integreatly.org", "Grafana", "spec", "deployment.spec.template.spec", ""},
		// config/crd/bases/logging.banzaicloud.io_*.yaml of kube-logging/logging-operator.
		{"logging.banzaicloud.io", "FluentbitAgent", "spec", "", withoutClass},
		{"logging.banzaicloud.io", "FluentdConfig", "spec", "", withoutClass},
		{"logging.banzaicloud.io", "Logging", "spec.fluentd", "", withoutClass},
		{"logging.banzaicloud.io", "Logging", "spec.fluentbit", "", withoutClass},
		{"logging.banzaicloud.io", "Logging", "spec.syslogNG", "statefulSet.spec.template.spec", ""},
		{"logging.banzaicloud.io", "SyslogNGConfig", "spec", "statefulSet.spec.template.spec", ""},
		{"logging-extensions.banzaicloud.io", "EventTailer", "spec", "workloadOverrides", withoutClass},
		{"logging-extensions.banzaicloud.io", "HostTailer", "spec", "workloadOverrides", withoutClass},
		// charts/kube-prometheus-stack/charts/crds/crds of prometheus-community/helm-charts.
		{"monitoring.coreos.com", "Alertmanager", "spec", "", withoutClass},
		{"monitoring.coreos.com", "Prometheus", "spec", "", withoutClass},
		{"monitoring.coreos.com", "PrometheusAgent", "spec", "", withoutClass},
		{"monitoring.coreos.com", "ThanosRuler", "spec", "", withoutClass},
		// charts/agent-operator/crds of grafana/helm-charts.
		{"monitoring.grafana.com", "GrafanaAgent", "spec", "", allFields},
		// charts/opentelemetry-kube-stack/charts/otel-crds/crds of open-telemetry/opentelemetry-helm-charts.
		{"opentelemetry.io", "OpAMPBridge", "spec", "", withoutClass},
		{"opentelemetry.io", "OpenTelemetryCollector", "spec", "", withoutClass},
		{"opentelemetry.io", "TargetAllocator", "spec", "", withoutClass},
		// charts/victoria-metrics-operator/charts/crds/crds of VictoriaMetrics/helm-charts.
		{"operator.victoriametrics.com", "VLAgent", "spec", "", allFields},
		{"operator.victoriametrics.com", "VLCluster", "spec.vlinsert", "", allFields},
		{"operator.victoriametrics.com", "VLCluster", "spec.vlselect", "", allFields},
		{"operator.victoriametrics.com", "VLCluster", "spec.vlstorage", "", allFields},
		{"operator.victoriametrics.com", "VLSingle", "spec", "", allFields},
		{"operator.victoriametrics.com", "VMAgent", "spec", "", allFields},
		{"operator.victoriametrics.com", "VMAlert", "spec", "", allFields},
		{"operator.victoriametrics.com", "VMAlertmanager", "spec", "", allFields},
		{"operator.victoriametrics.com", "VMAuth", "spec", "", allFields},
		{"operator.victoriametrics.com", "VMCluster", "spec.vminsert", "", allFields},
		{"operator.victoriametrics.com", "VMCluster", "spec.vmselect", "", allFields},
		{"operator.victoriametrics.com", "VMCluster", "spec.vmstorage", "", allFields},
		{"operator.victoriametrics.com", "VMSingle", "spec", "", allFields},
	}
}

// dataKinds are databases and brokers.
func dataKinds() []template {
	return []template{
		// helm-charts/helm3/strimzi-kafka-operator/crds of strimzi/strimzi-kafka-operator; zookeeper and KafkaMirrorMaker up to
		// 0.45. A pod template there has affinity and tolerations, and no nodeSelector.
		{"kafka.strimzi.io", "Kafka", "spec.kafka", "template.pod", noSelector},
		{"kafka.strimzi.io", "Kafka", "spec.zookeeper", "template.pod", noSelector},
		{"kafka.strimzi.io", "Kafka", "spec.entityOperator", "template.pod", noSelector},
		{"kafka.strimzi.io", "Kafka", "spec.cruiseControl", "template.pod", noSelector},
		{"kafka.strimzi.io", "Kafka", "spec.kafkaExporter", "template.pod", noSelector},
		{"kafka.strimzi.io", "KafkaBridge", "spec", "template.pod", noSelector},
		{"kafka.strimzi.io", "KafkaConnect", "spec", "template.pod", noSelector},
		{"kafka.strimzi.io", "KafkaMirrorMaker", "spec", "template.pod", noSelector},
		{"kafka.strimzi.io", "KafkaMirrorMaker2", "spec", "template.pod", noSelector},
		{"kafka.strimzi.io", "KafkaNodePool", "spec", "template.pod", noSelector},
		// bitnami/minio-operator/crds of bitnami/charts.
		{"minio.min.io", "Tenant", "spec.pools[]", "", allFields},
		// charts/cloudnative-pg/templates/crds/crds.yaml of cloudnative-pg/charts. What is called affinity there holds a
		// nodeSelector and tolerations, but its nodeAffinity is not where a pod has it.
		{"postgresql.cnpg.io", "Cluster", "spec", "affinity", "nodeSelector tolerations"},
		{"postgresql.cnpg.io", "Pooler", "spec", "template.spec", ""},
		// bitnami/rabbitmq-cluster-operator/crds of bitnami/charts.
		{"rabbitmq.com", "RabbitmqCluster", "spec", "", noSelector},
		// config/crd/bases and config/dependencies of apache/solr-operator.
		{"solr.apache.org", "SolrCloud", "spec", "customSolrKubeOptions.podOptions", withoutClass},
		{"solr.apache.org", "SolrPrometheusExporter", "spec", "customKubeOptions.podOptions", withoutClass},
		{"zookeeper.pravega.io", "ZookeeperCluster", "spec", "pod", withoutClass},
	}
}

// elasticKinds are those of ECK: config/crds/v1/resources of elastic/cloud-on-k8s.
func elasticKinds() []template {
	return []template{
		{"agent.k8s.elastic.co", "Agent", "spec.daemonSet", "podTemplate.spec", ""},
		{"agent.k8s.elastic.co", "Agent", "spec.deployment", "podTemplate.spec", ""},
		{"agent.k8s.elastic.co", "Agent", "spec.statefulSet", "podTemplate.spec", ""},
		{"apm.k8s.elastic.co", "ApmServer", "spec", "podTemplate.spec", ""},
		{"beat.k8s.elastic.co", "Beat", "spec.daemonSet", "podTemplate.spec", ""},
		{"beat.k8s.elastic.co", "Beat", "spec.deployment", "podTemplate.spec", ""},
		{"elasticsearch.k8s.elastic.co", "Elasticsearch", "spec.nodeSets[]", "podTemplate.spec", ""},
		{"enterprisesearch.k8s.elastic.co", "EnterpriseSearch", "spec", "podTemplate.spec", ""},
		{"kibana.k8s.elastic.co", "Kibana", "spec", "podTemplate.spec", ""},
		{"logstash.k8s.elastic.co", "Logstash", "spec", "podTemplate.spec", ""},
		{"maps.k8s.elastic.co", "ElasticMapsServer", "spec", "podTemplate.spec", ""},
		{"packageregistry.k8s.elastic.co", "PackageRegistry", "spec", "podTemplate.spec", ""},
	}
}

// computeKinds run jobs: batch, streams, models, CI.
func computeKinds() []template {
	return []template{
		// charts/gha-runner-scale-set-controller/crds and charts/actions-runner-controller/crds of actions/actions-runner-controller.
		{"actions.github.com", "AutoscalingRunnerSet", "spec", "template.spec", ""},
		{"actions.github.com", "AutoscalingRunnerSet", "spec.listenerTemplate", "spec", ""},
		{"actions.summerwind.dev", "RunnerDeployment", "spec", "template.spec", allFields},
		{"actions.summerwind.dev", "RunnerSet", "spec", "template.spec", ""},
		// config/crd/volcano/bases of volcano-sh/volcano.
		{"batch.volcano.sh", "Job", "spec.tasks[]", "template.spec", ""},
		// docs/content/docs/custom-resource/pod-template.md of apache/flink-kubernetes-operator. The first is common to job and
		// task manager; theirs are merged over it, and are listed only where there is one.
		{"flink.apache.org", "FlinkDeployment", "spec", "podTemplate.spec", ""},
		{"flink.apache.org", "FlinkDeployment", "spec.jobManager.podTemplate", "spec", ""},
		{"flink.apache.org", "FlinkDeployment", "spec.taskManager.podTemplate", "spec", ""},
		// helm-chart/kuberay-operator/crds of ray-project/kuberay-helm.
		{"ray.io", "RayCluster", "spec.headGroupSpec", "template.spec", ""},
		{"ray.io", "RayCluster", "spec.workerGroupSpecs[]", "template.spec", ""},
		{"ray.io", "RayJob", "spec.rayClusterSpec.headGroupSpec", "template.spec", ""},
		{"ray.io", "RayJob", "spec.rayClusterSpec.workerGroupSpecs[]", "template.spec", ""},
		{"ray.io", "RayService", "spec.rayClusterConfig.headGroupSpec", "template.spec", ""},
		{"ray.io", "RayService", "spec.rayClusterConfig.workerGroupSpecs[]", "template.spec", ""},
		// charts/spark-operator-chart/crds of kubeflow/spark-operator. Each has a template too, which these are written over.
		{"sparkoperator.k8s.io", "ScheduledSparkApplication", "spec.template.driver", "", withoutClass},
		{"sparkoperator.k8s.io", "ScheduledSparkApplication", "spec.template.executor", "", withoutClass},
		{"sparkoperator.k8s.io", "SparkApplication", "spec.driver", "", withoutClass},
		{"sparkoperator.k8s.io", "SparkApplication", "spec.executor", "", withoutClass},
	}
}

// templatesOf are the rows of an object's kind, by group as well: a core Service is no Knative Service.
func templatesOf(ref object.Ref) []template {
	group := ""
	if g, _, found := strings.Cut(ref.APIVersion, "/"); found {
		group = g
	}
	var rows []template
	for _, t := range kinds() {
		if t.kind == ref.Kind && t.group == group {
			rows = append(rows, t)
		}
	}
	return rows
}

// custom tells a kind that is not Kubernetes' own. Its groups with workloads have no dot, and no other group is without one.
func (t template) custom() bool {
	return strings.Contains(t.group, ".")
}

// fields are the placement fields at the row's place.
func (t template) fields() []string {
	if t.placement == "" {
		return strings.Fields(allFields)
	}
	return strings.Fields(t.placement)
}

// isFirst tells whether a workload is in the first place that the table has for its kind.
func isFirst(w Workload) bool {
	rows := templatesOf(w.Object)
	if len(rows) == 0 {
		return true
	}
	first := strings.Trim(rows[0].pods+"."+rows[0].spec, ".")
	return w.SpecPath.String() == strings.ReplaceAll(first, "[]", "[0]")
}
