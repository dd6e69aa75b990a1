package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/json"
)

// Trial is what the API server says of a pod.
type Trial struct {
	Accepted bool
	Message  string   // its words when it refuses
	Warnings []string // what it warns of, accepted or not
}

// Trials has pods tried on a cluster: in a dry run, or for real.
type Trials struct{ *Reader }

// NewTrials is for the cluster of a reader.
func NewTrials(r *Reader) Trials { return Trials{r} }

// Rehearse asks the server whether it would take a pod, and has it keep nothing: validation, defaults, webhooks that allow it and Pod
// Security all have their say. The error is that there is no answer, because the server cannot be asked or the user may not make pods.
func (t Trials) Rehearse(ctx context.Context, pod *corev1.Pod) (Trial, error) {
	trial, _, err := t.create(ctx, pod, true)
	return trial, err
}

// Create makes a pod. A refusal is a trial that is not accepted, and no error.
func (t Trials) Create(ctx context.Context, pod *corev1.Pod) (Trial, *corev1.Pod, error) {
	return t.create(ctx, pod, false)
}

func (t Trials) create(ctx context.Context, pod *corev1.Pod, dry bool) (Trial, *corev1.Pod, error) {
	p := pod.DeepCopy()
	p.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	body, err := json.Marshal(p)
	if err != nil {
		return Trial{}, nil, fmt.Errorf("encoding a pod: %w", err)
	}
	var heard warnings
	ask := t.client.Post().AbsPath(podPath(p.Namespace, "")).SetHeader("Content-Type", acceptJSON).SetHeader("Accept", acceptJSON).
		WarningHandler(&heard).MaxRetries(0).Body(body)
	if dry {
		ask.Param("dryRun", metav1.DryRunAll)
	}
	made := &corev1.Pod{}
	result := ask.Do(ctx)
	err = result.Error() // which has read the server's Status; that of Raw has not
	if answer, rawErr := result.Raw(); err == nil {
		err = errors.Join(rawErr, json.Unmarshal(answer, made))
	}
	switch message, refused := refusal(err); {
	case err == nil:
		return Trial{Accepted: true, Warnings: heard.texts}, made, nil
	case refused:
		return Trial{Message: message, Warnings: heard.texts}, nil, nil
	case ctx.Err() != nil:
		return Trial{}, nil, ctx.Err()
	default:
		return Trial{}, nil, fmt.Errorf("asking the API server for a pod in namespace %s: %w", p.Namespace, t.told(err))
	}
}

// Pod is a pod as it is now; nil without an error when it is gone.
func (t Trials) Pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	p := &corev1.Pod{}
	err := t.askJSON(ctx, request{path: podPath(namespace, name), accept: acceptJSON}, p)
	switch {
	case err == nil:
		return p, nil
	case statusOf(err) == http.StatusNotFound:
		return nil, nil
	default:
		return nil, fmt.Errorf("reading pod %s/%s: %w", namespace, name, t.told(err))
	}
}

// Delete deletes a pod at once, if it is still the one of that UID. One that is gone is no error.
func (t Trials) Delete(ctx context.Context, p *corev1.Pod) error {
	now := int64(0)
	body, err := json.Marshal(&metav1.DeleteOptions{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"}, GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &p.UID},
	})
	if err != nil {
		return fmt.Errorf("encoding the options of a deletion: %w", err)
	}
	err = t.client.Delete().AbsPath(podPath(p.Namespace, p.Name)).SetHeader("Content-Type", acceptJSON).SetHeader("Accept", acceptJSON).
		Body(body).Do(ctx).Error()
	if err == nil || slices.Contains([]int{http.StatusNotFound, http.StatusConflict}, statusOf(err)) {
		return nil
	}
	return fmt.Errorf("deleting pod %s/%s: %w", p.Namespace, p.Name, t.told(err))
}

// Log is what the container of a pod has written, at most so many bytes of it.
func (t Trials) Log(ctx context.Context, p *corev1.Pod, limit int64) (string, error) {
	stream, err := t.client.Get().AbsPath(podPath(p.Namespace, p.Name), "log").Param("limitBytes", strconv.FormatInt(limit, 10)).MaxRetries(0).Stream(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the log of pod %s/%s: %w", p.Namespace, p.Name, t.told(err))
	}
	text, err := io.ReadAll(io.LimitReader(stream, limit))
	return string(text), errors.Join(err, stream.Close())
}

// Warnings are what events say went wrong with a pod, the last first.
func (t Trials) Warnings(ctx context.Context, p *corev1.Pod) ([]string, error) {
	var list corev1.EventList
	fields := []string{"type=Warning,involvedObject.uid=" + string(p.UID)}
	q := request{path: "/api/v1/namespaces/" + p.Namespace + "/events", accept: acceptJSON, query: map[string][]string{"fieldSelector": fields}}
	if err := t.askJSON(ctx, q, &list); err != nil {
		return nil, fmt.Errorf("listing the events of pod %s/%s: %w", p.Namespace, p.Name, t.told(err))
	}
	slices.SortStableFunc(list.Items, func(a, b corev1.Event) int { return b.LastTimestamp.Compare(a.LastTimestamp.Time) })
	var out []string
	for _, e := range list.Items {
		out = append(out, e.Reason+": "+e.Message)
	}
	return out, nil
}

func podPath(namespace, name string) string {
	path := "/api/v1/namespaces/" + namespace + "/pods"
	if name != "" {
		path += "/" + name
	}
	return path
}

// told is an error without the address of the server.
func (t Trials) told(err error) error {
	if ends(err) {
		return err
	}
	return errors.New(t.said(err))
}

// mayNot tells a refusal of the user, not of the pod: pkg/endpoints/handlers/responsewriters/errors.go of k8s.io/apiserver.
var mayNot = regexp.MustCompile(`cannot (create|get|delete|patch) resource`)

// refusal is what the server says of a pod that it does not take. Everything else that goes wrong is about the request.
func refusal(err error) (string, bool) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return "", false
	}
	s := status.Status()
	switch s.Code {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusConflict:
		return strings.Join(strings.Fields(s.Message), " "), !mayNot.MatchString(s.Message)
	}
	return "", false
}

// warnings keeps what the server warns of.
type warnings struct{ texts []string }

// HandleWarningHeader implements rest.WarningHandler.
func (w *warnings) HandleWarningHeader(_ int, _, text string) {
	if text != "" && !slices.Contains(w.texts, text) {
		w.texts = append(w.texts, text)
	}
}
