package plugin

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress is one line on a terminal that says how far long work has come, and that vanishes when it is done. It is safe for
// concurrent use.
type progress struct {
	w     io.Writer
	mu    sync.Mutex
	shown time.Time
	any   bool
}

// progressEvery is how often the line changes: more often would be work of its own.
const progressEvery = 100 * time.Millisecond

func (d Deps) newProgress() *progress { return &progress{w: d.progress()} }

// say shows a text, unless it showed one a moment ago.
func (p *progress) say(format string, args ...any) {
	if p.w == io.Discard {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.shown) >= progressEvery {
		p.shown, p.any = now, true
		fmt.Fprintf(p.w, "\r\x1b[K"+format+" ...", args...)
	}
}

// done clears the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.any {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
