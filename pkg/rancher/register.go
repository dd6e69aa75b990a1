package rancher

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/rancher/norman/types"
)

// Registration is how machines become nodes of a cluster. Its commands are credentials.
type Registration struct {
	commands map[form]string
	token    string
}

// form is one of the commands that Rancher offers.
type form struct {
	os       string
	insecure bool
}

// The reasons for which there is no command that works.
var (
	// ErrNoRegistration is a cluster without a registration token. Rancher makes one when somebody looks at the Registration tab.
	ErrNoRegistration = errors.New("the cluster has no registration token")
	// ErrHidden is a command that Rancher does not show: it blanks all of them for whom the cluster's secret is not there to see
	// (pkg/api/norman/store/cluster/cluster_registration_store.go of rancher/rancher).
	ErrHidden = errors.New("no registration command is shown: Rancher has no secret for the token yet, or you may not see it")
	// ErrPlaceholder is a command as it is stored, from 2.13.8, 2.14.4 and 2.15.0 on: with {token} in the place of the token, which
	// Rancher's API fills in (pkg/controllers/dashboard/clusterregistrationtoken/status.go).
	ErrPlaceholder = errors.New(`the registration command has the placeholder "{token}" where its token is to be: it was not filled in, and would not work`)
)

// registrationJSON is /v3/clusters/ID/clusterregistrationtokens:
// pkg/client/generated/management/v3/zz_generated_cluster_registration_token.go of rancher/rancher.
type registrationJSON struct {
	types.Resource
	ClusterID                  string `json:"clusterID"`
	State                      string `json:"state"`
	Token                      string `json:"token"`
	NodeCommand                string `json:"nodeCommand"`
	InsecureNodeCommand        string `json:"insecureNodeCommand"`
	WindowsNodeCommand         string `json:"windowsNodeCommand"`
	InsecureWindowsNodeCommand string `json:"insecureWindowsNodeCommand"`
}

// Registration reads the commands for a cluster. Of several tokens the first that works is taken, as the Rancher CLI does.
func (c *Client) Registration(ctx context.Context, id string) (*Registration, error) {
	rows, err := list[registrationJSON](ctx, c, c.address("v3", "clusters", id, "clusterregistrationtokens"))
	if err != nil {
		return nil, err
	}
	var found *Registration
	for _, row := range rows {
		if row.ClusterID != id || row.State == "removing" || row.State == "inactive" {
			continue
		}
		if r := row.registration(); found == nil || r.works() && !found.works() {
			found = r
		}
	}
	if found == nil {
		return nil, ErrNoRegistration
	}
	return found, nil
}

func (j *registrationJSON) registration() *Registration {
	return &Registration{token: j.Token, commands: map[form]string{
		{"linux", false}: j.NodeCommand, {"linux", true}: j.InsecureNodeCommand,
		{"windows", false}: j.WindowsNodeCommand, {"windows", true}: j.InsecureWindowsNodeCommand,
	}}
}

func (r *Registration) works() bool {
	_, err := r.base(form{"linux", false})
	return err == nil
}

// base is a command as Rancher has it.
func (r *Registration) base(f form) (string, error) {
	command := strings.TrimSpace(r.commands[f])
	switch {
	case strings.Contains(command, "{token}"):
		return "", ErrPlaceholder
	case command != "":
		return command, nil
	case f.insecure && r.commands[form{f.os, false}] != "":
		return "", fmt.Errorf("there is no insecure command for %s nodes of this cluster", f.os) // RKE1
	default:
		return "", ErrHidden
	}
}

// Joining is a node that is to be. Its values must be checked: they become words of a shell's command.
type Joining struct {
	OS                       string   // linux or windows
	Roles                    []string // etcd, controlplane, worker; a Windows node is a worker
	Labels                   []string // KEY=VALUE
	Taints                   []string // KEY=VALUE:EFFECT
	Name                     string
	Address, InternalAddress string
	Insecure                 bool   // the download does not check Rancher's certificate
	CAChecksum               string // where the command has none
}

