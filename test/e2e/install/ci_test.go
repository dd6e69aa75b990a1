package install_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const repository = "../../.."

// TestGitHubAction runs the steps of action.yml one after the other, as a runner of GitHub does.
func TestGitHubAction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		inputs     map[string]string
		status     int
		annotation string
		results    bool
	}{
		"findings":            {inputs: map[string]string{}, status: 1, annotation: "::error file=charts/shop/", results: true},
		"reported, not wrong": {inputs: map[string]string{"fail-on": "never"}, annotation: "::error file=charts/shop/", results: true},
		"a part that is fine": {inputs: map[string]string{"paths": "charts/audit", "args": "--skip WR9*"}, status: 2},
		"several paths":       {inputs: map[string]string{"paths": "charts/audit charts/shop", "args": "--skip WR121"}, status: 1, annotation: "::error", results: true},
		"nothing changed":     {inputs: map[string]string{"since": "origin/main"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var action struct {
				Inputs map[string]struct{ Default string }
				Runs   struct{ Steps []step }
			}
			decode(t, "action.yml", &action)
			inputs := map[string]string{}
			for name, input := range action.Inputs {
				inputs["inputs."+name] = input.Default
			}
			for name, value := range c.inputs {
				inputs["inputs."+name] = value
			}
			r := newRunner(t, inputs)
			got := 0
			for _, s := range action.Runs.Steps {
				if got = r.github(t, s); got != 0 {
					break
				}
			}
			if got != c.status || r.expressions["steps.lint.outputs.status"] != string('0'+rune(c.status)) {
				t.Errorf("exit status %d, want %d; output:\n%s", got, c.status, r.out)
			}
			if !strings.Contains(r.out, c.annotation) {
				t.Errorf("no annotation %q in:\n%s", c.annotation, r.out)
			}
			if r.uploaded == (c.status == 2) || r.results != c.results {
				t.Errorf("uploaded: %v, with results: %v", r.uploaded, r.results)
			}
		})
	}
}

// TestGitLab runs the job of ci/gitlab.yml, on a branch and in a merge request.
func TestGitLab(t *testing.T) {
	t.Parallel()
	var file map[string]struct {
		Variables      map[string]string
		Before, Script []string
	}
	decode(t, "ci/gitlab.yml", &file, "before_script", "before")
	job := file["winready"]
	script := strings.Join(append(job.Before, job.Script...), "\n")
	r := newRunner(t, nil)
	r.set(job.Variables)
	r.want(t, 1, "sh", "-e", "-c", script)
	r.hasJUnit(t)
	r.env = append(r.env, "CI_MERGE_REQUEST_DIFF_BASE_SHA="+strings.TrimSpace(r.run(t, "git", "rev-parse", "origin/main")))
	r.want(t, 0, "sh", "-e", "-c", script)
}

// TestAzurePipelines runs the steps of ci/azure-pipelines.yml, on a branch and for a pull request.
func TestAzurePipelines(t *testing.T) {
	t.Parallel()
	var file struct {
		Variables map[string]string
		Steps     []struct{ Bash string }
	}
	decode(t, "ci/azure-pipelines.yml", &file)
	r := newRunner(t, nil)
	r.set(file.Variables)
	r.env = append(r.env, "AGENT_TEMPDIRECTORY="+t.TempDir())
	r.want(t, 0, "bash", "--noprofile", "--norc", "-c", file.Steps[1].Bash)
	r.want(t, 1, "bash", "--noprofile", "--norc", "-c", file.Steps[2].Bash)
	r.hasJUnit(t)
	r.env = append(r.env, "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main")
	r.want(t, 0, "bash", "--noprofile", "--norc", "-c", file.Steps[2].Bash)
}

// TestPreCommit runs the hook as pre-commit does: its entry and args, when a file that is staged matches.
func TestPreCommit(t *testing.T) {
	t.Parallel()
	var hooks []struct {
		ID, Entry, Files string
		Args             []string
	}
	decode(t, ".pre-commit-hooks.yaml", &hooks)
	r := newRunner(t, nil)
	bin := t.TempDir()
	r.want(t, 0, "tar", "-xzf", filepath.Join(release, archive), "-C", bin)
	r.env = append(r.env, "PATH="+bin+":"+os.Getenv("PATH"))
	for _, h := range hooks {
		for file, want := range map[string]bool{
			"charts/shop/values.yaml": true, "charts/shop/templates/_helpers.tpl": true, "charts/shop/Chart.lock": true, "main.go": false,
		} {
			if got := regexp.MustCompile(h.Files).MatchString(file); got != want {
				t.Errorf("%s runs for %s: %v, want %v", h.ID, file, got, want)
			}
		}
		command := append(strings.Fields(h.Entry), h.Args...)
		r.want(t, 0, command[0], command[1:]...)
		values := filepath.Join(r.folder, "charts", "shop", "values.yaml")
		text, err := os.ReadFile(values)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(values, append(text, "# x\n"...), 0o644); err != nil {
			t.Fatal(err)
		}
		r.want(t, 0, "git", "add", ".")
		r.want(t, 1, command[0], command[1:]...)
		r.want(t, 0, "git", "reset", "--quiet", "--hard")
	}
}

// TestInstallScript refuses an archive that is not the one of the release.
func TestInstallScript(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "v0.1.0")
	if err := os.CopyFS(bad, os.DirFS(release)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bad, archive), []byte("something else"), 0o644); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs(repository + "/ci/install.sh")
	if err != nil {
		t.Fatal(err)
	}
	r := newRunner(t, nil)
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(bad))))
	t.Cleanup(server.Close)
	r.env = append(r.env, "WINREADY_VERSION=v0.1.0", "WINREADY_URL="+server.URL)
	r.want(t, 1, "sh", script, "bin")
	if _, err := os.Stat(filepath.Join(r.folder, "bin")); err == nil || !strings.Contains(r.out, "and the release says") {
		t.Errorf("the program is there, or nothing was said:\n%s", r.out)
	}
}

// step is a step of an action.
type step struct {
	ID, If, Uses, Run string
	Env, With         map[string]string
}

// decode reads a YAML file of the repository; pairs of words are renamed in it, as Go has no underscores in names.
func decode(t *testing.T, file string, into any, rename ...string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repository, file))
	if err != nil {
		t.Fatal(err)
	}
	for pair := range slices.Chunk(rename, 2) {
		data = []byte(strings.Replace(string(data), pair[0]+":", pair[1]+":", 1))
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// isSARIF tells whether a file is a report for code scanning, and whether it has results.
func isSARIF(t *testing.T, path string) (results bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct{ Results []any }
	}
	if err := json.Unmarshal(data, &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("%s is no SARIF: %v", path, err)
	}
	return len(log.Runs[0].Results) > 0
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
