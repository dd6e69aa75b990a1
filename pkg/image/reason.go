package image

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"

	registry "github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// lieError is an answer that is not what it says it is.
type lieError struct{ what string }

func (e *lieError) Error() string { return e.what }

// shapeError is an answer that is what it says it is, and no image that anything can be told of.
type shapeError struct{ what string }

func (e *shapeError) Error() string { return e.what }

// brokenError is an answer that broke off.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return "the answer broke off: " + e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

func broken(err error) bool {
	var b *brokenError
	return errors.As(err, &b)
}

// limitError is a registry that wants to be asked again later than anybody has patience for.
type limitError struct {
	host  string
	pause time.Duration
}

func (e *limitError) Error() string {
	return fmt.Sprintf("%s limits how often it is asked, and wants to be asked again in %s", e.host, e.pause.Round(time.Second))
}

// plainError is a reason that needs no other words.
type plainError struct{ what string }

func (e *plainError) Error() string { return e.what }

// insecureError is a host that is not to be asked by plain HTTP.
type insecureError struct{ host string }

func (e *insecureError) Error() string { return "plain HTTP to " + e.host + " is not allowed" }

// denied tells that a registry does not take the credentials, or wants some.
func denied(err error) bool {
	var answer *registry.Error
	return errors.As(err, &answer) && (answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden)
}

// plain says in a few words why a registry did not tell. No address is in them: that of a blob may have a signature in it.
func plain(host string, err error) string {
	var lie *lieError
	var shape *shapeError
	var limit *limitError
	var refused *plainError
	var insecure *insecureError
	var certificate *tls.CertificateVerificationError
	var answer *registry.Error
	switch {
	case errors.As(err, &lie):
		return fmt.Sprintf("%s does not tell the truth: %s", host, lie.what)
	case errors.As(err, &shape):
		return fmt.Sprintf("%s: %s", host, shape.what)
	case errors.As(err, &limit):
		return limit.Error()
	case errors.As(err, &certificate):
		return fmt.Sprintf("the certificate of %s does not check: %v", host, certificate.Err)
	case errors.As(err, &insecure) && insecure.host == host:
		return host + " cannot be asked by HTTPS, and plain HTTP to it was not allowed"
	case errors.As(err, &insecure):
		return fmt.Sprintf("%s leads to %s by plain HTTP, which was not allowed", host, insecure.host)
	case errors.As(err, &refused):
		return fmt.Sprintf("%s: %s", host, refused.what)
	case errors.As(err, &answer):
		return status(host, answer) + login(err, answer)
	case broken(err):
		return fmt.Sprintf("the answer of %s breaks off", host)
	case timedOut(err):
		return host + " does not answer in time"
	default:
		return network(host, err)
	}
}

// login is why the user's own credentials could not be read, which stands behind what the registry said.
func login(err error, answer *registry.Error) string {
	text := err.Error()
	i := strings.LastIndex(text, loginFailed)
	if i < 0 || strings.Contains(answer.Error(), loginFailed) {
		return ""
	}
	return ", and " + text[i:]
}

// status says what an answer means, and then the registry's own words.
func status(host string, answer *registry.Error) string {
	var text string
	switch answer.StatusCode {
	case http.StatusUnauthorized:
		text = host + " wants credentials for it, or has no such repository (401)"
	case http.StatusForbidden:
		text = host + " denies access to it (403)"
	case http.StatusNotFound:
		text = host + " has no such image (404)"
	case http.StatusTooManyRequests:
		text = host + " limits how often it is asked (429)"
	default:
		text = fmt.Sprintf("%s answers %d %s", host, answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	if len(answer.Errors) > 0 && answer.Errors[0].Message != "" {
		text += ": " + tidy(answer.Errors[0].Message)
	}
	return strings.TrimSpace(text)
}

func timedOut(err error) bool {
	var slow net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &slow) && slow.Timeout()
}

// network says how a registry cannot be reached.
func network(host string, err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no host " + dns.Name
	case errors.Is(err, errRefused):
		return "nobody listens at " + host
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errReset):
		return host + " hangs up"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	var at *url.Error
	for errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Sprintf("asking %s: %s", host, tidy(err.Error()))
}

// tidy is text of a registry on one line of bearable length.
func tidy(text string) string {
	const most = 200
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	words := []rune(strings.Join(strings.Fields(text), " "))
	if len(words) > most {
		return string(words[:most]) + "..."
	}
	return string(words)
}
