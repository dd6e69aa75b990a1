package rancher_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/rancher"
	double "github.com/winready/kubectl-winready/test/rancher"
)

const registrationToken = "bq7x2kfnzr9m4wtpl8vd5hsjc2gqb7xkfnzr9m4wtpl8vd5hsjc2gq"

// The commands as Rancher makes them: pkg/controllers/dashboard/clusterregistrationtoken/status.go of rancher/rancher at v2.15.0, with
// variables for a proxy before them, and at v2.8.15.
const (
	linuxCommand    = `HTTP_PROXY="http://me:hunter2@proxy:3128" curl -fL https://r/system-agent-install.sh | sudo HTTP_PROXY="http://me:hunter2@proxy:3128" sh -s - --server https://r --label 'cattle.io/os=linux' --token TOKEN --ca-checksum 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`
	windowsCommand  = `curl.exe -fL https://r/wins-agent-install.ps1 -o install.ps1; Set-ExecutionPolicy Bypass -Scope Process -Force; ./install.ps1 -Server https://r -Label 'cattle.io/os=windows' -Token TOKEN -Worker`
	rke1Command     = `sudo docker run -d --privileged --restart=unless-stopped --net=host -v /etc/kubernetes:/etc/kubernetes -v /var/run:/var/run rancher/rancher-agent:v2.8.15 --server https://r --token TOKEN`
	rke1WinCommand  = `PowerShell -NoLogo -NonInteractive -Command "& {docker run -v c:\:c:\host rancher/rancher-agent:v2.8.15 bootstrap --server https://r --token TOKEN | iex}"`
	insecureCommand = `curl --insecure -fL https://r/system-agent-install.sh | sudo  sh -s - --server https://r --label 'cattle.io/os=linux' --token TOKEN`
)

// registered is what a client reads of a cluster with one registration token.
func registered(t *testing.T, row map[string]any) (*rancher.Registration, error) {
	t.Helper()
	s := double.Start(t)
	s.Put("cluster", "c-m-1", map[string]any{"name": "x"})
	row["clusterId"], row["state"] = "c-m-1", "active"
	s.Put("clusterRegistrationToken", "c-m-1:default-token", row)
	c, _ := client(t, s, nil)
	return c.Registration(t.Context(), "c-m-1")
}

func TestCommand(t *testing.T) {
	t.Parallel()
	filled := func(command string) string { return strings.ReplaceAll(command, "TOKEN", registrationToken) }
	v2 := map[string]any{"token": registrationToken, "nodeCommand": filled(linuxCommand), "windowsNodeCommand": "  " + filled(windowsCommand), "insecureNodeCommand": filled(insecureCommand)}
	v1 := map[string]any{"token": registrationToken, "nodeCommand": filled(rke1Command), "windowsNodeCommand": filled(rke1WinCommand)}
	all := rancher.Joining{
		Name: "n1", Address: "192.0.2.1", InternalAddress: "10.0.0.1", Labels: []string{"a=b", "c=d"}, Taints: []string{"k=v:NoSchedule", "l=w:NoExecute"}, CAChecksum: "abc",
	}
	with := func(change func(*rancher.Joining)) rancher.Joining { j := all; change(&j); return j }
	linux := with(func(j *rancher.Joining) { j.OS, j.Roles = "linux", []string{"etcd", "controlplane"} })
	windows := with(func(j *rancher.Joining) { j.OS = "windows" })
	for name, test := range map[string]struct {
		row  map[string]any
		node rancher.Joining
		want string
	}{
		"linux": {v2, linux, strings.ReplaceAll(linuxCommand, "me:hunter2", "***") + ` --etcd --controlplane --address 192.0.2.1 --internal-address 10.0.0.1 --node-name n1 --label a=b --label c=d --taints k=v:NoSchedule --taints l=w:NoExecute`},
		"linux without a check of the certificate": {v2, rancher.Joining{OS: "linux", Roles: []string{"worker"}, Insecure: true, CAChecksum: "abc"}, insecureCommand + ` --worker --ca-checksum abc`},
		"windows":         {v2, windows, strings.Replace(windowsCommand, "cattle.io/os=windows", "cattle.io/os=windows,a=b,c=d", 1) + ` -Address "192.0.2.1" -InternalAddress "10.0.0.1" -NodeName "n1" -Taint "k=v:NoSchedule,l=w:NoExecute" -CaChecksum abc`},
		"linux of RKE1":   {v1, rancher.Joining{OS: "linux", Roles: []string{"worker"}}, rke1Command + ` --worker`},
		"windows of RKE1": {v1, rancher.Joining{OS: "windows", Roles: []string{"worker"}, Labels: []string{"a=b"}}, strings.TrimSuffix(rke1WinCommand, ` | iex}"`) + ` --worker --label a=b | iex}"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := registered(t, clone(test.row))
			if err != nil {
				t.Fatal(err)
			}
			command, err := r.Command(test.node)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(command, registrationToken) {
				t.Errorf("the command has no token: %s", command)
			}
			if diff := cmp.Diff(r.Redacted(command), strings.ReplaceAll(test.want, "TOKEN", "***")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func clone(row map[string]any) map[string]any {
	return maps.Clone(row)
}

func TestCommandThatIsNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		row  map[string]any
		node rancher.Joining
		want error
	}{
		"the placeholder of what is stored": {map[string]any{"nodeCommand": strings.ReplaceAll(linuxCommand, "TOKEN", "{token}")}, rancher.Joining{OS: "linux"}, rancher.ErrPlaceholder},
		"commands that are blanked":         {map[string]any{"nodeCommand": ""}, rancher.Joining{OS: "linux"}, rancher.ErrHidden},
		"nothing for windows":               {map[string]any{"nodeCommand": linuxCommand}, rancher.Joining{OS: "windows"}, rancher.ErrHidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := registered(t, test.row)
			if err != nil {
				t.Fatal(err)
			}
			if command, err := r.Command(test.node); !errors.Is(err, test.want) {
				t.Errorf("got %q and %v, want %v", command, err, test.want)
			}
		})
	}
	r, err := registered(t, map[string]any{"nodeCommand": rke1Command})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Command(rancher.Joining{OS: "linux", Insecure: true}); err == nil || err.Error() != "there is no insecure command for linux nodes of this cluster" {
		t.Errorf("an insecure command of RKE1: got %v", err)
	}
	s := double.Start(t)
	s.Put("cluster", "c-m-1", map[string]any{"name": "x"})
	c, _ := client(t, s, nil)
	if _, err := c.Registration(t.Context(), "c-m-1"); !errors.Is(err, rancher.ErrNoRegistration) {
		t.Errorf("without a token: got %v", err)
	}
}
