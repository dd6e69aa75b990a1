package platform_test

import (
	"strings"
	"testing"

	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestDropsOffloaded(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]bool{
		"Red Hat Enterprise Linux 8.6 (Ootpa)": true, "Red Hat Enterprise Linux 8.2 (Ootpa)": false, "Red Hat Enterprise Linux 9.4 (Plow)": true,
		"Red Hat Enterprise Linux Server 7.9 (Maipo)": false, "CentOS Linux 8": true, "CentOS Linux 7 (Core)": false, "Rocky Linux 8.10 (Green Obsidian)": true,
		"SUSE Linux Enterprise Server 15 SP4": true, "SUSE Linux Enterprise Server 15 SP1": false, "SUSE Linux Enterprise Server 12 SP5": false,
		"Ubuntu 22.04.4 LTS": false, "": false,
	} {
		if got := platform.DropsOffloaded(image); got != want {
			t.Errorf("%q: got %v", image, got)
		}
	}
}

func TestValidInterface(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ens192": true, "eth0.100": true, "br-0_a": true, "": false, "-a": false, "a b": false, "$(reboot)": false, "a\nb": false, "interface-of-16c": false,
	} {
		if got := platform.ValidInterface(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
	if script := platform.OffloadFix("ens192"); strings.Count(script, "ens192") != 4 || !strings.HasSuffix(script, "\n") {
		t.Errorf("got %s", script)
	}
}
