package dialect

import (
	"path"
	"strings"
)

// Chart is what is known of the chart: the name and version that it has, the repository and the reference as the user gave them.
type Chart struct{ Name, Version, Repo, Ref string }

// origin is how a user refers to a chart.
type origin int

const (
	unknown    origin = iota // a release in the cluster, of which nobody wrote down where its chart is from
	repository               // by --repo
	registry                 // oci://...
	archive                  // https://....tgz
	alias                    // NAME/CHART, NAME being that of a repository on the user's machine
	folder                   // or an archive, on disk
)

// from tells the origin, and with it the name of an alias or the path on disk.
func (c Chart) from() (origin, string) {
	scheme, _, address := strings.Cut(c.Ref, "://")
	first, _, named := strings.Cut(c.Ref, "/")
	switch {
	case c.Repo != "":
		return repository, ""
	case scheme == "oci":
		return registry, ""
	case address:
		return archive, ""
	case c.Ref == "" || first == "release" && named:
		return unknown, ""
	case named && first != "." && first != ".." && first != "" && strings.Count(c.Ref, "/") == 1 && !strings.HasSuffix(c.Ref, ".tgz"):
		return alias, first
	default:
		return folder, path.Clean(strings.ReplaceAll(c.Ref, `\`, "/"))
	}
}

// relative is a path on disk as one below the folder that a document is in: what an absolute one is from there is not known.
func relative(on string) string {
	if path.IsAbs(on) || strings.HasPrefix(on, "..") {
		return "./" + path.Base(on)
	}
	return "./" + on
}
