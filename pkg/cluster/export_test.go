package cluster

import (
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/winready/kubectl-winready/pkg/census"
)

// ReadList reads an answer to a request for a list.
func ReadList(answer io.Reader, each func(data []byte)) (string, error) {
	return readList(answer, func(i item) error {
		each(i.data)
		return nil
	})
}

// CountAll has every object of an answer counted as objects of a kind are.
func CountAll(c *census.Census, plural string, answer io.Reader) error {
	for _, k := range append(controllers(labels.Everything()), nodes(), pods(labels.Everything()), events(), runtimeClasses()) {
		if k.plural == plural {
			_, err := readList(answer, func(i item) error { return k.count(c, i) })
			return err
		}
	}
	return fmt.Errorf("there is no kind %s", plural)
}
