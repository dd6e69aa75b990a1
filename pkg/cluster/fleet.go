package cluster

import (
	"errors"
	"net/http"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// At is a getter for another context of the same kubeconfig, for who the flags say to act as.
func At(getter genericclioptions.RESTClientGetter, context string) genericclioptions.RESTClientGetter {
	return elsewhere{context, func() (*rest.Config, error) { return contextConfig(getter, context) }}
}

// Through is a getter for a cluster at an address, asked by a transport that has credentials; base says how patient requests are. The
// transport must make sure that the credentials go nowhere else: answers may lead elsewhere.
func Through(base genericclioptions.RESTClientGetter, name, address string, transport http.RoundTripper) genericclioptions.RESTClientGetter {
	return elsewhere{name, func() (*rest.Config, error) {
		config, err := base.ToRESTConfig()
		if err != nil {
			config = &rest.Config{} // a cluster that Rancher leads to needs no kubeconfig
		}
		return &rest.Config{Host: address, Transport: transport, Timeout: config.Timeout, UserAgent: config.UserAgent}, nil
	}}
}

// elsewhere is a getter for a cluster that the flags do not lead to. It is enough for a Reader.
type elsewhere struct {
	name   string
	config func() (*rest.Config, error)
}

// ToRESTConfig implements genericclioptions.RESTClientGetter.
func (e elsewhere) ToRESTConfig() (*rest.Config, error) { return e.config() }

// ToRawKubeConfigLoader implements genericclioptions.RESTClientGetter, as far as to tell the name.
func (e elsewhere) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	return clientcmd.NewDefaultClientConfig(api.Config{CurrentContext: e.name}, &clientcmd.ConfigOverrides{})
}

// errReaderOnly is about what a Reader does not ask for.
var errReaderOnly = errors.New("this getter is for reading one cluster")

// ToDiscoveryClient implements genericclioptions.RESTClientGetter. It has none.
func (e elsewhere) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	return nil, errReaderOnly
}

// ToRESTMapper implements genericclioptions.RESTClientGetter. It has none.
func (e elsewhere) ToRESTMapper() (meta.RESTMapper, error) { return nil, errReaderOnly }
