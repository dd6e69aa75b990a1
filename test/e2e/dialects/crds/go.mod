// The published CustomResourceDefinitions of what package dialect writes, as files of Go modules. Nothing here is imported: the
// tests download each module by itself.
module github.com/winready/kubectl-winready/test/e2e/dialects/crds

go 1.26.0

require (
	github.com/argoproj/argo-cd/v3 v3.5.7
	github.com/fluxcd/helm-controller v1.6.3
	github.com/k3s-io/helm-controller v0.17.9
	github.com/rancher/fleet v0.16.0
)
