package plugin

import (
	"context"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/dump"
	"github.com/winready/kubectl-winready/pkg/inventory"
)

// clusterOptions say which cluster is looked at, and how much of it. The flags are kubectl's.
type clusterOptions struct {
	config        *genericclioptions.ConfigFlags
	allNamespaces bool
	selector      string
	files         []string
	// parts are what is read of objects as they are: see check.parts.
	parts []inventory.Kind
}

func (o *clusterOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Scope", func(f *pflag.FlagSet) {
		f.BoolVarP(&o.allNamespaces, "all-namespaces", "A", false, "look at every namespace, whatever --namespace says")
		f.StringVarP(&o.selector, "selector", "l", "", "`SELECTOR` of the labels of workloads: app=web,tier!=test")
		f.StringArrayVarP(&o.files, "filename", "f", nil, "`FILE` with a saved cluster instead of a live one, - for stdin (repeatable)")
	})
	o.config = genericclioptions.NewConfigFlags(true)
	flagSection(cmd, "Cluster", func(f *pflag.FlagSet) {
		o.config.AddFlags(f)
		f.VisitAll(tidyKubectlFlag)
	})
	words(cmd, "filename", cobra.ShellCompDirectiveDefault)
}

// kubectlValue names the values of kubectl's flags, whose texts do not.
func kubectlValue(name string) string {
	return map[string]string{
		"kubeconfig": "FILE", "cache-dir": "FOLDER", "client-certificate": "FILE", "client-key": "FILE", "token": "TOKEN", "as": "USER",
		"as-uid": "UID", "as-group": "GROUP", "as-user-extra": "KEY=VALUE", "cluster": "NAME", "user": "NAME", "namespace": "NAMESPACE",
		"context": "NAME", "server": "URL", "tls-server-name": "NAME", "certificate-authority": "FILE", "request-timeout": "DURATION",
		"proxy-url": "URL",
	}[name]
}

var firstSentence = regexp.MustCompile(`^(.*?)(\. |\.$|, this flag can be repeated|\. This| Non-zero|$)`)

// tidyKubectlFlag makes the text of one of kubectl's flags one of ours: a phrase in lower case, without a period.
func tidyKubectlFlag(f *pflag.Flag) {
	text := firstSentence.FindStringSubmatch(f.Usage)[1]
	text = strings.TrimPrefix(text, "If present, ")
	if !strings.HasPrefix(text, "UID") && !strings.HasPrefix(text, "URL") {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	if value := kubectlValue(f.Name); value != "" {
		text += ", a `" + value + "`"
	}
	f.Usage = text
	if f.Name == "cache-dir" {
		f.DefValue = "" // it hangs on the user's home
	}
}

// scope is a valid scope; what is wrong with it goes to p.
func (o *clusterOptions) scope(p *problems) labels.Selector {
	if o.selector == "" {
		return nil
	}
	selector, err := labels.Parse(o.selector)
	p.check("selector", err)
	return selector
}

// namespace is the one that is looked at: with -A, or without any that was named, none. A cluster's findings are of interest
// wherever they are, so the namespace of the kubeconfig does not narrow the view.
func (o *clusterOptions) namespace() string {
	if o.allNamespaces || o.config.Namespace == nil {
		return ""
	}
	return *o.config.Namespace
}

// readingGCPercent keeps the memory of an audit of 20,000 pods at about 150 MB, for a fifth more of CPU time, most of which is spent
// waiting for the server anyway.
const readingGCPercent = 50

// inventory reads the live cluster or the saved one.
func (o *clusterOptions) inventory(ctx context.Context, deps Deps, selector labels.Selector) (*inventory.Inventory, error) {
	if len(o.files) > 0 {
		scope := dump.Scope{Namespace: o.namespace(), Selector: selector}
		inv, err := readManifests(deps, o.files, nil, scope, "saved cluster "+describe(o.files))
		if err != nil {
			return nil, err
		}
		inv.Today = deps.today()
		lacking(inv)
		return inv, nil
	}
	// Rendering charts is in a hurry and lets garbage lie, see main; a cluster's pages are to be gone when the next one comes.
	debug.SetGCPercent(readingGCPercent)
	p := deps.newProgress()
	defer p.done()
	reader, err := cluster.New(o.config, cluster.Options{
		Progress: func(what string, n int) { p.say("reading %s, %d so far", what, n) },
	})
	if err != nil {
		return nil, err
	}
	inv, err := reader.Inventory(ctx, cluster.Scope{Namespace: o.namespace(), Selector: o.selector, Parts: o.parts})
	if err != nil {
		return nil, err
	}
	inv.Today = deps.today()
	return inv, nil
}

// noSuchPart begins the reason of a gap that lies in what was saved, and not in how it was read.
const noSuchPart = "the saved cluster has no "

// lacking makes what a saved cluster has not a gap that was not read: every cluster has nodes and pods, so it was not saved with them.
func lacking(inv *inventory.Inventory) {
	for kind, what := range map[inventory.Kind]string{inventory.Nodes: "nodes", inventory.Pools: "nodes", inventory.Pods: "pods"} {
		if gap, missing := inv.Gaps[kind]; missing && !gap.Unread {
			inv.Gaps[kind] = inventory.Gap{Unread: true, Reason: noSuchPart + what}
		}
	}
}
