package main

import "syscall"

// dieWithParent makes the kernel kill a child whose parent is gone, if that one was killed before it could.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
