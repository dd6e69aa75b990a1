package plugin_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/plugin"
)

// A stream that is more than what is kept in memory: it comes out whole, or not at all, and no file is left behind.
func TestPostRenderLongStream(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	if runtime.GOOS == "windows" {
		t.Setenv("TMP", os.Getenv("TMPDIR"))
	}
	var stream, want strings.Builder
	for i := range 300 {
		doc := fmt.Sprintf("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a%d}\ndata: {text: %s}\n", i, strings.Repeat("x", 5000))
		stream.WriteString(doc)
		want.WriteString(doc)
	}
	pod := "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []%s}\n"
	fmt.Fprintf(&stream, pod, "")
	fmt.Fprintf(&want, pod, ", nodeSelector: {kubernetes.io/os: windows}")
	run := func(in string) (status int, out, errOut string) {
		var o, e bytes.Buffer
		status = plugin.Main(context.Background(), plugin.Streams{In: strings.NewReader(in), Out: &o, ErrOut: &e}, []string{"kubectl-winready", "post-render", "--os", "windows"})
		return status, o.String(), e.String()
	}
	if status, out, errOut := run(stream.String()); status != 0 || out != want.String() {
		t.Errorf("status %d, %d bytes, want 0 and %d bytes\n%s", status, len(out), want.Len(), errOut)
	}
	status, out, errOut := run(stream.String() + "---\nbroken: [\n")
	if status != 3 || out != "" || errOut != "error: rendered:1507:9: did not find expected node content\n" {
		t.Errorf("status %d, %d bytes of a stream that is broken at its end, want 3 and none\n%s", status, len(out), errOut)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("files that are left: %v, %v", left, err)
	}
}
