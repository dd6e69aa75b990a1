package inventory

// Record is one thing that Rancher's record of a cluster says about what its guide to Windows clusters asks for, in the words of a
// ClusterReport, which "rancher cluster show" writes.
type Record struct {
	Name    string `json:"name"`   // "network plugin"
	Status  string `json:"status"` // pass, warn, fail, waiting, skip or error
	Message string `json:"message"`
}
