// Command dist builds what a release consists of: an archive for each platform with all that its user needs, a bill of materials
// of each, the manifest for krew and the checksums. Of the same commit it makes the same bytes.
// It must not publish or sign anything, nor know what the program does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // this is a process
	err := run(ctx, os.Args[1:])                                          //nolint:forbidigo // this is a process
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err) //nolint:forbidigo // this is a process
		os.Exit(1)                            //nolint:forbidigo // this is a process
	}
}

// run reads the flags and builds. Folders that were there are replaced.
func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("dist", flag.ContinueOnError)
	root := flags.String("root", "../..", "the `FOLDER` of the sources")
	out := flags.String("out", "../../dist", "the `FOLDER` that is written")
	contents := flags.String("contents", "", "a `FOLDER` that what archives hold beside the program is written to, too")
	platforms := flags.String("platforms", "", "what to build for, as `OS/ARCH...`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *platforms == "" {
		return errors.New("-platforms: want OS/ARCH, like linux/amd64")
	}
	for _, old := range []string{*out, *contents} {
		if err := os.RemoveAll(old); err != nil { // of no name it is nothing
			return err
		}
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	s, err := readSource(ctx, *root)
	if err != nil {
		return err
	}
	r := release{source: s, out: *out, contents: *contents}
	for p := range strings.FieldsSeq(*platforms) {
		system, arch, ok := strings.Cut(p, "/")
		if !ok {
			return fmt.Errorf("-platforms %q: want OS/ARCH, like linux/amd64", p)
		}
		if err := r.add(ctx, platform{system, arch}); err != nil {
			return fmt.Errorf("building for %s: %w", p, err)
		}
	}
	return r.finish()
}

// platform is what an archive is for.
type platform struct{ os, arch string }

// program is the name of the program's file.
func (p platform) program() string {
	if p.os == "windows" {
		return "kubectl-winready.exe"
	}
	return "kubectl-winready"
}

// base is the name of all files that are for the platform, without what tells them apart.
func (p platform) base() string { return "kubectl-winready-" + p.os + "-" + p.arch }

// release is what has been built so far.
type release struct {
	source
	out      string
	contents string
	version  string            // as the programs know it
	scripts  []entry           // that complete words, once they are known
	sums     map[string]string // by the file's name
}

// add builds the archive and the bill of materials of one platform.
func (r *release) add(ctx context.Context, p platform) error {
	work, err := os.MkdirTemp("", "dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	program := filepath.Join(work, p.program())
	if err := r.build(ctx, p, program); err != nil {
		return err
	}
	b, err := readBinary(program)
	if err != nil {
		return err
	}
	r.version = b.version
	modules, err := r.modules(ctx, p, b)
	if err != nil {
		return err
	}
	entries, err := r.entries(ctx, p, b, modules)
	if err != nil {
		return err
	}
	if r.contents != "" {
		if err := unpack(entries, filepath.Join(r.contents, p.os+"-"+p.arch), p.program()); err != nil {
			return err
		}
	}
	if err := r.write(p.base()+".tar.gz", func(path string) error { return writeArchive(path, entries, r.date) }); err != nil {
		return err
	}
	return r.write(p.base()+".spdx.json", func(path string) error { return r.writeBill(path, p, b, modules) })
}

// finish writes the plugins for Helm 4, the manifest for krew, the script that installs in CI, and the checksums of everything.
func (r *release) finish() error {
	script, err := os.ReadFile(filepath.Join(r.root, "ci", "install.sh"))
	if err != nil {
		return err
	}
	if err := r.write("install.sh", func(file string) error { return os.WriteFile(file, script, 0o644) }); err != nil {
		return err
	}
	if err := r.writePlugins(); err != nil {
		return err
	}
	if err := r.write("winready.yaml", r.writeManifest); err != nil {
		return err
	}
	return r.writeSums()
}
