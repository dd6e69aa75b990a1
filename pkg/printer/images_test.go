package printer_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/winready/kubectl-winready/pkg/internal/golden"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/printer"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// pictured is a list with an image of each status.
func pictured() *survey.ImageList {
	linux, windows := platform.Variant{OS: platform.Linux, Arch: "amd64"}, platform.Variant{OS: platform.Windows, Arch: "amd64", Build: "10.0.20348"}
	of := func(names ...string) (list []survey.ImageWorkload, ids []string) {
		for _, n := range names {
			w := survey.ImageWorkload{Ref: object.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: n}, Pools: []string{"linux"}}
			list, ids = append(list, w), append(ids, w.String())
		}
		return list, ids
	}
	use := func(image string, status survey.ImageStatus, platforms []platform.Variant, runs platform.Answer, reason string, names ...string) survey.ImageUse {
		list, ids := of(names...)
		u := survey.ImageUse{Image: image, Status: status, Platforms: platforms, Source: platform.FromRegistry, Digest: "sha256:1", Workloads: list}
		if runs != "" {
			u.Pools = []survey.ImageOnPool{{Name: "linux", Runs: platform.Runs, Workloads: ids}, {Name: "iis", Runs: runs, Reason: reason, Workloads: ids[:1]}}
		}
		return u
	}
	named := use("mcr.microsoft.com/windows/nanoserver:ltsc2022", survey.ImageNowhere, []platform.Variant{windows}, platform.RunsNot, "it has no variant", "nano")
	named.Source, named.Digest, named.Pools = platform.FromName, "", named.Pools[1:]
	dark := use("dark:1", survey.ImageUnknown, []platform.Variant{}, platform.RunsMaybe, "registry.example\x1b[31m hangs up", "dark")
	dark.Source, dark.Digest, dark.Unknown = "", "", "registry.example hangs up"
	return &survey.ImageList{
		Pools: []survey.ImagePool{{Name: "linux", Variant: linux, Nodes: 2}, {Name: "iis", Variant: windows, Assumed: true}},
		Images: []survey.ImageUse{
			dark,
			use("everywhere:1", survey.ImageRuns, []platform.Variant{linux, {OS: platform.Linux, Arch: "arm64"}, windows, {OS: platform.Windows, Arch: "amd64", Build: "10.0.29999"}}, platform.Runs, "", "a", "b", "c", "d", "e", "f"),
			use("idle:1", survey.ImageUnplaced, []platform.Variant{linux}, "", "", "idle"),
			named,
			use("some:1", survey.ImagePartly, []platform.Variant{linux}, platform.RunsNot, "it has no variant for windows/amd64, only for linux/amd64", "a", "b"),
			use("some:2", survey.ImagePartly, []platform.Variant{linux}, platform.RunsNot, "it has no variant for windows/amd64, only for linux/amd64", "a", "b", "c", "d", "e", "f"),
		},
		Unread: []survey.Unread{
			{Part: inventory.Images, Reason: "image dark:1: registry.example hangs up"},
			{Part: inventory.Workloads, Reason: "listing jobs: forbidden"},
		},
	}
}

func TestImages(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range printer.ImagesFormats() {
		names = append(names, f.Name)
		var got bytes.Buffer
		if err := f.Images(&got, "context prod", pictured(), printer.Style{}); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, filepath.Join("testdata", "images", f.Name+".golden"), got.Bytes())
		if found, ok := printer.LookupImages(f.Name); !ok || found.Doc != f.Doc || f.Doc == "" {
			t.Errorf("LookupImages(%q) found %q, want %q", f.Name, found.Doc, f.Doc)
		}
	}
	if diff := cmp.Diff(names, []string{"json", "text", "wide", "yaml"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestImagesOnATerminal(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	format, _ := printer.LookupImages("text")
	for _, style := range []printer.Style{{Columns: 140, Color: true}, {Columns: 60}} {
		if err := format.Images(&got, "context prod", pictured(), style); err != nil {
			t.Fatal(err)
		}
	}
	if err := format.Images(&got, "context empty", &survey.ImageList{}, printer.Style{Columns: 80}); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", "images", "terminal.golden"), got.Bytes())
}
