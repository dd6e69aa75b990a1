//go:build !linux

package main

import "syscall"

// dieWithParent is Linux's alone.
func dieWithParent() *syscall.SysProcAttr { return nil }
