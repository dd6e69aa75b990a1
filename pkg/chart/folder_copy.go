package chart

import (
	"fmt"
	"strings"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/winready/kubectl-winready/pkg/splice"
)

// Copy is all files of a copy of the folder, by path, in which texts are others or new and the chart has another version. Archives
// of sub-charts with such files are unpacked, the others stay as they are. What is changed may no longer be fetched, so a dependency on it
// names no repository: Helm then takes it from charts/.
func (f *Folder) Copy(texts map[string]string, version string) (map[string][]byte, error) {
	out := map[string][]byte{}
	if err := f.root.copyTo(out, texts); err != nil {
		return nil, err
	}
	chartFile, err := splice.Apply(out["Chart.yaml"], []splice.Edit{{Path: []any{"version"}, Value: version}})
	if err != nil {
		return nil, fmt.Errorf("writing the version into Chart.yaml: %w", err)
	}
	out["Chart.yaml"] = chartFile
	return out, nil
}

// Load is the chart that files make, read as Helm reads them.
func (f *Folder) Load(files map[string][]byte) (*Chart, error) {
	list := make([]*loader.BufferedFile, 0, len(files))
	for _, name := range sortedKeys(files) {
		list = append(list, &loader.BufferedFile{Name: name, Data: files[name]})
	}
	helm, err := loader.LoadFiles(list)
	if err != nil {
		return nil, fmt.Errorf("loading the copy of chart %q: %w", f.chart.Name(), err)
	}
	if missing := missingDependencies(helm); missing != nil {
		return nil, fmt.Errorf("loading the copy of chart %q: %w", f.chart.Name(), missing)
	}
	return &Chart{helm: helm, around: f.chart.around, revision: f.chart.revision}, nil
}

func (p *part) touched(texts map[string]string) bool {
	for name := range texts {
		if strings.HasPrefix(name, p.at) {
			return true
		}
	}
	return false
}

func (p *part) copyTo(out map[string][]byte, texts map[string]string) error {
	if p.packed != "" && !p.touched(texts) {
		out[p.packed] = p.data
		return nil
	}
	for _, f := range p.files {
		out[p.at+f.Name] = f.Data
	}
	for name, text := range texts {
		if rest, ok := strings.CutPrefix(name, p.at); ok && !p.inSub(name) {
			out[p.at+rest] = []byte(text)
		}
	}
	var changed []*part
	for _, s := range p.subs {
		if err := s.copyTo(out, texts); err != nil {
			return err
		}
		if s.touched(texts) {
			changed = append(changed, s)
		}
	}
	return p.depend(out, changed)
}

func (p *part) inSub(name string) bool {
	for _, s := range p.subs {
		if strings.HasPrefix(name, s.at) {
			return true
		}
	}
	return false
}

// depend makes the dependencies on changed sub-charts name no repository, in the declaration and in the lock.
func (p *part) depend(out map[string][]byte, changed []*part) error {
	declared, lock := p.helm.Metadata.Dependencies, p.helm.Lock
	inSync := lock != nil && lockDigest(declared, lock.Dependencies) == lock.Digest
	edits, declared := unfetched(declared, changed)
	if len(edits) == 0 {
		return nil
	}
	if err := apply(out, edits, p.at+"Chart.yaml", p.at+"requirements.yaml"); err != nil {
		return err
	}
	if lock == nil {
		return nil
	}
	edits, locked := unfetched(lock.Dependencies, changed)
	if inSync { // else helm dependency build refuses the chart, and is to go on doing so
		edits = append(edits, splice.Edit{Path: []any{"digest"}, Value: lockDigest(declared, locked)})
	}
	return apply(out, edits, p.at+"Chart.lock", p.at+"requirements.lock")
}

// unfetched are the edits that take the repositories of changed charts away, and what the dependencies are then.
func unfetched(deps []*helmchart.Dependency, changed []*part) ([]splice.Edit, []*helmchart.Dependency) {
	var edits []splice.Edit
	out := make([]*helmchart.Dependency, len(deps))
	for i, d := range deps {
		out[i] = d
		for _, s := range changed {
			if d == nil || d.Repository == "" || d.Name != s.helm.Name() || !chartutil.IsCompatibleRange(d.Version, s.helm.Metadata.Version) {
				continue
			}
			local := *d
			local.Repository = ""
			out[i] = &local
			edits = append(edits, splice.Edit{Path: []any{"dependencies", i, "repository"}, Value: ""})
			break
		}
	}
	return edits, out
}

// apply edits the second of two files where it is there and declares dependencies, as in charts of apiVersion v1, else the first.
func apply(out map[string][]byte, edits []splice.Edit, name, older string) error {
	if _, ok := out[older]; ok {
		name = older
	}
	text, err := splice.Apply(out[name], edits)
	if err != nil {
		return fmt.Errorf("taking the repository of a changed chart out of %s: %w", name, err)
	}
	out[name] = text
	return nil
}
