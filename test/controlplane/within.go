package controlplane

import "time"

// Within waits until there is nothing wrong any more: what a cluster is told it does in its own time. What is still wrong after a limit
// fails the test, or the script.
func Within(t interface{ Fatalf(string, ...any) }, limit time.Duration, wrong func() error) {
	if t, ok := t.(interface{ Helper() }); ok {
		t.Helper()
	}
	end := time.NewTimer(limit)
	defer end.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := wrong()
		if err == nil {
			return
		}
		select {
		case <-end.C:
			t.Fatalf("waited for %s: %v", limit, err)
			return
		case <-tick.C:
		}
	}
}
