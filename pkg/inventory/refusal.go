package inventory

// Refusal is that the API server does not take the pods of a workload, as its controller tells in an event. The event may be an hour old:
// what it says may have been mended since.
type Refusal struct {
	Workload int    // index into Inventory.Workloads
	Message  string // the API server's words: violates PodSecurity "baseline:latest": ...
}
