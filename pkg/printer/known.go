package printer

import (
	"strings"

	"github.com/winready/kubectl-winready/pkg/guide"
	"github.com/winready/kubectl-winready/pkg/rancher"
)

// knownText is what Rancher knows of a cluster, in one line: "Rancher v2.12.1 calls it shop (c-m-12345678), state active; made by
// Rancher, on machine pools: RKE2 v1.34.1+rke2r1; network calico".
func knownText(k *guide.Known) string {
	who := strings.TrimSpace("Rancher " + k.Version)
	return printable(who+" has it as "+k.Cluster.Name+" ("+k.Cluster.ID+"), state "+orUnknown(k.Cluster.State)) +
		"; made by " + madeBy(k.Cluster) + "; network plugin " + networkText(k.Cluster.Network)
}

// maker is who made a cluster, in a word or two.
func maker(c *rancher.Cluster) string {
	switch c.Origin {
	case rancher.Provisioned, rancher.RancherRKE1:
		return "Rancher"
	case rancher.Hosted:
		return "a cloud"
	case rancher.Local:
		return "has Rancher in it"
	default:
		return printable(string(c.Origin))
	}
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

// writeKnown writes what Rancher knows of a cluster below the line that names it; nothing where it knows nothing.
func writeKnown(b *strings.Builder, s Style, k *guide.Known) {
	if k != nil {
		hanging(b, s, "", knownText(k))
	}
}

// hanging writes running text, its later lines further in.
func hanging(b *strings.Builder, s Style, indent, text string) {
	for i, l := range wrap(text, max(s.prose()-len(indent)-2, 40)) {
		if i > 0 {
			l = "  " + l
		}
		b.WriteString(indent + l + "\n")
	}
}
