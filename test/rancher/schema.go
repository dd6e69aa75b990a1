package rancher

import (
	"net/http"

	"github.com/rancher/norman/types"
)

// kind is a kind of row, with the fields that tests have.
type kind struct {
	id, plural string
	fields     map[string]string
	filters    []string
}

// kinds are those of pkg/client/generated/management/v3 of rancher/rancher that the tests ask for.
func kinds() []kind {
	return []kind{
		{"cluster", "clusters", map[string]string{
			"name": "string", "driver": "string", "provider": "string", "internal": "boolean", "annotations": "map[string]", "labels": "map[string]",
			"fleetWorkspaceName": "string", "windowsPreferedCluster": "boolean", "linuxWorkerCount": "int", "windowsWorkerCount": "int", "nodeCount": "int",
			"version": "map[json]", "info": "map[json]", "conditions": "array[json]", "state": "string", "transitioning": "string",
			"transitioningMessage": "string", "rancherKubernetesEngineConfig": "map[json]", "aksConfig": "map[json]", "importedConfig": "map[json]",
			"rke2Config": "map[json]", "k3sConfig": "map[json]", "appliedSpec": "map[json]", "localClusterAuthEndpoint": "map[json]", "removed": "string",
		}, []string{"name", "driver", "removed"}},
		{"node", "nodes", map[string]string{
			"clusterId": "reference[cluster]", "nodeName": "string", "hostname": "string", "requestedHostname": "string", "etcd": "boolean",
			"controlPlane": "boolean", "worker": "boolean", "state": "string", "unschedulable": "boolean", "labels": "map[string]",
			"annotations": "map[string]", "capacity": "map[string]", "podCidrs": "array[string]", "taints": "array[json]", "info": "map[json]",
		}, []string{"clusterId", "nodeName"}},
		{"clusterRegistrationToken", "clusterRegistrationTokens", map[string]string{
			"clusterId": "reference[cluster]", "token": "string", "state": "string", "command": "string", "insecureCommand": "string", "manifestUrl": "string",
			"nodeCommand": "string", "insecureNodeCommand": "string", "windowsNodeCommand": "string", "insecureWindowsNodeCommand": "string",
			"tokenSecretName": "string",
		}, []string{"clusterId"}},
	}
}

func version() types.APIVersion {
	return types.APIVersion{Group: "management.cattle.io", Version: "v3", Path: "/v3"}
}

// subContexts are the APIs that Rancher mounts below a cluster and a project: with them /v3/clusters/ID/nodes is the nodes of a cluster.
func subContexts() []types.APIVersion {
	return []types.APIVersion{
		{Group: "cluster.cattle.io", Version: "v3", Path: "/v3/cluster", SubContext: true, SubContextSchema: "/v3/schemas/cluster"},
		{Group: "project.cattle.io", Version: "v3", Path: "/v3/project", SubContext: true, SubContextSchema: "/v3/schemas/project"},
	}
}

func (k kind) schema(s *store) types.Schema {
	fields := map[string]types.Field{}
	for name, of := range k.fields {
		fields[name] = types.Field{Type: of, Create: true, Update: true}
	}
	filters := map[string]types.Filter{}
	for _, name := range k.filters {
		filters[name] = types.Filter{Modifiers: []types.ModifierType{
			types.ModifierEQ, types.ModifierNE, types.ModifierIn, types.ModifierNotIn, types.ModifierNull, types.ModifierNotNull,
		}}
	}
	return types.Schema{
		ID: k.id, PluralName: k.plural, Version: version(), ResourceFields: fields, CollectionFilters: filters, Store: s,
		CollectionMethods: []string{http.MethodGet, http.MethodPost}, ResourceMethods: []string{http.MethodGet, http.MethodPut, http.MethodDelete},
	}
}
