package rancher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Clues are all that may tell which Rancher a cluster belongs to. Whoever has them reads them: none is read here.
type Clues struct {
	URL, Cluster string // of flags: the address of the server, the ID of the cluster
	Env          Environment
	Contexts     []Context // of the kubeconfig
	Current      string    // the name of the context that is used
	CLI          *CLI      // of the Rancher CLI; nil without one
	// Own has only what is about the cluster of the context count, and so not what the Rancher CLI is logged in to.
	Own bool
	// Agent asks the cluster itself; nil where there is none to ask. It is only called when nothing else tells.
	Agent func(context.Context) (Agent, error)
}

// Environment is what Terraform's provider reads: rancher2/provider.go of rancher/terraform-provider-rancher2.
type Environment struct {
	URL, Token, AccessKey, SecretKey string
	CA                               string // PEM
	Insecure                         bool
}

// Context is a context of a kubeconfig, without secrets.
type Context struct {
	Name, Server, User string
	Exec               []string // the command of the user's credential plugin with its arguments; nil without one
}

// Agent is what Rancher's agent in a cluster was told.
type Agent struct{ Server, Cluster string }

// Place is where Rancher is, which of its clusters is meant, and with whose credentials it is asked.
type Place struct {
	URL     string `json:"url"`
	Cluster string `json:"cluster,omitempty"` // its ID; empty when nothing tells
	// Step counts what was looked at, from 1 to 6, and How is what told.
	Step int    `json:"step"`
	How  string `json:"how"`
	// Context is the context whose user is taken, and whose certificates unless Foreign; empty when Credentials are.
	Context     string      `json:"context,omitempty"`
	Credentials Credentials `json:"-"`
	// Foreign tells that the context's certificates are those of another server.
	Foreign  bool   `json:"-"`
	CA       string `json:"-"` // PEM, or else the system's
	CAFile   string `json:"-"` // the same in a file
	Insecure bool   `json:"-"`
	Proxy    string `json:"-"`
}

// NoneError is that nothing leads to a Rancher server. It is no failure: there are clusters without Rancher.
type NoneError struct{ Tried []string }

func (e *NoneError) Error() string { return "no Rancher server found: " + strings.Join(e.Tried, "; ") }

// NoCredentialsError is a Rancher server for which nothing gives credentials.
type NoCredentialsError struct{ URL, How string }

func (e *NoCredentialsError) Error() string {
	return fmt.Sprintf("Rancher is at %s (%s), and there are no credentials for it", e.URL, e.How)
}

// proxied matches the address that Rancher's proxy has for a cluster: pkg/kubeconfig/templates.go of rancher/rancher. Something in
// front of Rancher may put a path before it.
var proxied = regexp.MustCompile(`^(https://[^/]+(?:/.*?)?)/k8s/clusters/([^/]+)/?$`)

// Find goes through the clues. What is named outright counts first, then the kubeconfig, the cluster itself, and the Rancher CLI.
// The error is a NoneError without Rancher, and a NoCredentialsError without a way in.
func Find(ctx context.Context, c Clues) (Place, error) {
	var none NoneError
	for i, step := range []func(context.Context) (Place, string, error){
		c.named, c.proxy, c.endpoint, c.exec, c.agent, c.cli,
	} {
		place, why, err := step(ctx)
		if err != nil {
			return Place{}, err
		}
		if why != "" {
			none.Tried = append(none.Tried, why)
			continue
		}
		place.Step = i + 1
		place.Cluster = cmp.Or(c.Cluster, place.Cluster)
		return place, nil
	}
	return Place{}, &none
}

// current is the context that is used; false when the kubeconfig has none of that name.
func (c *Clues) current() (Context, bool) {
	i := slices.IndexFunc(c.Contexts, func(k Context) bool { return k.Name == c.Current })
	if i < 0 {
		return Context{}, false
	}
	return c.Contexts[i], true
}

