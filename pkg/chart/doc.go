// Package chart loads and renders Helm charts, and reads the values users give them.
// It is the only importer of Helm: none of Helm's types leave it, so that a new major version of Helm is a change of
// one package. It must not judge what it renders.
package chart

import (
	"errors"
	"io"
	"log"
)

// ErrUsage is what an error wraps that the user's own input caused: a reference that names nothing, values that
// are no map, a broken --set. Every other error of this package means that the chart could not be loaded or rendered.
var ErrUsage = errors.New("wrong usage")

// usageError carries its own text and still is ErrUsage to errors.Is.
type usageError struct{ err error }

func (e usageError) Error() string   { return e.err.Error() }
func (e usageError) Unwrap() []error { return []error{e.err, ErrUsage} }

// LogTo sends what Helm's packages log about values that do not fit together to w. Helm logs through the process-wide
// logger and repeats itself at every render, so a caller that renders more than once wants io.Discard.
func LogTo(w io.Writer) {
	log.SetOutput(w) //nolint:forbidigo // Helm writes to nothing else
}
