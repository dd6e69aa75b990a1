.DEFAULT_GOAL := help
SHELL := bash -o pipefail
FUZZTIME ?= 30s
NODES ?= 1000
PODS ?= 20000
PLATFORMS := darwin/amd64 darwin/arm64 linux/amd64 linux/arm64 windows/amd64 windows/arm64
TOOL := go tool -modfile=test/tools/go.mod
BIN := bin/kubectl-winready

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "%-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/kubectl-winready
	go build -trimpath -buildvcs=auto -o bin/ ./cmd/...

demo: build ## place a shop of Windows and Linux workloads, before and after
	@cd charts && echo 'Before: which values choose nodes?' && ../$(BIN) inspect mixed-shop && printf '\nAfter: the values that place it, and what they leave.\n' && { ../$(BIN) patch mixed-shop || echo "Exit status $$?: 0 would be every workload placed, 1 is some not."; }

# With the race detector a program takes half a second to start, and most of these tests start it, a thousand times in all; the last one
# repeats what other tests do on every chart, with every pool and system.
LONG := ^(TestScripts|TestRegistryScripts|TestExamples|TestREADME|TestInvariants)$$

unit: ## run the tests that need nothing, in random order, with the race detector but for the long ones
	go test -race -shuffle=on -count=1 -skip '$(LONG)' $$(go list ./... | grep -v -e /test/controlplane -e /test/e2e -e /test/browser)
	go test -shuffle=on -count=1 -run '$(LONG)' ./plugin ./pkg/patch

controlplane: ## build the control plane that tests run against, which takes minutes the first time
	go run ./test/controlplane/build

e2e: controlplane ## run the tests that ask a real control plane
	go test -count=1 -timeout=20m -p=1 ./test/controlplane/... ./test/e2e/...

browser: ## run the tests that open the HTML report in Chromium, installing it from Debian where it is missing
	command -v chromium > /dev/null || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium; }
	go test -count=1 ./test/browser/...

sandbox: build ## run a cluster of Linux and Windows nodes in the background, to try things on; with BUILDS=all, of every build
	@go run ./test/controlplane/sandbox $(if $(BUILDS),builds)

sandbox-stop: ## end the sandbox
	@go run ./test/controlplane/sandbox stop

lint: ## check style, and the direction of imports
	$(TOOL) golangci-lint run ./...

tidy-diff: ## check that go.mod lists what is imported
	go mod tidy -diff
	cd test/controlplane/server && go mod tidy -diff
	cd test/e2e/helm/helm4 && go mod tidy -diff
	cd test/dist && go mod tidy -diff

cross: ## build for every platform of a release, and check what its tests would compile for Windows
	@for p in $(PLATFORMS); do echo "building for $$p" && CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go build -trimpath -ldflags '-s -w' -o /dev/null ./cmd/... || exit 1; done
	GOOS=windows go vet ./cmd/... ./pkg/... ./plugin/...

charts: build ## patch and lint the charts we ship with what we ship
	for c in charts/*/; do $(BIN) patch $$c > /dev/null || test $$? = 1 || exit 1; $(BIN) lint $$c > /dev/null || test $$? = 1 || exit 1; done

test: tidy-diff lint unit build cross charts e2e browser ## everything that must hold: what CI runs

vuln: ## ask the Go vulnerability database, or the copy that VULNDB=URL is, what of it is linked and called
	$(TOOL) govulncheck $(if $(VULNDB),-db $(VULNDB)) ./cmd/...

update: ## rewrite goldens and generated documents
	go test ./plugin $$(go list -f '{{.ImportPath}} {{join .XTestImports " "}}' ./... | awk '/internal\/golden/ {print $$1}') -update

bench-cluster: controlplane build ## measure audit on a cluster of NODES and PODS
	go run ./test/e2e/scale -nodes $(NODES) -pods $(PODS)

bench: ## measure against helm template and kustomize
	go test -bench . -run '^$$' ./test/bench/...

fuzz: ## feed every reader for FUZZTIME
	@for f in $$(grep -rl '^func Fuzz' --include='*_test.go' pkg); do for t in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$f); do go test ./$$(dirname $$f) -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) || exit 1; done; done

corpus: ## run over the charts below CORPUS=DIR, and count
	go run ./test/corpus $(CORPUS)

dist: ## build the archives of a release, with what it consists of, its manifest for krew and checksums, and check them
	go run -C test/dist . -platforms '$(PLATFORMS)'
	cd test/dist && go tool validate-krew-manifest -skip-install -manifest ../../dist/winready.yaml && go test -count=1 ./...

.PHONY: help build demo unit controlplane e2e browser sandbox sandbox-stop lint tidy-diff cross charts test vuln update bench-cluster bench fuzz corpus dist
