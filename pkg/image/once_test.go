package image_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/image"
)

// TestOnce: an image is asked for once, however often it is wanted, and at most so many at a time.
func TestOnce(t *testing.T) {
	h := newHub(t)
	var names []string
	for i := range 20 {
		h.image(fmt.Sprint("v", i), "linux", "amd64", "")
		names = append(names, fmt.Sprint(h.host(), "/app:v", i), fmt.Sprint(h.host(), "/app:v", i))
	}
	heard := []string{}
	r := h.reader(image.Options{Parallel: 3, Progress: func(done, all int) { heard = append(heard, fmt.Sprint(done, "/", all)) }})
	for range 2 {
		got, err := r.Images(t.Context(), names)
		if err != nil || len(got) != 20 {
			t.Fatalf("got %d images, %v", len(got), err)
		}
	}
	manifests := 0
	for _, a := range h.asked {
		if strings.Contains(a, "/manifests/v") {
			manifests++
		}
	}
	if manifests != 20 || len(heard) != 40 || heard[19] != "20/20" {
		t.Errorf("asked for %d manifests, heard %v", manifests, heard)
	}
}
