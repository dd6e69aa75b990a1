package placement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/placement"
)

func TestContradiction(t *testing.T) {
	t.Parallel()
	const windows = "nodeSelector: {kubernetes.io/os: windows}\n"
	for name, tc := range map[string]struct{ spec, want string }{
		"nothing":               {"{}", ""},
		"a selector":            {windows, ""},
		"a label of one's own":  {"nodeSelector: {disk: ssd}", ""},
		"a pod that may anyway": {windows + required("[{matchExpressions: [{key: disk, operator: Exists}]}]"), ""},
		"selector and affinity": {
			windows + required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]"),
			"nodeSelector kubernetes.io/os=windows and required node affinity kubernetes.io/os In [linux]",
		},
		"selector and NotIn": {
			windows + required("[{matchExpressions: [{key: kubernetes.io/os, operator: NotIn, values: [windows]}]}]"),
			"nodeSelector kubernetes.io/os=windows and required node affinity kubernetes.io/os NotIn [windows]",
		},
		"one term of two": {
			windows + required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}, {matchExpressions: [{key: disk, operator: Exists}]}]"), "",
		},
		"both terms": {
			windows + required("[{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}, {}]"),
			"nodeSelector kubernetes.io/os=windows and required node affinity kubernetes.io/os In [linux], nor required node affinity with an empty term, which matches nothing",
		},
		"the legacy label": {
			"nodeSelector: {kubernetes.io/os: windows, beta.kubernetes.io/os: linux}",
			"nodeSelector beta.kubernetes.io/os=linux and nodeSelector kubernetes.io/os=windows",
		},
		"no such system":                   {"nodeSelector: {kubernetes.io/os: Windows}", "nodeSelector kubernetes.io/os=Windows"},
		"every system but":                 {required("[{matchExpressions: [{key: kubernetes.io/os, operator: NotIn, values: [darwin]}]}]"), ""},
		"neither system":                   {required("[{matchExpressions: [{key: kubernetes.io/os, operator: NotIn, values: [linux, windows]}]}]"), "required node affinity kubernetes.io/os NotIn [linux windows]"},
		"nodes without the legacy label":   {required("[{matchExpressions: [{key: beta.kubernetes.io/os, operator: DoesNotExist}]}]"), ""},
		"a build":                          {windows + required("[{matchExpressions: [{key: node.kubernetes.io/windows-build, operator: In, values: [10.0.20348]}]}]"), ""},
		"a build of Linux":                 {"nodeSelector: {kubernetes.io/os: linux, node.kubernetes.io/windows-build: 10.0.20348}", "nodeSelector kubernetes.io/os=linux and nodeSelector node.kubernetes.io/windows-build=10.0.20348"},
		"In and NotIn":                     {required("[{matchExpressions: [{key: zone, operator: In, values: [a]}, {key: zone, operator: NotIn, values: [a, b]}]}]"), "required node affinity zone In [a] and required node affinity zone NotIn [a b]"},
		"In two and NotIn one":             {required("[{matchExpressions: [{key: zone, operator: In, values: [a, b]}, {key: zone, operator: NotIn, values: [a]}]}]"), ""},
		"set and not set":                  {"nodeSelector: {disk: ssd}\n" + required("[{matchExpressions: [{key: disk, operator: DoesNotExist}]}]"), "nodeSelector disk=ssd and required node affinity disk DoesNotExist"},
		"set to anything but":              {required("[{matchExpressions: [{key: disk, operator: Exists}, {key: disk, operator: NotIn, values: [ssd]}]}]"), ""},
		"a range":                          {required("[{matchExpressions: [{key: cores, operator: Gt, values: ['3']}, {key: cores, operator: Lt, values: ['5']}]}]"), ""},
		"an empty range":                   {required("[{matchExpressions: [{key: cores, operator: Gt, values: ['4']}, {key: cores, operator: Lt, values: ['5']}]}]"), "required node affinity cores Gt [4] and required node affinity cores Lt [5]"},
		"more than what is no number":      {required("[{matchExpressions: [{key: cores, operator: Gt, values: [many]}]}]"), "required node affinity cores Gt [many]"},
		"two names":                        {required("[{matchFields: [{key: metadata.name, operator: In, values: [a]}, {key: metadata.name, operator: In, values: [b]}]}]"), "required node affinity metadata.name In [a] and required node affinity metadata.name In [b]"},
		"a name":                           {required("[{matchFields: [{key: metadata.name, operator: NotIn, values: [a]}]}]"), ""},
		"no terms":                         {required("[]"), "required node affinity without terms, which match nothing"},
		"what the API server would refuse": {"nodeSelector: {kubernetes.io/os: 'a b'}", ""},
		"an operator there is not":         {required("[{matchExpressions: [{key: a, operator: Is}]}]"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(placement.Contradiction(specOf(t, tc.spec)), tc.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}
