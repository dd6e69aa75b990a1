package chart

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/release"
)

// Recorded is the release that the text of a record is, as Load finds it in a cluster that can do what Helm's own table says.
func Recorded(ctx context.Context, text, name string, revision int) (*Installed, error) {
	h := head{where: fmt.Sprintf("Secret shop/%s.v%d", name, revision), name: name, namespace: "shop", revision: revision}
	record, err := decode(text, h)
	if err != nil {
		return nil, err
	}
	i := installed(record, h, nil)
	if i.Chart, err = i.chart(ctx, nil); err != nil {
		return nil, err
	}
	return i, i.settleNumbers(ctx)
}

// Choose is the revision that counts of records with these statuses, the first of revision 1; and what is said of it.
func Choose(statuses ...string) (revision int, notes []string, err error) {
	var heads []head
	for i, s := range statuses {
		heads = append(heads, head{name: "web", namespace: "shop", revision: i + 1, status: release.Status(s)})
	}
	current, _, notes, err := choose(heads)
	return current.revision, notes, err
}

// SQLHeads asks the database of a connection for a release.
func SQLHeads(ctx context.Context, connection string) error {
	_, err := (&sqlStore{connection: connection}).heads(ctx, "shop", "web")
	return err
}

// Brief is the text of an error of Helm.
func Brief(err error) string { return brief{err}.Error() }

// Recall is the chart as Helm's record of a release keeps it: as JSON.
func Recall(t *testing.T, c *Chart) *Chart {
	t.Helper()
	data, err := json.Marshal(c.helm)
	if err != nil {
		t.Fatal(err)
	}
	var helm helmchart.Chart
	if err := json.Unmarshal(data, &helm); err != nil {
		t.Fatal(err)
	}
	return &Chart{helm: &helm}
}
