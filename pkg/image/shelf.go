package image

import (
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// shelf is a folder with manifests and configs, each under its digest; empty, it keeps nothing. What is on it has no name, no tag and
// no registry: whether an image is there, and who may see it, a registry has to say each time.
type shelf string

// openShelf makes the folder, so that one that cannot be written is told before registries are asked.
func openShelf(folder string) (shelf, error) {
	if folder == "" {
		return "", nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("keeping what registries say: %w", err)
	}
	probe, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return "", fmt.Errorf("keeping what registries say: %w", err)
	}
	if err := probe.Close(); err != nil {
		return "", err
	}
	return shelf(folder), os.Remove(probe.Name())
}

func (s shelf) path(digest v1.Hash) string {
	return filepath.Join(string(s), digest.Algorithm+"-"+digest.Hex)
}

// take is what has a digest; nil when it is not there, or is there and is something else.
func (s shelf) take(digest v1.Hash) []byte {
	if s == "" {
		return nil
	}
	body, err := os.ReadFile(s.path(digest))
	if err != nil {
		return nil
	}
	if _, err := holds(digest, body); err != nil {
		return nil
	}
	return body
}

// keep keeps what has a digest, which holds. Where that fails it is asked for again next time, which is all that is lost.
func (s shelf) keep(digest v1.Hash, body []byte) {
	if s == "" {
		return
	}
	f, err := os.CreateTemp(string(s), ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(body)
	if closed := f.Close(); err == nil && closed == nil {
		err = os.Rename(f.Name(), s.path(digest))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
