package rancher

import (
	"context"
	"fmt"

	"github.com/rancher/norman/types"
)

// page is one page of a collection of norman's API.
type page[T any] struct {
	types.Collection
	Data []T `json:"data"`
}

// maxPages bounds a list whose pages never end: a server that repeats itself. The server's pages have 1,000 items
// (parse/collection.go of norman v0.9.9).
const maxPages = 1000

// list is a whole collection, page by page.
func list[T any](ctx context.Context, c *Client, address string) ([]T, error) {
	var all []T
	read := map[string]bool{}
	for len(read) < maxPages && !read[address] {
		read[address] = true
		var p page[T]
		if err := c.get(ctx, address, &p); err != nil {
			return nil, err
		}
		if p.Type != "collection" {
			return nil, fmt.Errorf("asking Rancher for %s: %w", shown(address), &notRancherError{what: "JSON that is no collection"})
		}
		all = append(all, p.Data...)
		if p.Pagination == nil || p.Pagination.Next == "" {
			return all, nil // the last page may still say partial: true
		}
		next, err := c.sameServer(p.Pagination.Next)
		if err != nil {
			return nil, err
		}
		address = next
	}
	return nil, fmt.Errorf("asking Rancher for %s: the pages of the list repeat or do not end", shown(address))
}
