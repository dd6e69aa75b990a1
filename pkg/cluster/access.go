package cluster

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Context is a context of a kubeconfig, without its secrets.
type Context struct {
	Name, Server, User string
	Exec               []string // the command of the user's credential plugin with its arguments; nil without one
}

// Contexts are the contexts of a kubeconfig, by name, and the name of the one that is used; none, without an error, where there is
// no kubeconfig.
func Contexts(getter genericclioptions.RESTClientGetter) (current string, list []Context, err error) {
	raw, err := getter.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return "", nil, unreadConfig(err)
	}
	for _, name := range slices.Sorted(maps.Keys(raw.Contexts)) {
		c := Context{Name: name, User: raw.Contexts[name].AuthInfo}
		if server := raw.Clusters[raw.Contexts[name].Cluster]; server != nil {
			c.Server = server.Server
		}
		if user := raw.AuthInfos[c.User]; user != nil && user.Exec != nil {
			c.Exec = append([]string{user.Exec.Command}, user.Exec.Args...)
		}
		list = append(list, c)
	}
	return contextName(getter), list, nil
}

// Access says whose credentials a transport adds to requests, and whom it believes to be the server.
type Access struct {
	Context string // of the kubeconfig; empty for the one that is used
	// Foreign tells that requests go to another server than the context's: its certificates are not the context's, and it is not
	// shown the user's certificate. CA, in PEM, or else the system's are believed, unless Insecure.
	Foreign  bool
	CA       []byte
	Insecure bool
}

// Transport makes requests with the credentials of a context, wherever they go: to whom they may go is up to who makes them.
func Transport(getter genericclioptions.RESTClientGetter, a Access) (http.RoundTripper, error) {
	config, err := contextConfig(getter, a.Context)
	if err != nil {
		return nil, err
	}
	if a.Foreign {
		config.TLSClientConfig = rest.TLSClientConfig{CAData: a.CA, Insecure: a.Insecure}
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, unreadConfig(err)
	}
	return transport, nil
}

// unreadConfig is an error of a kubeconfig. That of a name that is there twice repeats all users, with their tokens
// (tools/clientcmd/api/v1/conversion.go of k8s.io/client-go v0.37.2).
func unreadConfig(err error) error {
	text, _, repeats := strings.Cut(err.Error(), " in list: ")
	if repeats {
		return fmt.Errorf("reading the kubeconfig: %s", text)
	}
	return fmt.Errorf("reading the kubeconfig: %w", err)
}

// contextConfig is the configuration of a context, for who the flags say to act as.
func contextConfig(getter genericclioptions.RESTClientGetter, context string) (*rest.Config, error) {
	config, err := getter.ToRESTConfig()
	if err != nil {
		return nil, unreadConfig(err)
	}
	if context == "" || context == contextName(getter) {
		return rest.CopyConfig(config), nil
	}
	raw, err := getter.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, unreadConfig(err)
	}
	other, err := clientcmd.NewNonInteractiveClientConfig(raw, context, &clientcmd.ConfigOverrides{}, nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("reading context %s of the kubeconfig: %w", context, err)
	}
	other.Impersonate = config.Impersonate
	other.UserAgent = cmp.Or(other.UserAgent, config.UserAgent)
	return other, nil
}
