package azurefile

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/object"
)

// Cause says what sort of thing is wrong with a class.
type Cause string

// The causes. All but NoEffect keep a class from working.
const (
	Unknown     Cause = "unknown"     // there is no such parameter: the driver refuses the class
	Value       Cause = "value"       // the value is not one that the driver or Azure takes
	Contradicts Cause = "contradicts" // two parameters do not go together
	Ignored     Cause = "ignored"     // two parameters do not go together, and the driver silently takes one of them
	NotWindows  Cause = "windows"     // it works for Linux pods only
	NoEffect    Cause = "no effect"   // nothing comes of it, on Windows or at all
)

// Problem is one thing that is wrong with a class.
type Problem struct {
	Cause   Cause
	Field   object.Path // parameters.skuName
	Message string      // what is the case, with the value seen and what is accepted
	Fix     string      // what to set; empty when there is no one answer
}

// CheckParameters says what is wrong with the parameters of a class of the driver, in the order of their names.
func CheckParameters(parameters map[string]string) []Problem {
	c := &checker{set: map[string]string{}, spelled: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		c.one(name, parameters[name])
	}
	c.tags()
	c.together()
	c.network()
	c.windows()
	c.idle()
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return cmp.Compare(a.Field.String(), b.Field.String()) })
	return c.problems
}

// checker gathers what is wrong with the parameters of one class.
type checker struct {
	set      map[string]string // the values by the documentation's names
	spelled  map[string]string // the names as the class has them, by the documentation's
	problems []Problem
}

func (c *checker) add(cause Cause, name, fix, format string, args ...any) {
	spelled := cmp.Or(c.spelled[name], name)
	c.problems = append(c.problems, Problem{Cause: cause, Field: object.Path{"parameters", spelled}, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// one looks at a parameter by itself.
func (c *checker) one(name, value string) {
	p, known := LookupParameter(name)
	if !known {
		fix := ""
		if near := nearest(name); near != "" {
			fix = fmt.Sprintf("%s: %s", near, quote(value))
		}
		c.add(Unknown, name, fix, "the driver has no parameter %q%s", name, suggestion(name))
		return
	}
	if other, twice := c.spelled[p.Name]; twice {
		c.add(Contradicts, name, "", "%q and %q are the same parameter to the driver, which takes either", other, name)
		return
	}
	c.set[p.Name], c.spelled[p.Name] = value, name
	if want := p.wrong(value); want != "" {
		c.add(Value, p.Name, "", "%s is %q: %s", name, value, want)
	}
}

func suggestion(name string) string {
	if near := nearest(name); near != "" {
		return fmt.Sprintf("; the nearest it has is %q", near)
	}
	return ""
}

// quote makes a value one that YAML reads as text.
func quote(v string) string {
	if plainText.MatchString(v) && v != "true" && v != "false" {
		return v
	}
	return strconv.Quote(v)
}

var plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// wrong says what a value lacks; empty when nothing.
func (p Parameter) wrong(v string) string {
	switch p.Form {
	case Boolean:
		if !strings.EqualFold(v, "true") && !strings.EqualFold(v, "false") {
			return `want "true" or "false"`
		}
	case Number:
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil || n < p.Min {
			return fmt.Sprintf("want a whole number of at least %d", p.Min)
		}
	case Octal:
		if _, err := strconv.ParseUint(v, 8, 32); err != nil {
			return "want an octal number, such as 0777"
		}
	case Choice:
		if !slices.Contains(p.Values, p.value(v)) {
			return "want " + choices(p.Values)
		}
	case Text:
		if p.check != nil && v != "" {
			return p.check(v)
		}
	}
	return ""
}

// choices lists values that a message accepts; the empty one goes without saying.
func choices(values []string) string {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if len(values) == 1 {
		return values[0]
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

// is tells whether a parameter is set to true.
func (c *checker) is(name string) bool { return strings.EqualFold(c.set[name], "true") }

// sku is the account type in lower case; false when none is set.
func (c *checker) sku() (string, bool) {
	v := strings.ToLower(c.set["skuName"])
	return v, v != ""
}

// nfs tells whether shares are mounted by NFS: fsType says it as well as protocol.
func (c *checker) nfs() bool { return c.set["protocol"] == "nfs" || c.set["fsType"] == "nfs" }

func (c *checker) tags() {
	if tags := c.set["tags"]; tags != "" {
		if want := checkTags(tags, c.set["tagValueDelimiter"]); want != "" {
			c.add(Value, "tags", "", "tags are %q: %s", tags, want)
		}
	}
}
