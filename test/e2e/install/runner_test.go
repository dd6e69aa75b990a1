package install_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var archive = "kubectl-winready-" + runtime.GOOS + "-" + runtime.GOARCH + ".tar.gz"

// runner runs what a CI service would, in a clone of a repository with two charts.
type runner struct {
	folder      string
	env         []string
	out         string            // of all that ran, in order
	expressions map[string]string // of GitHub: what ${{ }} stands for
	files       map[string]string // of GitHub: where steps leave variables
	path        string
	uploaded    bool
	results     bool
}

func newRunner(t *testing.T, expressions map[string]string) *runner {
	t.Helper()
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(release))))
	t.Cleanup(server.Close)
	work := t.TempDir()
	r := &runner{
		folder: filepath.Join(work, "clone"), expressions: expressions, files: map[string]string{}, path: os.Getenv("PATH"),
		env: []string{
			"WINREADY_URL=" + server.URL, "HOME=" + work, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
			"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com", "PATH=" + os.Getenv("PATH"),
		},
	}
	origin := filepath.Join(work, "origin")
	for name, chart := range map[string]string{"shop": "mixed-shop", "audit": "winready-audit"} {
		if err := os.CopyFS(filepath.Join(origin, "charts", name), os.DirFS(filepath.Join(repository, "charts", chart))); err != nil {
			t.Fatal(err)
		}
	}
	script := `cd "$0" && git init --quiet --initial-branch main && git add . && git commit --quiet --message one && git clone --quiet "$0" "$1"`
	c := exec.CommandContext(t.Context(), "sh", "-c", script, origin, r.folder)
	c.Env = r.env
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("making a repository: %v\n%s", err, out)
	}
	return r
}

// set sets variables, but where releases are: those of the test are here.
func (r *runner) set(variables map[string]string) {
	for _, name := range sorted(variables) {
		if name != "WINREADY_URL" {
			r.env = append(r.env, name+"="+variables[name])
		}
	}
}

// status runs a program in the clone and returns how it ended.
func (r *runner) status(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	for _, e := range r.env { // programs are looked up where the service would
		if path, ok := strings.CutPrefix(e, "PATH="); ok && !strings.Contains(name, "/") {
			for _, dir := range filepath.SplitList(path) {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					c.Path, c.Err = filepath.Join(dir, name), nil
					break
				}
			}
		}
	}
	c.Dir, c.Env = r.folder, r.env
	out, err := c.CombinedOutput()
	r.out += string(out)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return string(out), exit.ExitCode()
	case err != nil:
		t.Fatalf("running %s: %v", name, err)
	}
	return string(out), 0
}

func (r *runner) want(t *testing.T, status int, name string, args ...string) {
	t.Helper()
	if out, got := r.status(t, name, args...); got != status {
		t.Fatalf("%s %s: exit status %d, want %d:\n%s", name, strings.Join(args, " "), got, status, out)
	}
}

func (r *runner) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, _ := r.status(t, name, args...)
	return out
}

// hasJUnit wants the report that the service shows.
func (r *runner) hasJUnit(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.folder, "winready.xml"))
	if err != nil || !strings.Contains(string(data), "<testsuites") || !strings.Contains(string(data), "<failure") {
		t.Errorf("no JUnit report with failures: %v", err)
	}
}

// github runs one step of an action. Scripts get inputs as variables only: in their text, what somebody else has named a branch would
// be run.
func (r *runner) github(t *testing.T, s step) int {
	t.Helper()
	if strings.Contains(s.Run, "${{") {
		t.Errorf("the script of step %s has an expression in it", s.ID)
	}
	if s.Uses != "" {
		r.upload(t, s)
		return 0
	}
	env := r.env
	temp := t.TempDir()
	r.env = append(r.env, "RUNNER_TEMP="+filepath.Dir(r.folder), "PATH="+r.path)
	for name, value := range s.Env {
		r.env = append(r.env, name+"="+r.expand(t, value))
	}
	action, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	output, path := filepath.Join(temp, "output"), filepath.Join(temp, "path")
	r.env = append(r.env, "GITHUB_ACTION_PATH="+action, "GITHUB_OUTPUT="+output, "GITHUB_PATH="+path)
	// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax: shell: bash.
	_, status := r.status(t, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
	for line := range strings.Lines(text(output)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		r.expressions["steps."+s.ID+".outputs."+name] = value
	}
	for line := range strings.Lines(text(path)) {
		r.path = strings.TrimSpace(line) + ":" + r.path
	}
	r.env = env
	return status
}

func text(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return "" // the step has left none
	}
	return string(data)
}

// upload does not upload, but looks at what would be.
func (r *runner) upload(t *testing.T, s step) {
	t.Helper()
	const when = "${{ inputs.upload-sarif == 'true' && steps.lint.outputs.status != '2' }}"
	if s.If != when || !strings.HasPrefix(s.Uses, "github/codeql-action/upload-sarif@") {
		t.Fatalf("a step that is not known: %+v", s)
	}
	if r.expressions["inputs.upload-sarif"] == "true" && r.expressions["steps.lint.outputs.status"] != "2" {
		r.uploaded = true
		r.results = isSARIF(t, filepath.Join(r.folder, r.expand(t, s.With["sarif_file"])))
	}
}

// expand is a value with the expression that it may be.
func (r *runner) expand(t *testing.T, value string) string {
	t.Helper()
	name, ok := strings.CutPrefix(value, "${{ ")
	if !ok {
		return value
	}
	got, known := r.expressions[strings.TrimSuffix(name, " }}")]
	if !known {
		t.Errorf("nothing is known of %s", value)
	}
	return got
}