// named is the server of a flag or of the environment. Only for it the credentials of the environment are.
func (c *Clues) named(ctx context.Context) (Place, string, error) {
	address, how := c.URL, "--rancher-url"
	if address == "" {
		address, how = c.Env.URL, "RANCHER_URL"
	}
	if address == "" {
		return Place{}, "neither --rancher-url nor RANCHER_URL is set", nil
	}
	base, err := ParseURL(address)
	if err != nil {
		return Place{}, "", fmt.Errorf("%s: %w", how, err)
	}
	place := Place{URL: base.String(), How: how, CA: c.Env.CA, Insecure: c.Env.Insecure}
	// The kubeconfig may still tell which of its clusters is meant, and who asks.
	known, led := c.led(ctx, place.URL)
	if led {
		place.Cluster = known.Cluster
	}
	switch env := (Credentials{Token: c.Env.Token, AccessKey: c.Env.AccessKey, SecretKey: c.Env.SecretKey}); {
	case env.given() && (c.Env.URL == "" || sameHost(c.Env.URL, place.URL)):
		place.Credentials = env
	case led:
		known.How, known.Cluster = place.How, place.Cluster
		return known, "", nil
	default:
		if server, ok := c.CLI.server(place.URL); ok {
			chosen := server.Cluster()
			if c.Own {
				chosen = "" // it may be another than that of the context
			}
			return server.place(place.How, cmp.Or(place.Cluster, chosen)), "", nil
		}
		return Place{}, "", &NoCredentialsError{URL: place.URL, How: how}
	}
	return place, "", nil
}

// led is where the kubeconfig leads to, if that is the server of an address.
func (c *Clues) led(ctx context.Context, address string) (Place, bool) {
	for _, step := range []func(context.Context) (Place, string, error){c.proxy, c.endpoint, c.exec} {
		if place, why, err := step(ctx); err == nil && why == "" && sameHost(place.URL, address) {
			return place, true
		}
	}
	return Place{}, false
}

func (c *Clues) proxy(context.Context) (Place, string, error) {
	k, ok := c.current()
	if !ok {
		return Place{}, "there is no kubeconfig", nil
	}
	m := proxied.FindStringSubmatch(k.Server)
	if m == nil {
		return Place{}, "the server of context " + k.Name + " is not Rancher's proxy", nil
	}
	return Place{URL: m[1], Cluster: m[2], Context: k.Name, How: "the server of context " + k.Name}, "", nil
}

// endpoint is for a context of an authorized cluster endpoint: it goes to the cluster itself, and the kubeconfig has another context
// of the same user that goes through Rancher. Of several the one is meant of whose name the endpoint's is made
// (pkg/kubeconfig/kubeconfig.go of rancher/rancher).
func (c *Clues) endpoint(context.Context) (Place, string, error) {
	k, ok := c.current()
	if !ok || k.User == "" {
		return Place{}, "no context has its user in common with one of Rancher's", nil
	}
	var found []Place
	best := -1
	for _, other := range c.Contexts {
		m := proxied.FindStringSubmatch(other.Server)
		if m == nil || other.User != k.User {
			continue
		}
		if strings.HasPrefix(k.Name, other.Name+"-") && (best < 0 || len(other.Name) > len(found[best].Context)) {
			best = len(found)
		}
		found = append(found, Place{URL: m[1], Cluster: m[2], Context: other.Name, How: "context " + other.Name + ", which has the user of context " + k.Name})
	}
	switch {
	case len(found) == 0:
		return Place{}, "no context of Rancher's proxy has the user of context " + k.Name, nil
	case best >= 0:
		return found[best], "", nil
	case len(found) > 1 && slices.ContainsFunc(found, func(p Place) bool { return p.Cluster != found[0].Cluster || p.URL != found[0].URL }):
		return Place{}, "several clusters of Rancher have the user of context " + k.Name, nil
	}
	return found[0], "", nil
}

