package image

import "syscall"

// Winsock has numbers of its own, and the ECONNREFUSED that Go invents for Windows is none of them (syscall/zerrors_windows.go, "Invented
// values"; WSAECONNREFUSED in winerror.h).
const (
	errRefused = syscall.Errno(10061)
	errReset   = syscall.WSAECONNRESET
)
