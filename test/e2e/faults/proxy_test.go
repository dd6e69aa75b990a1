package faults_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/winready/kubectl-winready/test/controlplane"
)

// fault is what may go wrong with a request. It answers it, or changes it and leaves the answer to the server by returning false.
type fault func(w http.ResponseWriter, r *http.Request) bool

// proxy stands in front of the API server and lets requests go wrong.
type proxy struct {
	*httptest.Server
	mu     sync.Mutex
	faults map[string]fault // by the last element of the path
	asked  []string         // paths, with what pages them
}

// newProxy is a proxy of the control plane of all tests. It speaks HTTP/2, as API servers do.
func newProxy(t *testing.T) *proxy {
	t.Helper()
	return startProxy(t, true)
}

// startProxy is a proxy that speaks HTTP/2 or, as some load balancers do, HTTP/1.1. It has a certificate: client-go does not send
// credentials without.
func startProxy(t *testing.T, http2 bool) *proxy {
	t.Helper()
	target, err := url.Parse(plane.Config.Host)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(plane.Config.CAData)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	server := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
	}
	p := &proxy{faults: map[string]fault{}}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.fails(w, r) {
			server.ServeHTTP(w, r)
		}
	}))
	p.EnableHTTP2 = http2
	p.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that are broken on purpose
	server.ErrorLog = p.Config.ErrorLog
	p.StartTLS()
	t.Cleanup(func() {
		p.CloseClientConnections()
		p.Close()
		transport.CloseIdleConnections()
	})
	return p
}

func (p *proxy) fails(w http.ResponseWriter, r *http.Request) bool {
	p.mu.Lock()
	what := r.URL.Path
	if r.URL.Query().Has("continue") {
		what += " continued"
	}
	p.asked = append(p.asked, what)
	f := p.faults[filepath.Base(r.URL.Path)]
	if f == nil {
		f = p.faults["*"]
	}
	p.mu.Unlock()
	return f != nil && f(w, r)
}

// requests are how many requests there were for a path.
func (p *proxy) requests(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, what := range p.asked {
		if what == path {
			n++
		}
	}
	return n
}

// getter is kubectl's flags for a client that goes through the proxy.
func (p *proxy) getter(t *testing.T, timeout string) *genericclioptions.ConfigFlags {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw})
	cluster := api.Cluster{Server: p.URL, CertificateAuthorityData: authority}
	if err := controlplane.WriteKubeconfig(path, "test", cluster, api.AuthInfo{Token: plane.Config.BearerToken}); err != nil {
		t.Fatal(err)
	}
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig, flags.Timeout = &path, &timeout
	return flags
}

// The faults.

// times lets only the first requests go wrong.
func times(n int, f fault) fault {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		n--
		left := n
		mu.Unlock()
		return left >= 0 && f(w, r)
	}
}

// continued lets only requests for further pages go wrong.
func continued(f fault) fault {
	return func(w http.ResponseWriter, r *http.Request) bool { return r.URL.Query().Has("continue") && f(w, r) }
}

// status answers with a status as the API server does.
func status(code int, reason, message string) fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		text := `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"` + message + `","reason":"` + reason + `","code":` + strconv.Itoa(code) + `}`
		_, err := w.Write([]byte(text))
		return err == nil
	}
}

// busy answers as the API server's priority and fairness does.
func busy(seconds int) fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		http.Error(w, "Too many requests, please try again later.", http.StatusTooManyRequests)
		return true
	}
}

// answer answers that all is well, with a text.
func answer(format, text string) fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", format)
		_, err := w.Write([]byte(text))
		return err == nil
	}
}

// page answers with a page for browsers, as who wants somebody to log in does.
func page() fault {
	return answer("text/html", "<html><body>"+strings.Repeat("Please log in. ", 100)+"</body></html>")
}

// slow answers late, or never when the client is gone before.
func slow(d time.Duration) fault {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		select {
		case <-time.After(d):
			return false
		case <-r.Context().Done():
			return true
		}
	}
}

// cut passes on so much of the answer and then breaks the connection.
func (p *proxy) cut(share float64) fault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		whole := httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", "identity")
		p.forward(whole, r)
		body := whole.Body.Bytes()
		w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
		w.WriteHeader(whole.Code)
		if _, err := w.Write(body[:int(share*float64(len(body)))]); err != nil {
			return true
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return true
		}
		panic(http.ErrAbortHandler)
	}
}

// forward has a request answered without any fault.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request) {
	target, err := url.Parse(plane.Config.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(plane.Config.CAData)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	(&httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}).ServeHTTP(w, r)
}

// accept changes what formats the client is said to take.
func accept(formats string) fault {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		r.Header.Set("Accept", formats)
		return false
	}
}
