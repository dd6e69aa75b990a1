package platform

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// OffloadUnit is the name of the systemd unit of OffloadFix.
const OffloadUnit = "disable_hw_offloading.service"

var networkInterface = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$`)

// ValidInterface tells whether a name may be one of a Linux network interface, of the letters that need no quoting in a unit.
func ValidInterface(name string) bool { return networkInterface.MatchString(name) }

// OffloadFeatures are the features of a network interface that a virtual machine has to do without when its vmxnet3 adapter drops what
// an overlay network encapsulates. Source: use-windows-clusters.md of rancher/rancher-docs, for RHEL 8.3, CentOS 8.3 and SLES 15 SP2 and
// later on ESXi 6.7 update 2 and later.
func OffloadFeatures() []string {
	return []string{"tx-udp_tnl-segmentation", "tx-udp_tnl-csum-segmentation"}
}

// OffloadFix is a shell script that turns the features off for good: it writes the unit, starts it, and shows what became of it. ethtool
// alone lasts until the machine starts again. The interface has to be valid.
func OffloadFix(networkInterface string) string {
	var unit strings.Builder
	fmt.Fprintf(&unit, "[Unit]\nDescription=Turn off UDP tunnel offloading of %s\nWants=network-online.target\nAfter=network-online.target\n\n"+
		"[Service]\nType=oneshot\nRemainAfterExit=yes\n", networkInterface)
	for _, feature := range OffloadFeatures() {
		fmt.Fprintf(&unit, "ExecStart=/usr/sbin/ethtool -K %s %s off\n", networkInterface, feature)
	}
	unit.WriteString("\n[Install]\nWantedBy=multi-user.target\n")
	path := "/etc/systemd/system/" + OffloadUnit
	return fmt.Sprintf("set -e\ncat > %s <<'UNIT'\n%sUNIT\nchmod 0644 %s\nsystemctl daemon-reload\nsystemctl enable --now %s\n"+
		"ethtool -k %s | grep -E '%s'\n", path, unit.String(), path, OffloadUnit, networkInterface, strings.Join(OffloadFeatures(), "|"))
}

var (
	redHat = regexp.MustCompile(`^(?:Red Hat Enterprise Linux|CentOS|Rocky Linux|AlmaLinux|Oracle Linux)\D*(\d+)(?:\.(\d+))?`)
	suse   = regexp.MustCompile(`^SUSE Linux Enterprise Server (\d+)(?: SP(\d+))?`)
)

// DropsOffloaded tells a Linux system that the page above names, or a later release or a rebuild of it, by a node's osImage: "Red Hat
// Enterprise Linux 8.6 (Ootpa)", "SUSE Linux Enterprise Server 15 SP4". CentOS tells no minor release.
func DropsOffloaded(image string) bool {
	if m := redHat.FindStringSubmatch(image); m != nil {
		return number(m[1]) > 8 || number(m[1]) == 8 && (m[2] == "" || number(m[2]) >= 3)
	}
	if m := suse.FindStringSubmatch(image); m != nil {
		return number(m[1]) > 15 || number(m[1]) == 15 && number(m[2]) >= 2
	}
	return false
}

// number is a number that a pattern has matched; 0 for none.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
