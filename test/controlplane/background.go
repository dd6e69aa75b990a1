package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// commandFile is the pipe by which a control plane in the background is told to stop. Its supervisor holds both ends.
const commandFile = "commands"

// Background starts a control plane in a folder, which must not be there, and leaves it running when this process ends.
// StopBackground ends it.
func Background(ctx context.Context, folder string, o Options) (*Plane, error) {
	return retry(ctx, func(ctx context.Context, bin string) (*Plane, error) {
		if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
			return nil, err
		}
		if err := os.Mkdir(folder, 0o700); err != nil {
			return nil, err
		}
		commands, err := makePipe(filepath.Join(folder, commandFile))
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(folder))
		}
		return start(ctx, bin, folder, commands, commands, o)
	})
}

// makePipe makes a named pipe and opens both of its ends.
func makePipe(path string) (*os.File, error) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, fmt.Errorf("making pipe %s: %w", path, err)
	}
	return os.OpenFile(path, os.O_RDWR, 0)
}

// InBackground tells whether Background left a control plane in a folder, and it runs.
func InBackground(folder string) (bool, error) {
	commands, err := openPipe(folder)
	if commands == nil {
		return false, err
	}
	return true, commands.Close()
}

// StopBackground ends the control plane in a folder and returns when both are gone. There may be none.
func StopBackground(folder string) error {
	commands, err := openPipe(folder)
	if err != nil {
		return err
	}
	if commands == nil {
		return os.RemoveAll(folder) // what one that was killed has left
	}
	defer commands.Close()
	if _, err := commands.WriteString(`["stop"]` + "\n"); err != nil {
		return err
	}
	for range 500 {
		if !exists(folder) {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("told the control plane in %s to stop, and it is still there", folder)
}

// openPipe opens the pipe of who reads it; there is no file and no error when nobody does.
func openPipe(folder string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(folder, commandFile), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENXIO) {
		return nil, nil
	}
	return f, err
}