// exec is what the Rancher CLI is told as a credential plugin: cmd/kubectl_token.go of rancher/cli.
func (c *Clues) exec(context.Context) (Place, string, error) {
	k, ok := c.current()
	if !ok || !slices.Contains(k.Exec, "token") {
		return Place{}, "its user has no credential plugin of Rancher", nil
	}
	server := argument(k.Exec, "server")
	if server == "" {
		return Place{}, "its credential plugin names no Rancher server", nil
	}
	if !strings.Contains(server, "://") {
		server = "https://" + server
	}
	base, err := ParseURL(server)
	if err != nil {
		return Place{}, "", fmt.Errorf("--server of the credential plugin of context %s: %w", k.Name, err)
	}
	return Place{
		URL: base.String(), Cluster: argument(k.Exec, "cluster"), Context: k.Name, Foreign: true,
		CA: c.Env.CA, CAFile: argument(k.Exec, "cacerts"), Insecure: slices.Contains(k.Exec, "--skip-verify") || slices.Contains(k.Exec, "--skip-verify=true"),
		How: "the credential plugin of context " + k.Name,
	}, "", nil
}

// argument is the value of a flag in a command line.
func argument(words []string, flag string) string {
	for i, word := range words {
		if value, ok := strings.CutPrefix(word, "--"+flag+"="); ok {
			return value
		}
		if word == "--"+flag && i+1 < len(words) {
			return words[i+1]
		}
	}
	return ""
}

// NoAgent is what a NoneError tells of a cluster that was asked, and does not belong to a Rancher.
const NoAgent = "the cluster has no agent of Rancher"

// agent asks the cluster. Whoever runs the cluster says where its Rancher is, so only credentials go there that are for that server.
func (c *Clues) agent(ctx context.Context) (Place, string, error) {
	if c.Agent == nil {
		return Place{}, "there is no cluster to ask", nil
	}
	told, err := c.Agent(ctx)
	switch {
	case errors.Is(err, context.Canceled):
		return Place{}, "", err
	case err != nil:
		return Place{}, "the cluster does not tell: " + err.Error(), nil //nolint:nilerr // it is one of the reasons
	case told.Server == "":
		return Place{}, NoAgent, nil
	}
	base, err := ParseURL(told.Server)
	if err != nil {
		return Place{}, "CATTLE_SERVER of the cluster's agent: " + err.Error(), nil //nolint:nilerr // it is one of the reasons
	}
	const how = "CATTLE_SERVER of deployment cattle-system/cattle-cluster-agent"
	if server, ok := c.CLI.server(base.String()); ok {
		return server.place(how, told.Cluster), "", nil
	}
	return Place{}, "", &NoCredentialsError{URL: base.String(), How: how}
}

// cli is the server that the Rancher CLI is logged in to. It counts when the kubeconfig says nothing of Rancher; which of its clusters is
// meant the CLI tells only where there is no context, which is of another one.
func (c *Clues) cli(context.Context) (Place, string, error) {
	if c.Own {
		return Place{}, "the Rancher CLI's login is not about the cluster of the context", nil
	}
	server, ok := c.CLI.current()
	if !ok {
		return Place{}, "the Rancher CLI is not logged in", nil
	}
	base, err := ParseURL(server.URL)
	if err != nil {
		return Place{}, "", fmt.Errorf("server %s of the Rancher CLI: %w", c.CLI.CurrentServer, err)
	}
	server.URL = base.String()
	id := server.Cluster()
	if _, other := c.current(); other {
		id = ""
	}
	return server.place("server "+c.CLI.CurrentServer+" of the Rancher CLI", id), "", nil
}

// given tells whether they are enough to ask with.
func (c Credentials) given() bool { return c.Token != "" || c.AccessKey != "" && c.SecretKey != "" }

// sameHost tells whether two addresses are of one server.
func sameHost(a, b string) bool {
	one, e1 := ParseURL(a)
	two, e2 := ParseURL(b)
	return e1 == nil && e2 == nil && strings.EqualFold(one.Host, two.Host)
}
