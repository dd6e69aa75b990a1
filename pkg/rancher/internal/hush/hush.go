// Package hush keeps norman's client from writing to the standard output. It must not import anything but os, and must do nothing
// else: it works by being initialized before the client is.
//
// The client looks at RANCHER_CLIENT_DEBUG when it is initialized (clientbase/common.go of github.com/rancher/norman v0.9.9). With
// it, a line goes to the standard output before main runs, and later the body of every request and answer, registration tokens
// among them. Of the packages that are ready to be initialized the one with the first path is
// (https://go.dev/ref/spec#Program_initialization), and net/http, which the client needs, comes after this one.
package hush

import "os"

var _ = os.Unsetenv("RANCHER_CLIENT_DEBUG")
