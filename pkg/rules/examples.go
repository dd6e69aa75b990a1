package rules

import (
	"embed"
	"path"
	"strings"

	"golang.org/x/tools/txtar"
)

//go:embed testdata/WR*.txtar
var archives embed.FS

// documented tells whether there is a rule of that ID, by its archive: All would be a circle for a rule that asks.
func documented(id string) bool {
	_, err := archives.Open(archiveOf(id))
	return err == nil
}

func archiveOf(id string) string { return path.Join("testdata", id+".txtar") }

// Examples are the first examples of a rule: what it reports something about, what it reports, and how it is right. They are
// empty for an ID that there is not. A chart is given as one text, in which a comment names each file.
func Examples(id string) (bad, want, good string) {
	data, err := archives.ReadFile(archiveOf(id))
	if err != nil {
		return "", "", ""
	}
	for _, f := range txtar.Parse(data).Files {
		text := string(f.Data)
		switch folder, name, _ := strings.Cut(f.Name, "/"); {
		case f.Name == "want":
			want = text
		case f.Name == "bad.yaml":
			bad = text
		case f.Name == "good.yaml":
			good = text
		case folder == "bad" && name != "":
			bad += "# " + name + "\n" + text
		case folder == "good" && name != "":
			good += "# " + name + "\n" + text
		}
	}
	return bad, want, good
}
