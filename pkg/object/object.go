// Package object names an object and says where it was read from.
// It knows nothing of what the object means.
package object

import "strconv"

// Ref names one Kubernetes object.
type Ref struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	// Cluster names the cluster that it is in, where several are looked at together; empty otherwise.
	Cluster string `json:"cluster,omitempty"`
}

// String is KIND/NAME, or KIND/NAMESPACE/NAME where the object names a namespace; behind CLUSTER: where it names a cluster.
func (r Ref) String() string {
	if r.Cluster != "" {
		cluster := r.Cluster
		r.Cluster = ""
		return cluster + ":" + r.String()
	}
	switch {
	case r.Name == "":
		return r.Kind
	case r.Namespace == "":
		return r.Kind + "/" + r.Name
	}
	return r.Kind + "/" + r.Namespace + "/" + r.Name
}

// Location is a place in a text. The zero value means read from a cluster; line and column count from 1.
type Location struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Rendered tells that File is a template and that line and column count in what it rendered to.
	Rendered bool `json:"rendered,omitempty"`
}

// String is FILE:LINE:COLUMN, as far as they are known, and empty for the zero value. For what a template rendered to it says
// so: the line is not one of the template.
func (l Location) String() string {
	text := l.File
	if l.Line > 0 {
		text += ":" + strconv.Itoa(l.Line)
	}
	if l.Line > 0 && l.Column > 0 {
		text += ":" + strconv.Itoa(l.Column)
	}
	if l.Rendered {
		text += " (rendered)"
	}
	return text
}
