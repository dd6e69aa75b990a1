package placement

import (
	corev1 "k8s.io/api/core/v1"
	schedulingcorev1 "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/klog/v2"
)

// Tolerates tells whether one toleration covers one taint, as the scheduler sees it. One that the API server refuses covers none.
func Tolerates(t corev1.Toleration, taint corev1.Taint) bool {
	// The scheduler's code takes an empty key for all keys whatever the operator, because the API server lets no such pod
	// pass: "operator must be Exists when `key` is empty", ValidateTolerations in pkg/apis/core/validation of k8s.io/kubernetes.
	if t.Key == "" && t.Operator != corev1.TolerationOpExists {
		return false
	}
	// Gt and Lt tolerations are alpha and off by default: TaintTolerationComparisonOperators in
	// pkg/features/kube_features.go of k8s.io/kubernetes v1.37.
	return schedulingcorev1.TolerationsTolerateTaint(klog.Logger{}, []corev1.Toleration{t}, &taint, false)
}
