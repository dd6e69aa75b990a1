package plugin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/splice"
	"github.com/winready/kubectl-winready/pkg/values"
)

// inPlace is the values file at a path with an overlay merged into it. It is not written yet: writeFiles writes it with all other
// files or not at all.
func inPlace(path string, o values.Overlay) (file, error) {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return file{}, &usageError{
			problems: []string{fmt.Sprintf("--in-place %s: there is no such file, want a values file, which may be empty", path)},
			hint:     "--output-file values=" + path + " writes the overlay to a new file",
		}
	case err != nil:
		return file{}, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	data, err := values.InPlace(text, o)
	if bad, ok := errors.AsType[*splice.Error](err); ok {
		return file{}, &inPlaceError{path: path, cause: bad}
	}
	return file{path: path, data: data}, err
}

// inPlaceError is a values file that cannot be edited without losing something.
type inPlaceError struct {
	path  string
	cause *splice.Error
}

func (e *inPlaceError) Error() string {
	at := object.Location{File: e.path, Line: e.cause.Line, Column: e.cause.Column}
	if len(e.cause.Path) == 0 {
		return fmt.Sprintf("%s: %s", at, e.cause.Reason)
	}
	return fmt.Sprintf("%s: %s: %s", at, values.Path(e.cause.Path), e.cause.Reason)
}

func (e *inPlaceError) Unwrap() error { return e.cause }

// inPlaceHint is the way around a file that cannot be edited.
func inPlaceHint(err error) string {
	bad, ok := errors.AsType[*inPlaceError](err)
	if !ok {
		return ""
	}
	return "without --in-place the overlay goes to stdout; give it to Helm behind the file: --values " + shellWord(bad.path) + " --values OVERLAY"
}
