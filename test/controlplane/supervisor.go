package controlplane

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// supervisor is the server's command of that name, which runs the others: see supervise.go there. It ends when this process
// does, as the pipe to it then has nobody on this side.
type supervisor struct {
	commands io.WriteCloser
	ended    chan struct{}
	err      error // of how it ended, to be read after that
}

// newSupervisor starts it over a folder that it removes. It is no process of the terminal's, whose Ctrl-C would end it too early.
func newSupervisor(bin, folder, claim string, in *os.File, commands io.WriteCloser) (*supervisor, error) {
	var said bytes.Buffer
	c := exec.Command(bin, "supervise", folder) //nolint:noctx // a context would kill it, and it has to clear up
	c.Env = append(c.Environ(), "CONTROLPLANE_CLAIMED_VERSION="+claim)
	c.Stdin, c.Stderr, c.SysProcAttr = in, &said, &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the supervisor: %w", err), commands.Close())
	}
	s := &supervisor{commands: commands, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		if err := c.Wait(); err != nil {
			s.err = fmt.Errorf("the control plane ended: %w: %s", err, bytes.TrimSpace(said.Bytes()))
		}
	}()
	return s, nil
}

// run starts commands of the server's.
func (s *supervisor) run(commands ...[]string) error {
	for _, c := range commands {
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if _, err := s.commands.Write(append(line, '\n')); err != nil {
			<-s.ended // there is nobody else who reads
			return cmp.Or(s.err, err)
		}
	}
	return nil
}

// stop ends it, and returns when all is gone. The error is that of one that had ended before.
func (s *supervisor) stop() error {
	_ = s.run([]string{"stop"}) // nobody is told who is not there
	s.commands.Close()
	<-s.ended
	return s.err
}
