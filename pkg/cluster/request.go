package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/json"
)

// How much patience the reader has with one request. The waits double from the first one on; a server that says how long to wait is
// believed, as long as there is patience left.
const (
	tries     = 3                      // of a request that fails, and of a list whose continuation has expired
	firstWait = 500 * time.Millisecond // before the second
	patience  = 30 * time.Second       // with a server that is busy, in all
)

// request is what is asked of the server.
type request struct {
	path   string
	accept string
	query  url.Values
	first  bool // of the run: when nobody is there, nobody will be
}

// ask asks for something until there is an answer that read takes to its end, or patience ends.
func (r *Reader) ask(ctx context.Context, q request, read func(answer io.Reader) error) error {
	var waited time.Duration
	for try := 1; ; try++ {
		err := r.once(ctx, q, read)
		if ctx.Err() != nil {
			return stopError{ctx.Err()} // whatever went wrong because of it
		}
		if err == nil {
			return nil
		}
		wait, again := pause(err, try, q.first)
		if waited += wait; !again || waited > patience {
			return err
		}
		r.options.Logger.Debug("asking again", "path", q.path, "because", plain(err), "after", wait)
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// once makes a request and has the answer read.
func (r *Reader) once(ctx context.Context, q request, read func(answer io.Reader) error) error {
	r.options.Logger.Debug("asking", "path", q.path)
	ask := r.client.Get().AbsPath(q.path).SetHeader("Accept", q.accept).MaxRetries(0)
	for name, values := range q.query {
		for _, v := range values {
			ask.Param(name, v)
		}
	}
	answer, err := ask.Stream(ctx)
	if err != nil {
		return err
	}
	err = read(answer)
	if err == nil {
		_, err = io.Copy(io.Discard, answer) // what is left of it, so that the connection can be used again
	}
	return errors.Join(err, answer.Close())
}

// askJSON asks for an object.
func (r *Reader) askJSON(ctx context.Context, q request, into any) error {
	return r.ask(ctx, q, func(answer io.Reader) error {
		text, err := io.ReadAll(answer)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, into); err != nil {
			return fmt.Errorf("the answer is not JSON: %w", err)
		}
		return nil
	})
}

// pause is how long to wait after an error, and whether it makes sense to ask again at all.
func pause(err error, try int, first bool) (time.Duration, bool) {
	wait := firstWait << min(try-1, 4)
	if seconds, says := apierrors.SuggestsClientDelay(err); says {
		wait = max(wait, time.Duration(seconds)*time.Second)
	}
	code := statusOf(err)
	switch {
	case code == http.StatusTooManyRequests:
		return wait, true
	case code >= http.StatusInternalServerError:
		return wait, try < tries
	case code != 0, timedOut(err), first && unreachable(err):
		return 0, false
	default:
		return wait, try < tries // a connection that broke
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return stopError{ctx.Err()}
	case <-t.C:
		return nil
	}
}
