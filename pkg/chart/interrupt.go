package chart

import (
	"context"
	"fmt"
)

// interruptible waits for f or for the end of the context, whichever comes first: Helm's downloads and templates cannot be
// told to stop. What is given up on goes on in the background until the process ends, so f may change nothing that the
// caller still reads. A panic inside Helm becomes an error, because in a goroutine nobody else could catch it.
func interruptible[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan result, 1)
	go func() {
		var res result
		defer func() {
			if r := recover(); r != nil {
				res.err = fmt.Errorf("helm panicked: %v", r)
			}
			done <- res
		}()
		res.value, res.err = f()
	}()
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case res := <-done:
		return res.value, res.err
	}
}
