package main

import (
	"context"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
)

// warnings are the events that the product asks for, too.
const warnings = "type=Warning,involvedObject.kind=Pod"

// listTyped is the least that a program written with client-go does: list after list, page after page, each decoded and let go.
func listTyped(ctx context.Context, out io.Writer, kubeconfig string) error {
	c, err := clientOf(kubeconfig)
	if err != nil {
		return err
	}
	total := 0
	for _, list := range lists(c) {
		n, err := pages(ctx, list)
		if err != nil {
			return err
		}
		total += n
	}
	fmt.Fprintln(out, total, "objects")
	return nil
}

// lister asks for a page, and says how many objects it has and how to go on.
type lister func(context.Context, metav1.ListOptions) (int, string, error)

func lists(c kubernetes.Interface) []lister {
	return []lister{
		counting(c.CoreV1().Nodes().List),
		counting(c.CoreV1().Pods("").List),
		counting(c.AppsV1().Deployments("").List),
		counting(c.AppsV1().ReplicaSets("").List),
		counting(c.AppsV1().DaemonSets("").List),
		counting(c.AppsV1().StatefulSets("").List),
		counting(c.BatchV1().Jobs("").List),
		counting(c.BatchV1().CronJobs("").List),
		func(ctx context.Context, o metav1.ListOptions) (int, string, error) {
			o.FieldSelector = warnings
			return counting(c.CoreV1().Events("").List)(ctx, o)
		},
	}
}

// counting asks for a list to see how many items it has.
func counting[L interface {
	runtime.Object
	metav1.ListInterface
}](list func(context.Context, metav1.ListOptions) (L, error)) lister {
	return func(ctx context.Context, o metav1.ListOptions) (int, string, error) {
		page, err := list(ctx, o)
		if err != nil {
			return 0, "", err
		}
		return meta.LenList(page), page.GetContinue(), nil
	}
}

func pages(ctx context.Context, list lister) (int, error) {
	total, o := 0, metav1.ListOptions{Limit: 500}
	for {
		n, next, err := list(ctx, o)
		if err != nil || next == "" {
			return total + n, err
		}
		total, o.Continue = total+n, next
	}
}
