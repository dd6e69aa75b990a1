package finding

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Baseline is a list of findings that are known and accepted for now, so that a check fails for new ones only.
type Baseline struct {
	entries map[entry]bool // whether something matched it
}

// entry identifies a finding by what stays when the text around it changes: no line, no message.
type entry struct {
	RuleID string `json:"ruleID"`
	Object string `json:"object"` // KIND/NAMESPACE/NAME
	Field  string `json:"field,omitempty"`
	File   string `json:"file,omitempty"`
}

// baselineFile is a baseline as it is written.
type baselineFile struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"` // Baseline
	Findings   []entry `json:"findings"`
}

const baselineVersion = "winready.dev/v1alpha1"

func entryOf(f Finding) entry {
	return entry{RuleID: f.RuleID, Object: f.Object.String(), Field: f.Field, File: path.Clean("/" + strings.ReplaceAll(f.Location.File, `\`, "/"))[1:]}
}

// WriteBaseline is the baseline of findings, as YAML.
func WriteBaseline(findings []Finding) ([]byte, error) {
	out := baselineFile{APIVersion: baselineVersion, Kind: "Baseline", Findings: []entry{}}
	for _, f := range findings {
		out.Findings = append(out.Findings, entryOf(f))
	}
	slices.SortFunc(out.Findings, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Object, b.Object), cmp.Compare(a.RuleID, b.RuleID), cmp.Compare(a.Field, b.Field))
	})
	out.Findings = slices.Compact(out.Findings)
	return yaml.Marshal(out)
}

// ReadBaseline reads what WriteBaseline wrote. The error names the file and says what is accepted.
func ReadBaseline(data []byte, file string) (*Baseline, error) {
	var in baselineFile
	if err := yaml.UnmarshalStrict(data, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if in.APIVersion != baselineVersion || in.Kind != "Baseline" {
		return nil, fmt.Errorf("%s: want apiVersion %s and kind Baseline, got %q and %q", file, baselineVersion, in.APIVersion, in.Kind)
	}
	b := &Baseline{entries: map[entry]bool{}}
	for _, e := range in.Findings {
		b.entries[e] = false
	}
	return b, nil
}

// Without is a report without the findings of the baseline, and how many those were.
func (b *Baseline) Without(r Report) (Report, int) {
	kept := make([]Finding, 0, len(r.Findings))
	for _, f := range r.Findings {
		e := entryOf(f)
		if _, known := b.entries[e]; known {
			b.entries[e] = true
			continue
		}
		kept = append(kept, f)
	}
	known := len(r.Findings) - len(kept)
	r.Findings = kept
	r.Results = slices.Clone(r.Results)
	r.Settle()
	return r, known
}

// Stale is how many entries matched no finding of the reports that were compared so far: what they speak of is mended.
func (b *Baseline) Stale() int {
	n := 0
	for _, matched := range b.entries {
		if !matched {
			n++
		}
	}
	return n
}
