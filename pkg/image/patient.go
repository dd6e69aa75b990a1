package image

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// How often a request is sent, and how long is waited before it is sent again where the registry does not say.
const (
	maxTries   = 6
	maxFaults  = 3
	firstPause = 500 * time.Millisecond
)

// patient sends a request again that may work later: those that a registry puts off, and those that fail in passing.
type patient struct {
	inner http.RoundTripper
	wait  func(context.Context, time.Duration) error
}

// RoundTrip is that of http.RoundTripper.
func (p *patient) RoundTrip(req *http.Request) (*http.Response, error) {
	for n := 1; ; n++ {
		res, err := p.inner.RoundTrip(req)
		pause, again := p.again(req, res, err, n)
		if !again {
			return res, err
		}
		if deadline, set := req.Context().Deadline(); set && res != nil && pause > time.Until(deadline) {
			res.Body.Close()
			return nil, &limitError{host: req.URL.Host, pause: pause}
		}
		if res != nil {
			// A connection whose answer was read can be used again.
			_, _ = io.CopyN(io.Discard, res.Body, maxBody)
			res.Body.Close()
		}
		if err := p.wait(req.Context(), pause); err != nil {
			return nil, err
		}
		if req, err = anew(req); err != nil {
			return nil, err
		}
	}
}

// anew is a request once more: those for tokens have a body.
func anew(req *http.Request) (*http.Request, error) {
	again := req.Clone(req.Context())
	if req.GetBody == nil {
		return again, nil
	}
	var err error
	again.Body, err = req.GetBody()
	return again, err
}

// again says whether to send a request another time after the nth, and when.
func (p *patient) again(req *http.Request, res *http.Response, err error, n int) (time.Duration, bool) {
	pause := firstPause << (n - 1)
	switch {
	case n >= maxTries || req.Context().Err() != nil || req.Body != nil && req.Body != http.NoBody && req.GetBody == nil:
		return 0, false
	case err != nil:
		return pause, n < maxFaults && passing(err)
	}
	asked, said := retryAfter(res.Header.Get("Retry-After"), time.Now())
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable && said:
		if said {
			pause = asked
		}
		return pause, true
	case slices.Contains([]int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, res.StatusCode):
		return pause, n < maxFaults
	default:
		return 0, false
	}
}

// retryAfter reads the header of that name, which is a number of seconds or a day and time: RFC 9110, section 10.2.3.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.Atoi(header); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// passing tells failures of the network that may be over in a moment. That there is no such host or that nobody listens is not one,
// nor is an answer that never came: who waited for it once has waited long enough.
func passing(err error) bool {
	var op *net.OpError
	var plain *plainError
	var insecure *insecureError
	switch {
	case errors.As(err, &plain), errors.As(err, &insecure):
		return false
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	case errors.As(err, &op):
		return op.Op == "read" && !op.Timeout()
	default:
		return false
	}
}

// careful speaks plain HTTP only where that was allowed, or to this machine, and goes to no address that only this machine has a
// use for: that is where clouds keep credentials.
type careful struct {
	insecure           []string
	checked, unchecked http.RoundTripper
}

// RoundTrip is that of http.RoundTripper.
func (c *careful) RoundTrip(req *http.Request) (*http.Response, error) {
	host := req.URL.Hostname()
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	insecure := slices.Contains(c.insecure, req.URL.Host)
	switch {
	case ip != nil && ip.IsLinkLocalUnicast():
		return nil, &plainError{"it leads to the link-local address " + host}
	case req.URL.Scheme != "https" && !insecure && !loopback:
		return nil, &insecureError{req.URL.Host}
	case insecure:
		return c.unchecked.RoundTrip(req)
	default:
		return c.checked.RoundTrip(req)
	}
}
