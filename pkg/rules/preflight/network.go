package preflight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/rule"
)

// networkUses are the parts that cniOf takes for evidence, and those that a rule looks at besides.
func networkUses(more ...inventory.Kind) []inventory.Kind {
	return append([]inventory.Kind{inventory.Workloads, inventory.HelmCharts, inventory.Installations, inventory.ConfigMaps}, more...)
}

// cniOf is the cluster's network provider, and why; not ok when there is no evidence, and then why says what of it could not be read.
func cniOf(p *rule.Pass) (c platform.CNI, why string, ok bool) {
	d, _ := distroOf(p)
	s := platform.CNISigns{Distro: d}
	charts, lacking := p.KnownObjects(inventory.HelmCharts)
	missing := []string{lacking}
	for _, o := range charts {
		if o.Ref.Namespace == "kube-system" {
			s.Charts = append(s.Charts, o.Ref.Name)
		}
	}
	workloads, lacking := p.KnownWorkloads()
	missing = append(missing, lacking)
	for _, w := range workloads {
		if w.Object.Kind == "DaemonSet" {
			s.DaemonSets = append(s.DaemonSets, w.Object.Namespace+"/"+w.Object.Name)
		}
	}
	for _, n := range p.Nodes() {
		args, err := platform.ReadNodeArgs(n.Annotations)
		if err != nil {
			missing = append(missing, "node "+n.Name+": "+err.Error())
		}
		s.Servers = append(s.Servers, args)
		s.Annotations = append(s.Annotations, n.Annotations)
	}
	installed, lacking := p.KnownObjects(inventory.Installations)
	s.Installation = len(installed) > 0
	_, s.FlannelMap, _ = flannelMap(p)
	if c, why = platform.DetectCNI(s); c != "" {
		return c, why, true
	}
	missing = slices.DeleteFunc(append(missing, lacking), func(s string) bool { return s == "" })
	return "", strings.Join(missing, ", "), false
}

// with tells whether the cluster's network provider is one of those that a requirement is about. When it is another the rule is skipped.
func with(p *rule.Pass, of ...platform.CNI) bool {
	d, _ := distroOf(p)
	c, why, ok := cniOf(p)
	switch {
	case d == platform.K3s:
		p.Skipf("%s has no Windows nodes, see %s", d, distributionWithWindowsID)
	case !ok && d.Hosted():
		p.Skipf("the network of %s is the provider's", d)
	case !ok:
		p.Unknownf("the network provider is not known, see %s", networkProviderID)
	case slices.Contains(of, c):
		return true
	default:
		p.Skipf("the network provider is %s: %s", c, why)
	}
	return false
}

// The rules that others point to. Their variables would make a circle.
const (
	distributionWithWindowsID = "WR614"
	networkProviderID         = "WR621"
)

// objects are those of a part that a requirement looks at. Without any the rule cannot tell.
func objects(p *rule.Pass, part inventory.Kind) []inventory.Object {
	all, lacking := p.KnownObjects(part)
	switch {
	case lacking != "":
		p.Unknownf("%s", lacking)
	case len(all) == 0:
		p.Unknownf("the cluster has no %s", part)
	}
	return all
}

// flannelMap is the ConfigMap of Flannel: kube-flannel-cfg, in kube-system with RKE1 and RKE2 and in kube-flannel by Flannel's own manifest.
func flannelMap(p *rule.Pass) (o inventory.Object, has bool, lacking string) {
	all, lacking := p.KnownObjects(inventory.ConfigMaps)
	for _, o := range all {
		if o.Ref.Name == "kube-flannel-cfg" {
			return o, true, ""
		}
	}
	if lacking == "" {
		lacking = "there is no ConfigMap kube-flannel-cfg"
	}
	return inventory.Object{}, false, lacking
}

// backend is Flannel's, and where it is from.
type backend struct {
	platform.FlannelBackend
	at   rule.Target
	from string
	// portUnknown says why the port is not known; empty when it is.
	portUnknown string
}

// flannelOf is Flannel's backend: what its ConfigMap says, or what the nodes bear where there is none. The rule cannot tell when there is
// neither, or when the ConfigMap cannot be understood.
func flannelOf(p *rule.Pass) (backend, bool) {
	m, has, lacking := flannelMap(p)
	if has {
		text, _ := m.Field("data", platform.FlannelConfigKey).(string)
		b, err := platform.ReadFlannelConfig(text)
		if err != nil {
			p.Unknownf("%s: %v", m.Ref, err)
			return backend{}, false
		}
		return backend{FlannelBackend: b, at: rule.At(m, "data", platform.FlannelConfigKey), from: m.Ref.String()}, true
	}
	for _, n := range p.Nodes() {
		if b, ok := platform.FlannelOf(n.Annotations); ok {
			return backend{b, rule.OnNode(n.Name, "metadata", "annotations"), "the annotations of node " + n.Name, lacking}, true
		}
	}
	p.Unknownf("%s, and no node tells Flannel's backend", lacking)
	return backend{}, false
}

// text is a field of an object as text; empty when it has none.
func text(o inventory.Object, path ...string) string {
	switch v := o.Field(path...).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// names are the names of objects.
func names(objects []inventory.Object) string {
	var out []string
	for _, o := range objects {
		out = append(out, o.Ref.Name)
	}
	return few(out)
}

// path is a field as a target wants it.
func path(dotted string) []any {
	var out []any
	for part := range strings.SplitSeq(dotted, ".") {
		out = append(out, part)
	}
	return out
}
