package plugin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// spoolMemory is how much a spool keeps in memory.
const spoolMemory = 1 << 20

// spool keeps what is written to it, to be read again: in memory, or in a file when it is much.
type spool struct {
	memory bytes.Buffer
	file   *os.File
}

func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && s.memory.Len()+len(p) <= spoolMemory {
		return s.memory.Write(p)
	}
	if s.file == nil {
		if err := s.open(); err != nil {
			return 0, err
		}
	}
	return s.file.Write(p)
}

// open moves what there is to a file that only this user can read. It has no name from here on, where the system knows such
// files: whatever ends the process, nothing is left behind.
func (s *spool) open() error {
	f, err := os.CreateTemp("", "winready-*")
	if err != nil {
		return fmt.Errorf("keeping the stream in a temporary file: %w", err)
	}
	_ = os.Remove(f.Name()) // Windows refuses: Close does it there
	s.file = f
	_, err = f.Write(s.memory.Bytes())
	s.memory = bytes.Buffer{}
	return err
}

// reader reads what was written, from the beginning. Nothing more may be written.
func (s *spool) reader() (io.ReadSeeker, error) {
	if s.file == nil {
		return bytes.NewReader(s.memory.Bytes()), nil
	}
	_, err := s.file.Seek(0, io.SeekStart)
	return s.file, err
}

// Close forgets what was written.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
