package platform

import (
	"encoding/json"
	"fmt"
	"strings"
)

// NodeArgs is the command line of an RKE2 or K3s node, as its agent notes it on the node. The zero value is one that is not known.
type NodeArgs []string

// nodeArgsAnnotations are where it is noted: pkg/nodeconfig of k3s-io/k3s, of which RKE2 sets the prefix; the name with RKE2 is in
// tests/integration/integration.go of rancher/rke2.
func nodeArgsAnnotations() []string { return []string{"rke2.io/node-args", "k3s.io/node-args"} }

// ReadNodeArgs reads the annotation, a JSON list of words. It is nil for a node without one; an annotation that is no such list is an
// error.
func ReadNodeArgs(annotations map[string]string) (NodeArgs, error) {
	for _, key := range nodeArgsAnnotations() {
		text, has := annotations[key]
		if !has {
			continue
		}
		var args NodeArgs
		if err := json.Unmarshal([]byte(text), &args); err != nil {
			return nil, fmt.Errorf("reading the annotation %s: %w", key, err)
		}
		return args, nil
	}
	return nil, nil
}

// Server tells whether the node runs the control plane.
func (a NodeArgs) Server() bool { return len(a) > 0 && a[0] == "server" }

// Values are the values of a flag, each of which may itself be a list with commas: "--cni multus,calico". A value is the word after
// the flag or follows its "="; a flag without any has the value "true".
func (a NodeArgs) Values(flag string) []string {
	var out []string
	for i, word := range a {
		name, value, inline := strings.Cut(word, "=")
		if strings.TrimLeft(name, "-") != flag || !strings.HasPrefix(name, "-") {
			continue
		}
		switch {
		case inline:
		case i+1 < len(a) && !strings.HasPrefix(a[i+1], "-"):
			value = a[i+1]
		default:
			value = "true"
		}
		out = append(out, strings.Split(value, ",")...)
	}
	return out
}
