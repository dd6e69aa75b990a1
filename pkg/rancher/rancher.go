// Package rancher asks the API of a Rancher server about clusters, their nodes and how nodes are registered, and finds out which server
// that is. It is the only importer of norman.
// It must not read the environment or files, must not print, and must change nothing on the server: every request is a GET.
package rancher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rancher/norman/clientbase"

	// Before the client of norman is initialized.
	_ "github.com/winready/kubectl-winready/pkg/rancher/internal/hush"
)

// Credentials are what the server is asked with. The zero value leaves them to the transport: that of a kubeconfig adds its own.
type Credentials struct {
	Token                string // NAME:SECRET, as a bearer token
	AccessKey, SecretKey string // the same in two parts; ignored beside Token
}

// Options are what a client may be told. The zero value of each but Transport is ready for use.
type Options struct {
	// Transport makes the connections, and decides whose certificates are believed. It must not be nil.
	Transport   http.RoundTripper
	Credentials Credentials
	// UserAgent names the program to the server.
	UserAgent string
	// Timeout bounds one request with its whole answer; 0 is 30 seconds.
	Timeout time.Duration
	// Pause is the time before a request is made a second time, and doubles after that; 0 is half a second.
	Pause time.Duration
	// Logger is told what was asked of the server; nil for nobody. It is never told credentials or answers.
	Logger *slog.Logger
}

// Client asks one Rancher server. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	options Options
}

const (
	defaultTimeout = 30 * time.Second
	defaultPause   = 500 * time.Millisecond
	tries          = 3
)

// New is a client of the server at an address, which may have a path and may end in /v3. Nothing is asked of the server yet.
func New(address string, o Options) (*Client, error) {
	base, err := ParseURL(address)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		return nil, errors.New("a client of Rancher needs a transport")
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Pause <= 0 {
		o.Pause = defaultPause
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Client{base: base, options: o}, nil
}

// URL is the address of the server, without /v3.
func (c *Client) URL() string { return c.base.String() }

// ParseURL is the address of a Rancher server: https, a host, perhaps a path. What some write behind it is taken off: /v3, /v1 and
// /k8s/clusters/ID.
func ParseURL(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		// The address is not repeated: one with a password in it would be shown.
		return nil, errors.New("the address of a Rancher server is not of the form https://HOST[:PORT][/PATH]")
	}
	path := strings.TrimRight(u.Path, "/")
	if at := strings.Index(path, "/k8s/clusters/"); at >= 0 {
		path = path[:at]
	}
	for _, api := range []string{"/v3", "/v1", "/v3-public"} {
		path = strings.TrimSuffix(path, api)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}, nil
}

// address is that of a path of the server, whose steps are escaped.
func (c *Client) address(steps ...string) string {
	return c.base.JoinPath(steps...).String()
}

// get asks for one thing, and again when the server is busy or the answer broke off.
func (c *Client) get(ctx context.Context, address string, into any) error {
	pause := c.options.Pause
	for try := 1; ; try++ {
		err := c.once(ctx, address, into)
		if ctx.Err() != nil {
			return ctx.Err() // whatever went wrong because of it
		}
		if err == nil || try == tries || !temporary(err) {
			return err
		}
		c.options.Logger.DebugContext(ctx, "asking Rancher again", "url", shown(address), "because", err, "after", pause)
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}

// once makes one request by norman's client, which knows no context, follows every link and repeats answers in its errors. Its
// operations without schemas are used: a token for one cluster may not read the schemas
// (pkg/auth/requests/authenticate.go and pkg/clusterrouter/lookup.go of rancher/rancher v2.15.0).
func (c *Client) once(ctx context.Context, address string, into any) error {
	c.options.Logger.DebugContext(ctx, "asking Rancher", "url", shown(address))
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	seen := &answer{}
	ops := &clientbase.APIOperations{
		Opts: &clientbase.ClientOpts{
			TokenKey: c.options.Credentials.Token, AccessKey: c.options.Credentials.AccessKey, SecretKey: c.options.Credentials.SecretKey,
		},
		Client: &http.Client{
			Transport:     c.pinned(ctx, seen),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if err := ops.DoGet(address, nil, into); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // the answer that was cut off may look like one that is no JSON
		}
		return c.failure(address, seen, err)
	}
	return nil
}

// roundTripper is a function that makes a request.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// pinned makes requests to the server of the client alone: norman sends the credentials wherever a link in an answer leads.
func (c *Client) pinned(ctx context.Context, seen *answer) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme != c.base.Scheme || r.URL.Host != c.base.Host {
			return nil, &foreignError{to: r.URL.Scheme + "://" + r.URL.Host}
		}
		r = r.Clone(ctx)
		r.Header.Set("User-Agent", c.options.UserAgent)
		r.Header.Set("Accept", "application/json") // else a browser's page may come: parseResponseFormat in parse/parse.go of norman
		if r.Header.Get("Authorization") == "" {
			r.Header.Del("Authorization") // norman sets it, empty, and a transport with its own credentials would keep it
		}
		response, err := c.options.Transport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		if err := seen.look(response); err != nil {
			return nil, err
		}
		return response, nil
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// sameServer is a link of an answer as an address of the client's own server. Behind something that ends TLS and does not say so,
// Rancher's links say http (urlbuilder/url.go of norman v0.9.9): they are followed as https. The host must be the same.
func (c *Client) sameServer(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", fmt.Errorf("following a link of Rancher: %w", err)
	}
	if u.Scheme == "http" && u.Hostname() == c.base.Hostname() && (u.Port() == "" || u.Port() == c.base.Port()) {
		u.Scheme, u.Host = c.base.Scheme, c.base.Host
	}
	if u.Scheme != c.base.Scheme || u.Host != c.base.Host {
		return "", &foreignError{to: u.Scheme + "://" + u.Host}
	}
	return u.String(), nil
}
