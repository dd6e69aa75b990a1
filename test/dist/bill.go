package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"time"
)

// The parts of SPDX 2.3 that a bill of materials needs: https://spdx.github.io/spdx-spec/v2.3.
type (
	bill struct {
		Version       string         `json:"spdxVersion"`
		License       string         `json:"dataLicense"`
		ID            string         `json:"SPDXID"` //nolint:tagliatelle // its name in SPDX
		Name          string         `json:"name"`
		Namespace     string         `json:"documentNamespace"`
		Creation      creation       `json:"creationInfo"`
		Packages      []component    `json:"packages"`
		Relationships []relationship `json:"relationships"`
	}
	creation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	component struct {
		ID        string     `json:"SPDXID"` //nolint:tagliatelle // its name in SPDX
		Name      string     `json:"name"`
		Version   string     `json:"versionInfo"`
		Location  string     `json:"downloadLocation"`
		Analyzed  bool       `json:"filesAnalyzed"`
		Purpose   string     `json:"primaryPackagePurpose,omitempty"`
		Concluded string     `json:"licenseConcluded"`
		Declared  string     `json:"licenseDeclared"`
		Copyright string     `json:"copyrightText"`
		Checksums []checksum `json:"checksums,omitempty"`
		Refs      []ref      `json:"externalRefs,omitempty"`
	}
	checksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	ref struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	relationship struct {
		Element string `json:"spdxElementId"` //nolint:tagliatelle // its name in SPDX
		Type    string `json:"relationshipType"`
		Related string `json:"relatedSpdxElement"`
	}
)

const product = "github.com/winready/kubectl-winready"

// writeBill writes what the program of a platform consists of. Its date is the commit's and its address has the program's checksum,
// so that it is the same whenever it is written.
func (r *release) writeBill(path string, p platform, b binary, modules []module) error {
	sum := sha256.Sum256(b.data)
	digest := hex.EncodeToString(sum[:])
	main := describe(product, b.version, "Apache-2.0")
	main.ID, main.Purpose = "SPDXRef-Program", "APPLICATION"
	main.Checksums = []checksum{{Algorithm: "SHA256", Value: digest}}
	doc := bill{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT",
		Name:          p.base() + " " + b.version,
		Namespace:     "https://" + product + "/spdx/" + p.base() + "-" + digest,
		Creation:      creation{Created: r.date.Format(time.RFC3339), Creators: []string{"Organization: winready", "Tool: winready-dist"}},
		Packages:      []component{main},
		Relationships: []relationship{{"SPDXRef-DOCUMENT", "DESCRIBES", main.ID}},
	}
	for i, m := range modules {
		c := describe(m.path, m.version, m.license)
		c.ID = "SPDXRef-Module-" + strconv.Itoa(i+1)
		doc.Packages = append(doc.Packages, c)
		doc.Relationships = append(doc.Relationships, relationship{main.ID, "DEPENDS_ON", c.ID})
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// describe is a module as a bill of materials has it. Its address is a package URL, by which scanners know it.
func describe(path, version, license string) component {
	return component{
		Name: path, Version: version, Location: "NOASSERTION", Copyright: "NOASSERTION",
		Concluded: license, Declared: license,
		Refs: []ref{{Category: "PACKAGE-MANAGER", Type: "purl", Locator: "pkg:golang/" + path + "@" + version}},
	}
}