// Command is the command that makes a machine that node. It holds a secret; Redacted takes it out.
func (r *Registration) Command(j Joining) (string, error) {
	command, err := r.base(form{j.OS, j.Insecure})
	if err != nil {
		return "", err
	}
	switch {
	case j.OS == "linux":
		// The roles come last for RKE1 too: nodeCommandFormat in the same file at v2.8.15.
		return command + linuxWords(j, command), nil
	case strings.HasSuffix(command, ` | iex}"`):
		// RKE1: what is added is for the program before the pipe (custom-command/component.js of rancher/ui).
		return strings.TrimSuffix(command, ` | iex}"`) + linuxWords(j, command) + ` | iex}"`, nil
	default:
		return windowsCommand(command, j), nil
	}
}

// linuxWords are the words for rancher-agent and system-agent-install.sh:
// shell/edit/provisioning.cattle.io.cluster/CustomCommand.vue of rancher/dashboard.
func linuxWords(j Joining, command string) string {
	var b strings.Builder
	for _, role := range j.Roles {
		b.WriteString(" --" + role)
	}
	flag := func(name string, values ...string) {
		for _, v := range values {
			if v != "" {
				b.WriteString(" --" + name + " " + v)
			}
		}
	}
	flag("address", j.Address)
	flag("internal-address", j.InternalAddress)
	flag("node-name", j.Name)
	flag("label", j.Labels...)
	flag("taints", j.Taints...)
	if !strings.Contains(command, "--ca-checksum") {
		flag("ca-checksum", j.CAChecksum)
	}
	return b.String()
}

// windowsLabel is the one label that Rancher's command has.
var windowsLabel = regexp.MustCompile(`-Label '([^']*)'`)

// windowsCommand is one with the words for wins-agent-install.ps1; -Worker is there already. Its parameters Label and Taint are one
// string each (install.ps1 of rancher/wins), and PowerShell takes no parameter twice, so that Rancher's own page makes a command
// that fails. The strings are lists with commas: createMachineObjects in pkg/controllers/capr/unmanaged/controller.go of rancher/rancher.
func windowsCommand(command string, j Joining) string {
	var b strings.Builder
	flag := func(name, value string) {
		if value != "" {
			b.WriteString(" -" + name + ` "` + value + `"`)
		}
	}
	flag("Address", j.Address)
	flag("InternalAddress", j.InternalAddress)
	flag("NodeName", j.Name)
	labels := strings.Join(j.Labels, ",")
	if at := windowsLabel.FindStringSubmatchIndex(command); at != nil && labels != "" {
		command = command[:at[3]] + "," + labels + command[at[3]:]
		labels = ""
	}
	flag("Label", labels)
	flag("Taint", strings.Join(j.Taints, ","))
	if !strings.Contains(command, "-CaChecksum") && j.CAChecksum != "" {
		b.WriteString(" -CaChecksum " + j.CAChecksum)
	}
	return command + b.String()
}

// tokenWord matches the token in a command, and password the one in an address: agents are told of proxies by variables before the
// command (pkg/controllers/dashboard/clusterregistrationtoken/agentvars.go of rancher/rancher).
var (
	tokenWord = regexp.MustCompile(`(?i)(--?token[ =]+)("[^"]*"|'[^']*'|[^\s|}"']+)`)
	password  = regexp.MustCompile(`://[^/@\s"']+@`)
)

// Redacted is a command to be shown: with *** for its secrets.
func (r *Registration) Redacted(command string) string {
	if r.token != "" {
		command = strings.ReplaceAll(command, r.token, "***")
	}
	command = tokenWord.ReplaceAllString(command, "$1***")
	command = password.ReplaceAllString(command, "://***@")
	// A checksum looks like a secret and is to be compared by people.
	var words []string
	for word := range strings.SplitSeq(command, " ") {
		if !checksum.MatchString(word) {
			word = Redact(word)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// checksum matches a CA's, a SHA-256: CAChecksum in pkg/systemtemplate of rancher/rancher.
var checksum = regexp.MustCompile(`^[0-9a-f]{64}$`)
