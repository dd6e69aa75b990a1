package controlplane

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// serves tells whether the API server says that it is ready.
func (p *Plane) serves(ctx context.Context) error {
	return p.client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// createNodes creates them as kubelets would register: with a status.
func (p *Plane) createNodes(ctx context.Context, nodes []*corev1.Node) error {
	server, err := p.client.Discovery().ServerVersion()
	if err != nil {
		return fmt.Errorf("asking the server for its version: %w", err)
	}
	for i, n := range nodes {
		n = n.DeepCopy()
		if n.Status.NodeInfo.KubeletVersion == "" {
			n.Status.NodeInfo.KubeletVersion = server.GitVersion
		}
		if len(n.Status.Addresses) == 0 {
			n.Status.Addresses = []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("10.0.%d.%d", i/200, 10+i%200)},
				{Type: corev1.NodeHostName, Address: n.Name},
			}
		}
		if _, err := p.client.CoreV1().Nodes().Create(ctx, n, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("creating node %q: %w", n.Name, err)
		}
	}
	return nil
}

// ready tells whether pods can be made, which need a service account, and all of so many nodes take them.
func (p *Plane) ready(nodes int) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := p.client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{}); err != nil {
			return err
		}
		list, err := p.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for _, n := range list.Items {
			if why := notReady(n); why != "" {
				return fmt.Errorf("node %q: %s", n.Name, why)
			}
		}
		if len(list.Items) < nodes {
			return fmt.Errorf("%d nodes of %d", len(list.Items), nodes)
		}
		return nil
	}
}

// notReady says what keeps pods from a node that is not meant to; the taint stays a moment longer than the condition.
func notReady(n corev1.Node) string {
	for _, t := range n.Spec.Taints {
		if t.Key == corev1.TaintNodeNotReady {
			return "tainted " + t.Key
		}
	}
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
			return ""
		}
	}
	return "not ready"
}
