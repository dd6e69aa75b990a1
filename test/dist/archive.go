package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is a file of an archive.
type entry struct {
	name string
	data []byte
	run  bool // it is a program
}

func (e entry) mode() int64 {
	if e.run {
		return 0o755
	}
	return 0o644
}

// writeArchive writes entries so that the bytes depend on nothing but them and the date: sorted, owned by nobody, and with no word
// of who packed them. It is a .tar.gz for Windows too: Helm installs plugins from nothing else, and Windows has tar since 2019
// (helm.sh/helm/v3@v3.22.0, pkg/plugin/installer/http_installer.go). No entry may be in a folder: Helm makes only folders that have
// entries of their own, which GoReleaser does not write.
func writeArchive(file string, entries []entry, date time.Time) error {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	var b bytes.Buffer
	if err := writeTar(&b, entries, date); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// unpack writes entries to a folder, but for one, instead of an archive.
func unpack(entries []entry, folder, except string) error {
	for _, e := range entries {
		if e.name == except {
			continue
		}
		file := filepath.Join(folder, filepath.FromSlash(e.name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, e.data, os.FileMode(e.mode())); err != nil {
			return err
		}
	}
	return nil
}

func writeTar(w io.Writer, entries []entry, date time.Time) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: e.mode(), Size: int64(len(e.data)), ModTime: date, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if _, err := t.Write(e.data); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

// write has a file of the release written, and keeps its checksum.
func (r *release) write(name string, to func(file string) error) error {
	file := filepath.Join(r.out, name)
	if err := to(file); err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if r.sums == nil {
		r.sums = map[string]string{}
	}
	sum := sha256.Sum256(data)
	r.sums[name] = hex.EncodeToString(sum[:])
	return nil
}

// writeSums writes what sha256sum --check reads.
func (r *release) writeSums() error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.sums)) {
		b.WriteString(r.sums[name] + "  " + name + "\n")
	}
	return os.WriteFile(filepath.Join(r.out, "checksums.txt"), []byte(b.String()), 0o644)
}
