package platform

import (
	"encoding/json"
	"fmt"
)

// FlannelBackend is how Flannel carries packets. A value that is not set is what Flannel takes by itself.
type FlannelBackend struct {
	Type string // "vxlan", "host-gw"
	// VNI and Port are of vxlan; nil when they are not set, or not known.
	VNI, Port *int
}

// What Flannel's vxlan has to be for Windows, and what it is on Linux when nothing is set. Sources: Documentation/backends.md of
// flannel-io/flannel; the comments in cluster/network.go of rancher/rke, whose defaults are not fit for Windows; the chart rke2-flannel
// of rancher/rke2-charts, whose defaults are.
const (
	FlannelWindowsPort = 4789
	FlannelWindowsVNI  = 4096 // or more
	FlannelLinuxPort   = 8472
	FlannelLinuxVNI    = 1
)

// FlannelConfigKey is the key of the ConfigMap kube-flannel-cfg that holds it. Sources: rke/templates of
// rancher/kontainer-driver-metadata, the chart rke2-flannel of rancher/rke2-charts.
const FlannelConfigKey = "net-conf.json"

// ReadFlannelConfig reads net-conf.json. An empty backend type is an error: Flannel has none by itself.
func ReadFlannelConfig(text string) (FlannelBackend, error) {
	var conf struct {
		Backend struct {
			Type      string
			VNI, Port *int
		}
	}
	if err := json.Unmarshal([]byte(text), &conf); err != nil {
		return FlannelBackend{}, fmt.Errorf("reading %s: %w", FlannelConfigKey, err)
	}
	if conf.Backend.Type == "" {
		return FlannelBackend{}, fmt.Errorf("reading %s: it names no Backend.Type", FlannelConfigKey)
	}
	return FlannelBackend(conf.Backend), nil
}

// FlannelOf is the backend of a node, by its annotations; false for a node that has none. Of vxlan it tells the VNI and no port.
func FlannelOf(annotations map[string]string) (FlannelBackend, bool) {
	b := FlannelBackend{Type: annotations[flannelBackendType]}
	if b.Type == "" {
		return FlannelBackend{}, false
	}
	var data struct{ VNI *int }
	if json.Unmarshal([]byte(annotations[flannelBackendData]), &data) == nil {
		b.VNI = data.VNI
	}
	return b, true
}
