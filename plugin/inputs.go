package plugin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// inputs are what PATH arguments lead to: manifests, which are looked at together, and charts, each for itself.
type inputs struct {
	manifests []string        // files; "-" is stdin
	charts    []string        // as Helm takes them
	named     map[string]bool // the manifests that are arguments themselves, and so have to hold something
}

// remoteChart matches what Helm fetches: repo/name and addresses.
var remoteChart = regexp.MustCompile(`^(oci|https?)://|^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$`)

// findInputs looks at every argument. A folder with a Chart.yaml is a chart; of any other folder all charts and manifests below
// it are taken.
func findInputs(args []string) (inputs, error) {
	in := inputs{named: map[string]bool{}}
	var p problems
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case arg == "-":
			in.manifests = append(in.manifests, arg)
			in.named[arg] = true
		case errors.Is(err, fs.ErrNotExist) && remoteChart.MatchString(arg):
			in.charts = append(in.charts, arg)
		case errors.Is(err, fs.ErrNotExist):
			p.add("%s: there is no such file, folder or chart", arg)
		case err != nil:
			p.add("%v", err)
		case !info.IsDir():
			in.file(arg)
		default:
			before := len(in.manifests) + len(in.charts)
			if err := in.folder(arg); err != nil {
				return in, fmt.Errorf("reading %s: %w", arg, err)
			}
			if len(in.manifests)+len(in.charts) == before {
				p.add("%s: there are no charts and no .yaml, .yml or .json files in it", arg)
			}
		}
	}
	if len(p) > 0 {
		return in, &usageError{problems: p, hint: "PATH is a file or folder of manifests, - for stdin, or a chart as for helm install"}
	}
	in.manifests = unique(in.manifests)
	in.charts = unique(in.charts)
	return in, nil
}

// unique drops what was named before.
func unique(names []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(name string) bool {
		again := seen[name]
		seen[name] = true
		return again
	})
}

func (in *inputs) file(path string) {
	if strings.HasSuffix(path, ".tgz") || strings.HasSuffix(path, ".tar.gz") {
		in.charts = append(in.charts, path)
		return
	}
	in.manifests = append(in.manifests, path)
	in.named[path] = true
}

// isLibrary tells a Chart.yaml of a library: it has no workloads of its own, and the charts that have are beside it.
func isLibrary(chartYAML []byte) bool {
	var meta struct {
		Type string `json:"type"`
	}
	return yaml.Unmarshal(chartYAML, &meta) == nil && meta.Type == "library"
}

// folder takes what is below a folder, but for what is hidden. Symbolic links to files are followed, those to folders are not.
func (in *inputs) folder(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return filepath.SkipDir
			}
		case entry.IsDir():
			data, err := os.ReadFile(filepath.Join(path, "Chart.yaml"))
			if err != nil {
				return nil //nolint:nilerr // no chart: what it holds is looked at
			}
			if !isLibrary(data) {
				in.charts = append(in.charts, path)
			}
			return filepath.SkipDir
		case slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))):
			in.manifests = append(in.manifests, path)
		}
		return nil
	})
}
