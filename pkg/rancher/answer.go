package rancher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/rancher/norman/clientbase"
)

const (
	maxBody    = 64 << 20 // of an answer: norman reads it whole, and a page of 1,000 nodes has some 10 MB
	maxError   = 64 << 10 // of an answer that is an error
	maxMessage = 300      // of what is passed on of it
)

// answer is what is looked at of an answer before norman has it.
type answer struct {
	status  int
	message string // of Rancher's error
}

// look notes what is needed to say what went wrong, and bounds the body. The error is about an answer that is no answer of an API.
func (a *answer) look(r *http.Response) error {
	a.status = r.StatusCode
	if r.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(r.Body, maxError))
		if closing := r.Body.Close(); err == nil {
			err = closing
		}
		if err == nil {
			a.message = messageOf(text)
		}
		r.Body = io.NopCloser(bytes.NewReader(nil)) // norman would repeat it
		return nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		return errors.Join(&notRancherError{what: describeKind(kind)}, r.Body.Close())
	}
	r.Body = &bounded{ReadCloser: r.Body, left: maxBody}
	return nil
}

func describeKind(kind string) string {
	switch kind {
	case "":
		return "an answer of no type"
	case "text/html":
		return "a page for browsers (text/html)"
	default:
		return "an answer of type " + kind
	}
}

// bounded ends with an error where a body is too long.
type bounded struct {
	io.ReadCloser
	left int
}

var errTooLong = fmt.Errorf("the answer is longer than %d MB", maxBody>>20)

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// messageOf is what an error of Rancher says of itself: message in httperror/error.go of norman, and in Kubernetes' Status.
func messageOf(body []byte) string {
	var said struct {
		Message string `json:"message"`
		Detail  string `json:"detail"`
		Code    string `json:"code"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	text := said.Message
	if text == "" {
		text = said.Detail
	}
	if text == "" {
		text = said.Code
	}
	return Redact(oneLine(text))
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + " ..."
	}
	return text
}

// secret matches Rancher's tokens, which are NAME:SECRET with a SECRET of 54 characters, the secrets for themselves, and those of
// registration (pkg/auth/tokens and pkg/controllers/dashboard/clusterregistrationtoken of rancher/rancher v2.15.0: random strings
// of 54 letters and digits).
var secret = regexp.MustCompile(`[a-z0-9]{40,}`)

// Redact takes out of a text what looks like a secret of Rancher.
func Redact(text string) string { return secret.ReplaceAllString(text, "***") }

// Error is an answer of the server that is not what was asked for.
type Error struct {
	Status  int    // as in HTTP
	Message string // of the server, in one line; empty when it said nothing
	URL     string // what was asked for
}

func (e *Error) Error() string {
	text := fmt.Sprintf("Rancher answered %d %s to %s", e.Status, http.StatusText(e.Status), e.URL)
	if e.Status >= http.StatusMultipleChoices && e.Status < http.StatusBadRequest {
		text += ", and it sends API requests elsewhere: is it the address of Rancher?"
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// notRancherError is about a server that answers, and not as Rancher does.
type notRancherError struct{ what string }

func (e *notRancherError) Error() string { return "the server sent " + e.what + ", want JSON" }

// foreignError is a link to another server, which does not get the credentials.
type foreignError struct{ to string }

func (e *foreignError) Error() string {
	return "refusing to follow a link to " + e.to + ": the credentials are for Rancher alone"
}

// StatusOf is the status that the server answered with; 0 when it did not answer, or not as an API.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// Unauthorized tells that the server does not take the credentials for what was asked, as a token for another cluster.
func Unauthorized(err error) bool { return StatusOf(err) == http.StatusUnauthorized }

// Denied tells that the server knows who asks, and that they may not.
func Denied(err error) bool { return StatusOf(err) == http.StatusForbidden }

// NotFound tells that there is no such thing, or that it may not be seen.
func NotFound(err error) bool { return StatusOf(err) == http.StatusNotFound }

// failure says what went wrong, without what norman repeats of an answer.
func (c *Client) failure(address string, seen *answer, err error) error {
	where := shown(address)
	if _, status := errors.AsType[*clientbase.APIError](err); status {
		return &Error{Status: seen.status, Message: c.clean(seen.message), URL: where}
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if syntax(err) {
		return fmt.Errorf("asking Rancher for %s: %w", where, &notRancherError{what: "an answer that is not the JSON that was asked for"})
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("asking Rancher for %s: no whole answer within %s: %w", where, c.options.Timeout, context.DeadlineExceeded)
	}
	return fmt.Errorf("asking Rancher for %s: %w", where, err)
}

// clean takes the client's own credentials out of what the server said, whatever they look like.
func (c *Client) clean(text string) string {
	_, secret, _ := strings.Cut(c.options.Credentials.Token, ":")
	for _, s := range []string{c.options.Credentials.Token, secret, c.options.Credentials.SecretKey} {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return text
}

// syntax tells an answer that is not the JSON it is to be. One that broke off is no such answer.
func syntax(err error) bool {
	_, malformed := errors.AsType[*json.SyntaxError](err)
	_, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	return (malformed || mistyped) && !errors.Is(err, io.ErrUnexpectedEOF)
}

// temporary tells an error after which it makes sense to ask again.
func temporary(err error) bool {
	if status := StatusOf(err); status != 0 {
		return slices.Contains([]int{
			http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		}, status)
	}
	_, foreign := errors.AsType[*foreignError](err)
	_, other := errors.AsType[*notRancherError](err)
	op, network := errors.AsType[*net.OpError](err)
	late := errors.Is(err, context.DeadlineExceeded)
	untrusted := strings.Contains(err.Error(), "x509:") || strings.Contains(err.Error(), "tls:")
	return !foreign && !other && !late && !untrusted && !errors.Is(err, errTooLong) && (!network || op.Op != "dial")
}

// shown is an address as messages have it: without a query.
func shown(address string) string {
	at, _, _ := strings.Cut(address, "?")
	return at
}
