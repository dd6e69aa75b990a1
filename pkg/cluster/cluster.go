// Package cluster reads an inventory from a live cluster: it lists what the API server has, and has it counted as it comes.
// What it may not or cannot read it says, as a gap. It must not judge, and changes only what it is handed to apply, create or delete.
package cluster

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// Options are what a reader may be told. The zero value is ready for use.
type Options struct {
	// Logger is told what was asked of the server and when it was asked again; nil for nobody.
	Logger *slog.Logger
	// Progress is told how many objects of a kind were read so far, by one goroutine at a time; nil for nobody.
	Progress func(what string, done int)
	// PageSize is how many objects are asked for at a time; 0 is 500, as kubectl asks for.
	PageSize int
}

// Reader reads one cluster. It is safe for concurrent use.
type Reader struct {
	client  *rest.RESTClient
	context string
	timeout time.Duration // of one request; 0 is none
	options Options
	mu      sync.Mutex // held while Progress is called
}

// New is a reader of the cluster that kubectl's flags lead to. Nothing is asked of the server yet; the error is that of the
// kubeconfig.
func New(getter genericclioptions.RESTClientGetter, o Options) (*Reader, error) {
	config, err := getter.ToRESTConfig()
	if err != nil {
		return nil, unreadConfig(err)
	}
	config = rest.CopyConfig(config)
	// The server's own priority and fairness decides who has to wait; with a limit here, of five requests a second, it is always us.
	config.QPS = -1
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	config.WarningHandler = rest.NoWarnings{}
	if config.UserAgent == "" {
		config.UserAgent = rest.DefaultKubernetesUserAgent()
	}
	client, err := rest.UnversionedRESTClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.PageSize <= 0 {
		o.PageSize = 500
	}
	return &Reader{client: client, context: contextName(getter), timeout: config.Timeout, options: o}, nil
}

// Context names the context of the kubeconfig that the reader looks at; empty when the configuration is that of a pod.
func (r *Reader) Context() string { return r.context }

// contextName is the context that --context names, or else the kubeconfig's current one.
func contextName(getter genericclioptions.RESTClientGetter) string {
	if flags, ok := getter.(*genericclioptions.ConfigFlags); ok && flags.Context != nil && *flags.Context != "" {
		return *flags.Context
	}
	config, err := getter.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return "" // without a kubeconfig, ToRESTConfig has found what a pod has
	}
	return config.CurrentContext
}

// source is what a report says was looked at.
func (r *Reader) source() string {
	if r.context == "" {
		return "cluster"
	}
	return "context " + r.context
}

func (r *Reader) progress(what string, done int) {
	if r.options.Progress != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.options.Progress(what, done)
	}
}

// What the server is asked to answer in. Custom resources have no protobuf, and some that stand in front of an API server have none
// at all.
const (
	acceptProtobuf = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	acceptJSON     = runtime.ContentTypeJSON
)
