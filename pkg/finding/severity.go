package finding

import (
	"fmt"
	"strings"
)

// Severity says how bad a finding is. The zero value is Info.
type Severity int

// The severities: something to know, something that may go wrong, something that goes wrong.
const (
	Info Severity = iota
	Warning
	Error
)

// Severities are all of them, the worst first.
func Severities() []Severity { return []Severity{Error, Warning, Info} }

// String is the severity in lower case.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	default:
		return "error"
	}
}

// MarshalText writes the severity by name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) error {
	parsed, err := ParseSeverity(string(text))
	*s = parsed
	return err
}

// ParseSeverity reads a severity by name. The error lists the names.
func ParseSeverity(name string) (Severity, error) {
	var names []string
	for _, s := range Severities() {
		if s.String() == name {
			return s, nil
		}
		names = append(names, s.String())
	}
	return Info, fmt.Errorf("got %q, want one of %s", name, strings.Join(names, ", "))
}
