package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// module is something linked into the program that others have written.
type module struct {
	path, version string
	texts         []text
	license       string // an SPDX expression
}

// text is the text of a licence, or a notice that goes with one.
type text struct {
	name    string // below the module's folder
	content string
}

// licenceFile matches the names of files that say under what terms others may use what is beside them.
var licenceFile = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|unlicense|patents)([.-].*)?$`)

// modules are the modules that are linked, with the texts of their folders and of those folders below from which packages are taken.
// A module under no terms that are known is an error: it may not be given away.
func (s source) modules(ctx context.Context, p platform, b binary) ([]module, error) {
	folders, err := s.folders(ctx, p)
	if err != nil {
		return nil, err
	}
	modules := []module{}
	for path, version := range b.deps {
		m := module{path: path, version: version}
		if m.texts, err = texts(folders[path]); err != nil {
			return nil, err
		}
		modules = append(modules, m)
	}
	goroot, err := output(ctx, s.root, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	std := module{path: "std", version: strings.TrimPrefix(b.toolchain, "go")}
	if std.texts, err = texts([]string{strings.TrimSpace(string(goroot))}); err != nil {
		return nil, err
	}
	modules = append(modules, std)
	slices.SortFunc(modules, func(a, b module) int { return cmp.Compare(a.path, b.path) })
	for i := range modules {
		if modules[i].license = expression(modules[i].texts); modules[i].license == "" {
			return nil, fmt.Errorf("module %s %s: no licence that is known", modules[i].path, modules[i].version)
		}
	}
	return modules, nil
}

// folders are the folders of the packages that are linked, and those above them up to the module's, which is the first.
func (s source) folders(ctx context.Context, p platform) (map[string][]string, error) {
	out, err := output(ctx, s.root, p.env(), "go", "list", "-deps", "-json=Dir,Module", "./cmd/kubectl-winready")
	if err != nil {
		return nil, err
	}
	folders := map[string][]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct {
			Dir    string
			Module *struct {
				Path, Dir string
				Main      bool
			}
		}
		if err := d.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading the list of packages: %w", err)
		}
		if pkg.Module == nil || pkg.Module.Main {
			continue
		}
		for dir := pkg.Dir; len(dir) >= len(pkg.Module.Dir); dir = filepath.Dir(dir) {
			if !slices.Contains(folders[pkg.Module.Path], dir) {
				folders[pkg.Module.Path] = append(folders[pkg.Module.Path], dir)
			}
		}
	}
	for _, dirs := range folders {
		slices.Sort(dirs)
	}
	return folders, nil
}

// texts reads the licences and notices in folders, of which the first is the module's.
func texts(folders []string) ([]text, error) {
	var found []text
	for _, folder := range folders {
		files, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if f.IsDir() || !licenceFile.MatchString(f.Name()) || strings.HasSuffix(f.Name(), ".go") {
				continue
			}
			data, err := os.ReadFile(filepath.Join(folder, f.Name()))
			if err != nil {
				return nil, err
			}
			name, err := filepath.Rel(folders[0], filepath.Join(folder, f.Name()))
			if err != nil {
				return nil, err
			}
			found = append(found, text{name: filepath.ToSlash(name), content: string(data)})
		}
	}
	return found, nil
}

// expression names the licences of texts, all of which hold.
func expression(texts []text) string {
	var ids []string
	for _, t := range texts {
		for _, m := range licensecheck.Scan([]byte(t.content)).Match {
			// Google's grant of patents is no licence, and SPDX has no name for it. Its text is in the notices.
			if !slices.Contains(ids, m.ID) && !m.IsURL && m.ID != "GooglePatentsFile" {
				ids = append(ids, m.ID)
			}
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " AND ")
}

// notices is what licences ask to be given along with the program. A text that several modules share is there once.
func notices(modules []module) []byte {
	var order []string
	users := map[string][]string{}
	for _, m := range modules {
		for _, t := range m.texts {
			if users[t.content] == nil {
				order = append(order, t.content)
			}
			users[t.content] = append(users[t.content], m.path+" "+m.version+" ("+t.name+")")
		}
	}
	var b bytes.Buffer
	b.WriteString("kubectl-winready contains software of others, under the terms below.\n")
	for _, content := range order {
		fmt.Fprintf(&b, "\n%s\n\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(users[content], "\n"), strings.TrimSpace(content))
	}
	return b.Bytes()
}
