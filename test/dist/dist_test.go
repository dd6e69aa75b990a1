package main_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	spdx "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdxlib"
)

var here = "kubectl-winready-" + runtime.GOOS + "-" + runtime.GOARCH

// TestDist builds for this platform twice, in folders of other names and with other rights for new files.
func TestDist(t *testing.T) {
	t.Parallel()
	first, again := build(t, "022"), build(t, "077")
	names := files(t, first)
	want := []string{"checksums.txt", "helm4-winready-post-render.tar.gz", "helm4-winready.tar.gz", "install.sh", here + ".spdx.json", here + ".tar.gz", "winready.yaml"}
	if diff := cmp.Diff(names, want); diff != "" {
		t.Errorf("files of a release (-got +want):\n%s", diff)
	}
	for _, name := range names {
		if !bytes.Equal(read(t, filepath.Join(first, name)), read(t, filepath.Join(again, name))) {
			t.Errorf("%s: other bytes when built again", name)
		}
	}
	sums := exec.CommandContext(t.Context(), "sha256sum", "--check", "--strict", "checksums.txt")
	sums.Dir = first
	if out, err := sums.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
	contents := unpack(t, filepath.Join(first, here+".tar.gz"))
	modules := bill(t, filepath.Join(first, here+".spdx.json"))
	for _, m := range modules {
		if !strings.Contains(contents["THIRD-PARTY-NOTICES.txt"], m+" (") {
			t.Errorf("the notices do not name %s", m)
		}
	}
	if len(modules) < 50 || !strings.Contains(contents["THIRD-PARTY-NOTICES.txt"], "Redistribution and use in source and binary forms") {
		t.Errorf("notices of %d modules have too little in them", len(modules))
	}
}

// build runs the command, with the rights of new files that umask leaves, and returns the folder it wrote.
func build(t *testing.T, umask string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "dist")
	script := fmt.Sprintf("umask %s && go run . -platforms %s/%s -out %s", umask, runtime.GOOS, runtime.GOARCH, out)
	if text, err := exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, text)
	}
	return out
}

// unpack reads an archive, and holds each file to what may be in one.
func unpack(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	contents, listing := map[string]string{}, []string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		contents[h.Name] = string(data)
		listing = append(listing, fmt.Sprintf("%o %d:%d %q %s", h.Mode, h.Uid, h.Gid, h.Uname, h.Name))
	}
	want := []string{
		`644 0:0 "" LICENSE`, `644 0:0 "" THIRD-PARTY-NOTICES.txt`, `644 0:0 "" _kubectl-winready`, `755 0:0 "" kubectl-winready`,
		`644 0:0 "" kubectl-winready.bash`, `644 0:0 "" kubectl-winready.fish`, `644 0:0 "" kubectl-winready.ps1`,
		`755 0:0 "" kubectl_complete-winready`, `644 0:0 "" plugin.yaml`,
	}
	if diff := cmp.Diff(listing, want); diff != "" {
		t.Errorf("archive (-got +want):\n%s", diff)
	}
	return contents
}

// bill reads a bill of materials as SPDX's own library does, and returns the modules that are linked.
func bill(t *testing.T, path string) []string {
	t.Helper()
	doc, err := spdx.Read(bytes.NewReader(read(t, path)))
	if err != nil {
		t.Fatalf("SPDX cannot read the bill of materials: %v", err)
	}
	if err := spdxlib.ValidateDocument(doc); err != nil {
		t.Errorf("SPDX on the bill of materials: %v", err)
	}
	var modules []string
	for _, p := range doc.Packages {
		if p.PackageLicenseDeclared == "" || p.PackageLicenseDeclared == "NOASSERTION" {
			t.Errorf("the bill of materials has no licence of %s", p.PackageName)
		}
		if p.PrimaryPackagePurpose != "APPLICATION" {
			modules = append(modules, p.PackageName+" "+p.PackageVersion)
		}
	}
	return modules
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
