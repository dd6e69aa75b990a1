//go:build !linux

package bench_test

import "testing"

// peakMemory is known on Linux alone.
func peakMemory(b *testing.B, _ string, _ []string) int64 {
	b.Helper()
	b.Skip("the memory of a process is measured on Linux alone")
	return 0
}
