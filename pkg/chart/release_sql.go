package chart

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
)

// sqlStore reads records from a PostgreSQL database through Helm's own driver, which knows its tables. Records that do not decode it
// leaves out without a word.
type sqlStore struct {
	connection string
	read       map[head]*release.Release
}

// openSQL connects. The connection string has a password, and what the database's client says of it may have it too.
func openSQL(connection, namespace string) (*driver.SQL, error) {
	d, err := driver.NewSQL(connection, func(string, ...any) {}, namespace)
	if err == nil {
		return d, nil
	}
	const doing = "connecting to the database of HELM_DRIVER_SQL_CONNECTION_STRING"
	var address *url.Error
	if errors.As(err, &address) || strings.Contains(err.Error(), "connection info string") || strings.Contains(err.Error(), "connection string") {
		return nil, usageError{fmt.Errorf("%s: want postgres://USER:PASSWORD@HOST/DATABASE or host=HOST dbname=DATABASE", doing)}
	}
	return nil, fmt.Errorf("%s: %w", doing, err)
}

func (s *sqlStore) heads(ctx context.Context, namespace, name string) ([]head, error) {
	all, err := interruptible(ctx, func() ([]*release.Release, error) {
		d, err := openSQL(s.connection, namespace)
		if err != nil {
			return nil, err
		}
		if name == "" {
			return d.List(func(*release.Release) bool { return true })
		}
		found, err := d.Query(map[string]string{"name": name, "owner": "helm"})
		if errors.Is(err, driver.ErrReleaseNotFound) {
			return nil, nil
		}
		return found, err
	})
	if err != nil {
		return nil, err
	}
	s.read = map[head]*release.Release{}
	var heads []head
	for _, r := range all {
		h, ok := headOf(r)
		if !ok {
			continue
		}
		s.read[h] = r
		heads = append(heads, h)
	}
	return heads, nil
}

// headOf is the head of a release that has been read already.
func headOf(r *release.Release) (head, bool) {
	if r.Info == nil || r.Chart == nil || r.Chart.Metadata == nil {
		return head{}, false
	}
	tidy(r.Chart)
	return head{
		where: fmt.Sprintf("the row of revision %d of %s/%s", r.Version, r.Namespace, r.Name), name: r.Name, namespace: r.Namespace,
		revision: r.Version, status: r.Info.Status, made: r.Info.LastDeployed.Time,
	}, true
}

func (s *sqlStore) body(_ context.Context, h head) (*release.Release, error) {
	r, ok := s.read[h]
	if !ok {
		return nil, &RecordError{Where: h.where, Err: errors.New("it is gone")}
	}
	return r, nil
}
