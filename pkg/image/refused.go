//go:build !windows

package image

import "syscall"

// errRefused is what the system says of a machine where nobody listens, errReset of one that hangs up.
const (
	errRefused = syscall.ECONNREFUSED
	errReset   = syscall.ECONNRESET
)
