package placement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
)

func TestNamedOS(t *testing.T) {
	t.Parallel()
	type answer struct {
		OS platform.OS
		By string
	}
	none := answer{}
	byAffinity := answer{platform.Windows, "required node affinity"}
	for name, tc := range map[string]struct {
		spec string
		want answer
	}{
		"nothing":                      {"{}", none},
		"selector":                     {"nodeSelector: {kubernetes.io/os: windows}", answer{platform.Windows, "nodeSelector kubernetes.io/os"}},
		"legacy selector":              {"nodeSelector: {beta.kubernetes.io/os: linux}", answer{platform.Linux, "nodeSelector beta.kubernetes.io/os"}},
		"selector of no known OS":      {"nodeSelector: {kubernetes.io/os: Windows}", none},
		"In one":                       {required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}]"), byAffinity},
		"In both":                      {required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows, linux]}]}]"), none},
		"NotIn":                        {required("[{matchExpressions: [{key: beta.kubernetes.io/os, operator: NotIn, values: [linux]}]}]"), byAffinity},
		"NotIn neither":                {required("[{matchExpressions: [{key: kubernetes.io/os, operator: NotIn, values: [darwin]}]}]"), none},
		"Exists":                       {required("[{matchExpressions: [{key: kubernetes.io/os, operator: Exists}]}]"), none},
		"DoesNotExist":                 {required("[{matchExpressions: [{key: kubernetes.io/os, operator: DoesNotExist}]}]"), none},
		"other keys beside it":         {required("[{matchExpressions: [{key: a, operator: Exists}, {key: kubernetes.io/os, operator: In, values: [windows]}]}]"), byAffinity},
		"terms agree":                  {required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}, {matchExpressions: [{key: kubernetes.io/os, operator: NotIn, values: [linux]}]}]"), byAffinity},
		"terms disagree":               {required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}, {matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]"), none},
		"a term says nothing":          {required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}, {matchExpressions: [{key: a, operator: Exists}]}]"), none},
		"a term matches nothing":       {required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}, {}]"), byAffinity},
		"fields say nothing":           {required("[{matchFields: [{key: metadata.name, operator: In, values: [a]}]}]"), none},
		"no terms":                     {required("[]"), none},
		"preferred":                    {"affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}}]}}", none},
		"os.name":                      {"os: {name: windows}", answer{platform.Windows, "os.name"}},
		"HostProcess pod":              {"securityContext: {windowsOptions: {hostProcess: true}}", answer{platform.Windows, "windowsOptions.hostProcess"}},
		"HostProcess container":        {"containers: [{name: c, securityContext: {windowsOptions: {hostProcess: true}}}]", answer{platform.Windows, "windowsOptions.hostProcess"}},
		"HostProcess init container":   {"initContainers: [{name: c, securityContext: {windowsOptions: {hostProcess: true}}}]", answer{platform.Windows, "windowsOptions.hostProcess"}},
		"not HostProcess":              {"securityContext: {windowsOptions: {hostProcess: false}}", none},
		"the selector before affinity": {"nodeSelector: {kubernetes.io/os: linux}\n" + required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}]"), answer{platform.Linux, "nodeSelector kubernetes.io/os"}},
		"affinity before os.name":      {"os: {name: linux}\n" + required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}]"), byAffinity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			os, by := placement.NamedOS(specOf(t, tc.spec))
			if diff := cmp.Diff(answer{os, by}, tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}
