package rancher

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/rancher/norman/httperror"
	"github.com/rancher/norman/store/empty"
	"github.com/rancher/norman/types"
)

// store holds the rows of one kind. Nothing in it changes by requests: a client that writes has gone wrong.
type store struct {
	empty.Store
	mu   sync.Mutex
	rows map[string]map[string]any
}

func (s *store) put(id string, row map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[id] = row
}

// ByID implements types.Store.
func (s *store) ByID(_ *types.APIContext, schema *types.Schema, id string) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.rows[id]
	if !ok {
		return nil, httperror.NewAPIError(httperror.NotFound, fmt.Sprintf("failed to find %s %s", schema.ID, id))
	}
	return copied(row)
}

// List implements types.Store. norman filters, sorts and cuts into pages.
func (s *store) List(*types.APIContext, *types.Schema, *types.QueryOptions) ([]map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(s.rows)) {
		row, err := copied(s.rows[id])
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// Create implements types.Store.
func (s *store) Create(*types.APIContext, *types.Schema, map[string]any) (map[string]any, error) {
	return nil, errWrites()
}

// Update implements types.Store.
func (s *store) Update(*types.APIContext, *types.Schema, map[string]any, string) (map[string]any, error) {
	return nil, errWrites()
}

// Delete implements types.Store.
func (s *store) Delete(*types.APIContext, *types.Schema, string) (map[string]any, error) {
	return nil, errWrites()
}

func errWrites() error {
	return httperror.NewAPIError(httperror.ServerError, "nothing is to be changed here")
}

// copied is a row that norman may change.
func copied(row map[string]any) (map[string]any, error) {
	text, err := json.Marshal(row)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(text, &out)
}
