package cluster_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/winready/kubectl-winready/pkg/census"
	"github.com/winready/kubectl-winready/pkg/cluster"
)

// inProtobuf is a list as the API server writes it.
func inProtobuf(tb testing.TB, list runtime.Object) []byte {
	tb.Helper()
	kinds, _, err := scheme.Scheme.ObjectKinds(list)
	if err != nil {
		tb.Fatal(err)
	}
	list.GetObjectKind().SetGroupVersionKind(kinds[0])
	var b bytes.Buffer
	if err := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme).Encode(list, &b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func threePods() *corev1.PodList {
	list := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "5", Continue: "token"}}
	for i := range 3 {
		list.Items = append(list.Items, corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("p", i)}})
	}
	return list
}

func TestReadListReadsWhatTheServerWrites(t *testing.T) {
	t.Parallel()
	list := threePods()
	var want []string
	for _, p := range list.Items {
		data, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, string(data))
	}
	data := inProtobuf(t, list)
	for name, answer := range map[string]io.Reader{"at once": bytes.NewReader(data), "byte by byte": iotest.OneByteReader(bytes.NewReader(data))} {
		var got []string
		next, err := cluster.ReadList(answer, func(data []byte) { got = append(got, string(data)) })
		if err != nil || next != "token" {
			t.Errorf("%s: got continue %q and error %v", name, next, err)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s: got -, want +:\n%s", name, diff)
		}
	}
}

func TestReadListReadsJSON(t *testing.T) {
	t.Parallel()
	var got []string
	next, err := cluster.ReadList(strings.NewReader(`{"kind": "PodList", "metadata": {"continue": "token"}, "items": [{"a": 1}, {"b": 2}]}`),
		func(data []byte) { got = append(got, string(data)) })
	if err != nil || next != "token" || !slices.Equal(got, []string{`{"a": 1}`, `{"b": 2}`}) {
		t.Errorf("got %q, continue %q, error %v", got, next, err)
	}
}

// TestReadListKnowsItsEnd cuts an answer off after every byte, as a connection that breaks does: what is left is never taken for a
// whole list.
func TestReadListKnowsItsEnd(t *testing.T) {
	t.Parallel()
	data := inProtobuf(t, threePods())
	for n := range data {
		// After the list come two empty fields of the envelope: without them, nothing is missing.
		if _, err := cluster.ReadList(bytes.NewReader(data[:n]), func([]byte) {}); err == nil && n < len(data)-4 {
			t.Errorf("%d of %d bytes are taken for the whole", n, len(data))
		}
	}
}

func TestReadListPassesOnErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for name, answer := range map[string]io.Reader{
		"protobuf": io.MultiReader(bytes.NewReader(inProtobuf(t, threePods())[:20]), iotest.ErrReader(broken)),
		"JSON":     io.MultiReader(strings.NewReader(`{"kind": "PodList", "items": [`), iotest.ErrReader(broken)),
		"nothing":  iotest.ErrReader(broken),
	} {
		if _, err := cluster.ReadList(answer, func([]byte) {}); !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want %v", name, err, broken)
		}
	}
}

func TestReadListRefusesWhatIsNoList(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "<html>", "{}", `{"items": []}`, "[]", `{"kind": "Status"}`, "k8s\x00", "k8s\x00\x08\x01", "k8s\x00\x12\x7f", "k8s\x00\x12\x02\x12\x7f"} {
		if _, err := cluster.ReadList(strings.NewReader(text), func([]byte) {}); err == nil {
			t.Errorf("%q is taken for a list", text)
		}
	}
}

// FuzzCountAll holds the reader to its promises for whatever may come from a server: an error, and no more.
func FuzzCountAll(f *testing.F) {
	f.Add(inProtobuf(f, threePods()))
	f.Add([]byte(`{"kind": "PodList", "metadata": {}, "items": [{"metadata": {"name": "a"}}]}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		for _, kind := range []string{"pods", "nodes", "deployments", "events"} {
			c := census.New()
			if err := cluster.CountAll(c, kind, bytes.NewReader(data)); err == nil {
				c.Inventory()
			}
		}
	})
}
