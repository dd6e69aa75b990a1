package image_test

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/image"
)

func TestPullSecrets(t *testing.T) {
	t.Parallel()
	logins := string(secret("a.b", "right"))
	data := base64.StdEncoding.EncodeToString([]byte(logins))
	one := "{apiVersion: v1, kind: Secret, type: kubernetes.io/dockerconfigjson, metadata: {name: reg}, data: {.dockerconfigjson: " + data + "}}"
	for _, tt := range []struct{ name, file, want, err string }{
		{"a docker configuration", logins, logins, ""},
		{"a Secret", one, logins, ""},
		{"a Secret that was written by hand", "kind: Secret\nstringData: {.dockerconfigjson: '" + logins + "'}", logins, ""},
		{"a Secret of the old type", "kind: Secret\ndata: {.dockercfg: " + data + "}", logins, ""},
		{"a List", "kind: List\nitems: [" + one + "]", logins, ""},
		{"an empty List", "kind: List\nitems: []", "", "items: want at least one Secret, got none"},
		{"another Secret", "kind: Secret\nmetadata: {name: tls}\ndata: {tls.key: aHVudGVyMg==}", "", "secret tls: data: want .dockerconfigjson or .dockercfg, got neither"},
		{"a Secret that does not decode", "kind: Secret\ndata: hunter2", "", "want a Secret, got one whose fields do not decode"},
		{"a Secret whose content is no JSON", "kind: Secret\nmetadata: {name: reg}\nstringData: {.dockerconfigjson: hunter2}", "", `secret reg: it is no JSON: want that of .dockerconfigjson, {"auths": {"HOST": {"auth": ...}}}`},
		{"another kind", "kind: ConfigMap", "", `kind: want Secret or List, got "ConfigMap"`},
		{"no YAML", "hunter2: [", "", "want a Secret, a List of Secrets or a docker config.json, got neither"},
	} {
		got, err := image.PullSecrets([]byte(tt.file))
		var want [][]byte
		if tt.want != "" {
			want = [][]byte{[]byte(tt.want)}
		}
		if diff := cmp.Diff(got, want); diff != "" && tt.err == "" || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%s: got %v, want %q (-got +want):\n%s", tt.name, err, tt.err, diff)
		}
	}
}
