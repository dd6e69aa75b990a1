package chart

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"helm.sh/helm/v3/pkg/release"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

// store is where Helm keeps the records of releases, one for each revision. It is only read: Helm writes its own records.
type store interface {
	// heads are the records of a namespace, or of all when it is empty, of the release of a name, or of all when that is empty.
	heads(ctx context.Context, namespace, name string) ([]head, error)
	// body is what a record holds. It has a chart with metadata, an Info, and the name and namespace of its head.
	body(ctx context.Context, h head) (*release.Release, error)
}

// head is what is known of a record without reading it.
type head struct {
	where           string // it is kept, for messages: "Secret shop/sh.helm.release.v1.web.v3"
	object          string // the name of what keeps it
	name, namespace string // of the release
	revision        int
	status          release.Status
	made            time.Time
}

func newStore(getter genericclioptions.RESTClientGetter, o ReleasesOptions) (store, error) {
	switch o.Driver {
	case "", "secret", "secrets":
		return newObjectStore(getter, "secrets", "Secret")
	case "configmap", "configmaps":
		return newObjectStore(getter, "configmaps", "ConfigMap")
	case "sql":
		return &sqlStore{connection: o.SQLConnection}, nil
	case "memory":
		return nil, usageError{errors.New("HELM_DRIVER is memory, which holds no releases: want secrets, configmaps or sql")}
	}
	return nil, usageError{fmt.Errorf("HELM_DRIVER is %q: want secrets, configmaps or sql", o.Driver)}
}

// choose finds among the records of one release the one that helm upgrade starts from and the newest: Upgrade.prepareUpgrade of
// helm.sh/helm/v3/pkg/action. The notes say why they are not the same.
func choose(heads []head) (current, last head, notes []string, err error) {
	newest := func(a, b head) int { return cmp.Compare(a.revision, b.revision) }
	last = slices.MaxFunc(heads, newest)
	deployed := slices.Collect(func(yield func(head) bool) {
		for _, h := range heads {
			if h.status == release.StatusDeployed && !yield(h) {
				return
			}
		}
	})
	current = last
	if len(deployed) > 0 {
		current = slices.MaxFunc(deployed, newest)
	}
	switch last.status {
	case release.StatusUninstalled, release.StatusUninstalling:
		return head{}, head{}, nil, fmt.Errorf("release %s in namespace %s is %s since %s: there is nothing to look at",
			last.name, last.namespace, last.status, stamp(last.made))
	default:
	}
	if last.status == release.StatusDeployed {
		return current, last, nil, nil
	}
	note := fmt.Sprintf("revision %d of release %s is %s, since %s", last.revision, last.name, last.status, stamp(last.made))
	if current.revision != last.revision {
		note += fmt.Sprintf("; revision %d, which is deployed, is the one that counts", current.revision)
	}
	return current, last, []string{note}, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// summaries are the releases that records belong to, but for those that are gone.
func summaries(heads []head) []Summary {
	type key struct{ namespace, name string }
	byRelease := map[key][]head{}
	for _, h := range heads {
		k := key{h.namespace, h.name}
		byRelease[k] = append(byRelease[k], h)
	}
	var out []Summary
	for k, all := range byRelease {
		if _, _, _, err := choose(all); err == nil {
			out = append(out, Summary{Name: k.name, Namespace: k.namespace, heads: all})
		}
	}
	slices.SortFunc(out, func(a, b Summary) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}
