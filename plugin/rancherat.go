package plugin

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

// rancherAt is a Rancher server that was found.
type rancherAt struct {
	*rancher.Client
	place     rancher.Place
	transport http.RoundTripper
}

// logger writes what happens to stderr, with --verbose. There are no times in it: they would make every run another.
func (o *rancherOptions) logger(deps Deps) *slog.Logger {
	switch {
	case o.log != nil:
		return o.log
	case !o.verbose:
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(deps.ErrOut, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// find finds Rancher from the current context. The errors of rancher.Find tell that there is none, or no way in.
func (o *rancherOptions) find(ctx context.Context, deps Deps) (*rancherAt, error) {
	log := o.logger(deps)
	clues, err := o.clues(deps, log)
	if err != nil {
		return nil, err
	}
	place, err := rancher.Find(ctx, clues)
	if err != nil {
		log.DebugContext(ctx, "found no Rancher", "because", err)
		return nil, err
	}
	log.DebugContext(ctx, "found Rancher", "url", place.URL, "cluster", place.Cluster, "step", place.Step, "by", place.How)
	transport, err := o.transport(&place)
	if err != nil {
		return nil, err
	}
	client, err := rancher.New(place.URL, rancher.Options{
		Transport: transport, Credentials: place.Credentials, Timeout: o.timeout(), UserAgent: "kubectl-winready/" + buildVersion().Version, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	return &rancherAt{client, place, transport}, nil
}

// timeout is kubectl's --request-timeout, a duration or a number of seconds; 0 for none that was named. What is none at all is told when
// the kubeconfig is read.
func (o *rancherOptions) timeout() time.Duration {
	if o.config.Timeout == nil {
		return 0
	}
	if seconds, err := strconv.Atoi(*o.config.Timeout); err == nil {
		return time.Duration(seconds) * time.Second
	}
	limit, _ := time.ParseDuration(*o.config.Timeout)
	return limit
}

func (o *rancherOptions) clues(deps Deps, log *slog.Logger) (rancher.Clues, error) {
	clues := rancher.Clues{URL: o.url, Cluster: o.id, Own: o.own, Env: rancher.Environment{
		URL: deps.Env("RANCHER_URL"), Token: deps.Env("RANCHER_TOKEN_KEY"), AccessKey: deps.Env("RANCHER_ACCESS_KEY"),
		SecretKey: deps.Env("RANCHER_SECRET_KEY"), CA: deps.Env("RANCHER_CA_CERTS"), Insecure: deps.Env("RANCHER_INSECURE") == "true",
	}}
	current, contexts, err := cluster.Contexts(o.config)
	if err != nil {
		return clues, err
	}
	clues.Current = cmp.Or(o.context, current)
	for _, c := range contexts {
		clues.Contexts = append(clues.Contexts, rancher.Context(c))
	}
	if len(contexts) > 0 {
		clues.Agent = func(ctx context.Context) (rancher.Agent, error) {
			reader, err := cluster.New(cluster.At(o.config, clues.Current), cluster.Options{Logger: log})
			if err != nil {
				return rancher.Agent{}, err
			}
			server, id, err := reader.Agent(ctx)
			return rancher.Agent{Server: server, Cluster: id}, err
		}
	}
	clues.CLI, err = o.readCLI(deps)
	return clues, err
}

// readCLI reads the configuration of the Rancher CLI; nil where there is none.
func (o *rancherOptions) readCLI(deps Deps) (*rancher.CLI, error) {
	folder := cmp.Or(o.folder, deps.Env("RANCHER_CONFIG_DIR"))
	if home := cmp.Or(deps.Env("HOME"), deps.Env("USERPROFILE")); folder == "" && home != "" {
		folder = filepath.Join(home, ".rancher")
	}
	if folder == "" {
		return nil, nil
	}
	path := filepath.Join(folder, "cli2.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && o.folder == "" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the Rancher CLI's configuration: %w", err)
	}
	cli, err := rancher.ParseCLI(data)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return cli, nil
}

// transport is that of the kubeconfig, with its credentials, or one for credentials of another source.
func (o *rancherOptions) transport(place *rancher.Place) (http.RoundTripper, error) {
	ca := []byte(place.CA)
	if place.CAFile != "" && len(ca) == 0 {
		var err error
		if ca, err = os.ReadFile(place.CAFile); err != nil {
			return nil, fmt.Errorf("reading the certificates of Rancher: %w", err)
		}
	}
	// What holds no certificate would be no certificate to believe in, and every server would be refused, or worse.
	pool := x509.NewCertPool()
	if len(ca) > 0 && !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("reading the certificates of Rancher (%s): there is none in PEM", place.How)
	}
	if place.Context != "" {
		return cluster.Transport(o.config, cluster.Access{Context: place.Context, Foreign: place.Foreign, CA: ca, Insecure: place.Insecure})
	}
	own := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{InsecureSkipVerify: place.Insecure, MinVersion: tls.VersionTLS12}}
	if len(ca) > 0 {
		own.TLSClientConfig.RootCAs = pool
	}
	if place.Proxy != "" {
		proxy, err := url.Parse(place.Proxy)
		if err != nil {
			return nil, errors.New("the Rancher CLI's proxyUrl is not an address")
		}
		own.Proxy = http.ProxyURL(proxy)
	}
	return own, nil
}

// cluster finds Rancher and, there, the cluster that is named or that of the current context, with its nodes.
func (o *rancherOptions) cluster(ctx context.Context, deps Deps, cmdPath string, args []string) (*rancherAt, *guide.Cluster, error) {
	at, err := o.find(ctx, deps)
	if err != nil {
		return nil, nil, err
	}
	id, err := at.resolve(ctx, cmdPath, args)
	if err != nil {
		return nil, nil, err
	}
	c, err := at.guided(ctx, id)
	return at, c, err
}

// resolve is the ID of the cluster of a name or an ID, or that of the current context.
func (r *rancherAt) resolve(ctx context.Context, cmdPath string, args []string) (string, error) {
	if len(args) > 0 {
		return r.Resolve(ctx, args[0])
	}
	if r.place.Cluster != "" && r.place.Cluster != "local" {
		return r.place.Cluster, nil
	}
	all, err := r.Clusters(ctx)
	if err != nil {
		return "", err
	}
	e := &usageError{problems: []string{"nothing tells which cluster is meant: " + r.place.How + " leads to Rancher itself"}}
	var names []string
	for _, c := range all {
		if c.Origin != rancher.Local {
			names = append(names, c.Name)
		}
	}
	e.hint = cmdPath + " CLUSTER, with one of " + quoted(names)
	if len(names) == 0 {
		e.hint = "Rancher shows no other cluster; kubectl winready rancher cluster new makes one"
	}
	return "", e
}
