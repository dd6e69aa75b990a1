package cluster

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/json"

	"github.com/winready/kubectl-winready/pkg/object"
)

// changeTries is how often a change is made to what somebody else changes at the same time: the kubelet and controllers write to nodes
// all the time.
const changeTries = 5

// Retaint replaces the taints of a node by what edit makes of them, and leaves whatever else there is of it alone. Edit may be called
// more than once: with the taints of a node that was changed meanwhile.
func (r *Reader) Retaint(ctx context.Context, name string, edit func([]corev1.Taint) []corev1.Taint, w Writing) (Outcome, error) {
	ref := object.Ref{APIVersion: "v1", Kind: "Node", Name: name}
	for try := 1; ; try++ {
		o, err := r.Get(ctx, ref)
		if err != nil {
			return "", err
		}
		if o == nil {
			return "", fmt.Errorf("changing the taints of %s: there is no such node", ref)
		}
		var node corev1.Node
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o, &node); err != nil {
			return "", fmt.Errorf("changing the taints of %s: %w", ref, err)
		}
		taints := edit(node.Spec.Taints)
		if len(taints) == len(node.Spec.Taints) && (len(taints) == 0 || reflect.DeepEqual(taints, node.Spec.Taints)) {
			return Unchanged, nil
		}
		// With the revision that was read the server refuses to undo what somebody else did meanwhile.
		body, err := json.Marshal(map[string]any{
			"metadata": map[string]any{"resourceVersion": node.ResourceVersion}, "spec": map[string]any{"taints": taints},
		})
		if err != nil {
			return "", fmt.Errorf("changing the taints of %s: %w", ref, err)
		}
		_, _, err = r.write(ctx, writing{method: http.MethodPatch, at: address(ref), body: body, contentType: string(types.MergePatchType), Writing: w})
		switch {
		case err == nil:
			return Configured, nil
		case statusOf(err) != http.StatusConflict || try == changeTries:
			return "", r.refused("changing the taints of", ref, err)
		}
	}
}
