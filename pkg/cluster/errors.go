package cluster

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// statusOf is the status that the server answered with; 0 when it did not answer.
func statusOf(err error) int {
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		return int(status.Status().Code)
	}
	return 0
}

// expired tells that a list cannot be continued because the server no longer has what it was like when the list began.
func expired(err error) bool { return statusOf(err) == http.StatusGone }

// timedOut tells that an answer took longer than it may.
func timedOut(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// unreachable tells that there is no server there, or not the one that is meant: no use in asking again.
func unreachable(err error) bool {
	op, network := errors.AsType[*net.OpError](err)
	_, dns := errors.AsType[*net.DNSError](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	return network && op.Op == "dial" || dns || certificate || noTLS
}

// stopError is the end of the context, which looks like a request that timed out.
type stopError struct{ cause error }

func (e stopError) Error() string { return e.cause.Error() }

// ends tells an error after which nothing else can be read either.
func ends(err error) bool {
	_, stop := errors.AsType[stopError](err)
	return stop || statusOf(err) == http.StatusUnauthorized
}

// maxReason bounds what is passed on of an answer that may be a page for browsers.
const maxReason = 300

// plain is an error in one line, without the address, which is in the kubeconfig, and without the parameters of the request.
func plain(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	text := strings.Join(strings.Fields(err.Error()), " ")
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "") + " ..."
	}
	return text
}

// refusedUser finds the user in a refusal by RBAC or another authorizer: pkg/endpoints/handlers/responsewriters/errors.go of
// k8s.io/apiserver. What else is forbidden, as to act for somebody, takes something else than a right to list.
var refusedUser = regexp.MustCompile(`User "([^"]+)" cannot list resource`)

// reason says to a user why a kind could not be listed, and for a refusal what is needed.
func (r *Reader) reason(k kind, namespace string, err error) string {
	where := ""
	if k.namespaced && namespace != "" {
		where = " in namespace " + namespace
	}
	doing := "listing " + k.plural + where
	refused := refusedUser.FindStringSubmatch(err.Error())
	switch {
	case statusOf(err) == http.StatusForbidden && refused != nil:
		if k.namespaced && namespace == "" {
			where = " in all namespaces"
		}
		return fmt.Sprintf("%s: forbidden for user %q: needs the verb list on %s%s", doing, refused[1], k.resource(), where)
	case statusOf(err) == http.StatusNotFound:
		return fmt.Sprintf("%s: the server does not have %s", doing, k.version)
	case expired(err):
		return fmt.Sprintf("%s: the list expired before it was read, %d times: %s", doing, tries, plain(err))
	default:
		return doing + ": " + r.said(err)
	}
}

// said is what went wrong with a request.
func (r *Reader) said(err error) string {
	switch {
	case timedOut(err) && r.timeout > 0:
		return fmt.Sprintf("no whole answer within %s, which is the --request-timeout", r.timeout)
	case statusOf(err) == http.StatusTooManyRequests:
		return fmt.Sprintf("the server is busy and did not answer for %s: %s", patience, plain(err))
	case statusOf(err) == 0 && !timedOut(err) && !unreachable(err):
		return fmt.Sprintf("no whole answer, asked %d times: %s", tries, plain(err))
	default:
		return plain(err)
	}
}
