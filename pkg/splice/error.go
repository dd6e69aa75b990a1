package splice

import (
	"fmt"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Error is a document that cannot be edited without loss, or an edit that does not fit it.
type Error struct {
	Line, Column int // where in the text, from 1; 0 where that is not known
	Path         []any
	Reason       string
}

// Error names the place in the text, the path and the reason, as far as they are known.
func (e *Error) Error() string {
	switch {
	case e.Line > 0 && e.Column > 0:
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem())
	case e.Line > 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Problem())
	}
	return e.Problem()
}

// Problem is the error without its place in the text, for those who write the place in their own way.
func (e *Error) Problem() string {
	if len(e.Path) == 0 {
		return e.Reason
	}
	return object.Path(e.Path).String() + ": " + e.Reason
}
