package values

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// SetFlags are the overlay as flags of helm install, each quoted for a shell. Strings travel as --set-string, so that
// "true" stays one; lists, which --set would merge by index, as --set-json.
func (o Overlay) SetFlags() []string {
	var out []string
	flags(o.tree, "", &out)
	return out
}

func flags(m map[string]any, prefix string, out *[]string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		path := prefix + escape(k, `\.,=[]{}`)
		switch v := m[k].(type) {
		case map[string]any:
			if len(v) > 0 {
				flags(v, path+".", out)
				continue
			}
			*out = append(*out, "--set-json "+Quote(path+"={}"))
		case string:
			*out = append(*out, "--set-string "+Quote(path+"="+escape(v, `\,{}`)))
		case nil:
			*out = append(*out, "--set "+Quote(path+"=null"))
		default:
			data, err := json.Marshal(v)
			if err != nil {
				continue // the overlay holds only what JSON can say
			}
			*out = append(*out, "--set-json "+Quote(path+"="+string(data)))
		}
	}
}

func escape(s, special string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Quote protects a word from a POSIX shell.
func Quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
