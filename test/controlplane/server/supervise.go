package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

// supervise runs commands of this binary until its input ends, and then ends them and removes their folder, its argument.
// Each line of the input is the JSON of a command and its arguments; ["stop"] ends it too. Input ends when whoever holds the
// other side of the pipe is gone, however that came: no test leaves anything behind, not even one that is killed.
// A command that ends by itself ends them all, with the tail of what it said for an error.
func supervise(stdin io.Reader, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one folder, got %q", args)
	}
	// The kernel kills the children when the thread that started them ends: this one stays.
	runtime.LockOSThread()
	signal.Ignore(syscall.SIGPIPE, syscall.SIGINT, syscall.SIGHUP)
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	w := &ward{folder: args[0], exited: make(chan error, 8)}
	defer w.end()
	lines := make(chan []string)
	go read(stdin, lines)
	for {
		select {
		case <-terminated:
			return nil
		case err := <-w.exited:
			return err
		case command, ok := <-lines:
			if !ok || slices.Equal(command, []string{"stop"}) {
				return nil
			}
			if err := w.start(command); err != nil {
				return err
			}
		}
	}
}

// read sends the commands on the input; what is not a command ends it.
func read(from io.Reader, to chan<- []string) {
	defer close(to)
	for in := bufio.NewScanner(from); in.Scan(); {
		var command []string
		if err := json.Unmarshal(in.Bytes(), &command); err != nil || len(command) == 0 {
			return
		}
		to <- command
	}
}

// ward is what is supervised.
type ward struct {
	folder   string
	exited   chan error
	children []*os.Process
	running  sync.WaitGroup
}

// start runs one command, in the ward's folder, with its output in a log there.
func (w *ward) start(command []string) error {
	log := filepath.Join(w.folder, command[0]+".log")
	out, err := os.Create(log)
	if err != nil {
		return err
	}
	defer out.Close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.Command(self, command...) //nolint:noctx // it lives as long as the ward does
	c.Dir, c.Stdout, c.Stderr, c.SysProcAttr = w.folder, out, out, dieWithParent()
	if err := c.Start(); err != nil {
		return err
	}
	w.children = append(w.children, c.Process)
	w.running.Go(func() {
		err := c.Wait()
		w.exited <- fmt.Errorf("%s ended: %w\n%s", command[0], err, tail(log))
	})
	return nil
}

// end kills what runs: nothing is worth a proper shutdown, as its data go too.
func (w *ward) end() {
	for _, p := range w.children {
		_ = p.Kill() // one that has ended by itself cannot be
	}
	w.running.Wait()
	// What the killed processes leave half written may come to be after the folder was listed.
	for range 10 {
		if os.RemoveAll(w.folder) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// tail is the end of a log.
func tail(log string) []byte {
	text, err := os.ReadFile(log)
	if err != nil {
		return []byte(err.Error())
	}
	return text[max(0, len(text)-4000):]
}
