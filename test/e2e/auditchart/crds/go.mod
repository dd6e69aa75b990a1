// The published CustomResourceDefinitions of reports of policy engines, as files of Go modules. Nothing here is imported: the tests
// download each module by itself.
module github.com/winready/kubectl-winready/test/e2e/auditchart/crds

go 1.26.0

require (
	github.com/kyverno/kyverno v1.19.1
	github.com/openreports/reports-api v0.2.1
)
