// Command promlint reads metrics from stdin with Prometheus' own parser and linter, and fails for what they find. It must not know
// the product: it is a module by itself, because its dependencies and ours would be in each other's way.
package main

import (
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func main() {
	problems, err := promlint.New(os.Stdin).Lint() //nolint:forbidigo // this is a main
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p.Metric+": "+p.Text) //nolint:forbidigo // this is a main
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // this is a main
	}
	if err != nil || len(problems) > 0 {
		os.Exit(1) //nolint:forbidigo // this is a main
	}
}
