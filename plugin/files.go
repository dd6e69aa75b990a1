package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// file is what is to be in the file at path.
type file struct {
	path   string
	data   []byte
	inside bool // of a folder that is made where there is none
}

// writeFiles replaces every file whole. Nothing is replaced before everything is written beside it, so that a full disk or
// a missing folder leaves all of them as they were.
func writeFiles(ctx context.Context, files []file) error {
	var staged []staging
	defer func() {
		for _, s := range staged {
			s.discard()
		}
	}()
	for _, f := range files {
		s, err := stage(f)
		if err != nil {
			return fmt.Errorf("writing %s: %w", f.path, cause(err))
		}
		staged = append(staged, s)
	}
	for _, s := range staged {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.commit(); err != nil {
			return fmt.Errorf("writing %s: %w", s.path, cause(err))
		}
	}
	return nil
}

// staging is a file that is ready to take its place.
type staging struct {
	file
	temp   string // empty: path is no regular file, data goes straight into it
	target string // path with its links resolved: the link stays, what it points to is replaced
}

func stage(f file) (staging, error) {
	if f.inside {
		if err := os.MkdirAll(filepath.Dir(f.path), 0o777); err != nil {
			return staging{}, err
		}
	}
	target := f.path
	mode := fs.FileMode(0o666) // the umask narrows it
	switch have, err := os.Stat(f.path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return staging{}, err
	case have.IsDir():
		return staging{}, errors.New("is a folder")
	case !have.Mode().IsRegular() || strings.HasPrefix(f.path, "/dev/"):
		return staging{file: f}, nil // a pipe, /dev/stdout: to replace it would be to lose it
	default:
		mode = have.Mode().Perm()
		if target, err = filepath.EvalSymlinks(f.path); err != nil {
			return staging{}, err
		}
	}
	temp := fmt.Sprintf("%s.%08x.tmp", target, rand.Uint32())
	s := staging{file: f, temp: temp, target: target}
	if err := write(temp, os.O_CREATE|os.O_EXCL, mode, f.data); err != nil {
		s.discard()
		return staging{}, err
	}
	return s, nil
}

func (s staging) commit() error {
	if s.temp == "" {
		return write(s.path, 0, 0, s.data)
	}
	return os.Rename(s.temp, s.target)
}

// discard removes what commit has not moved.
func (s staging) discard() {
	if s.temp != "" {
		_ = os.Remove(s.temp)
	}
}

func write(path string, flag int, mode fs.FileMode, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|flag, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// cause is what went wrong, without the name of the temporary file, which would tell the user nothing.
func cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}
