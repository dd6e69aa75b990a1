package chart

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	helmchart "helm.sh/helm/v3/pkg/chart"
)

// lockDigest is what Chart.lock says about the dependencies it is for, so that helm dependency build can tell whether they are
// still the same. Source: HashReq in internal/resolver/resolver.go of helm.sh/helm/v3 v3.22.0.
func lockDigest(declared, locked []*helmchart.Dependency) string {
	data, err := json.Marshal([2][]*helmchart.Dependency{declared, locked})
	if err != nil {
		return "" // they were decoded from JSON, so they encode
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
