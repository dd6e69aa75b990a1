package inventory

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// Image is what is known of an image: what its registry says where that was asked and knew, or else what its name tells.
func (i *Inventory) Image(name string) platform.Image {
	asked, found := i.Images[name]
	if found && asked.Source == platform.FromRegistry {
		return asked
	}
	byName := platform.ImageByName(name)
	if found && len(byName.Variants) == 0 {
		return asked
	}
	return byName
}

// ImageNames are the images of all workloads, each once, sorted.
func (i *Inventory) ImageNames() []string {
	var out []string
	for _, w := range i.Workloads {
		out = append(out, workload.Images(&w.Spec)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// WithImages is the inventory with what registries say of its images. Those that could not be asked for make a gap.
func (i *Inventory) WithImages(images map[string]platform.Image) *Inventory {
	out := *i
	out.Images = images
	var reasons []string
	for _, name := range i.ImageNames() {
		if image, asked := images[name]; asked && image.Unknown != "" {
			reasons = append(reasons, fmt.Sprintf("image %s: %s", name, image.Unknown))
		}
	}
	if len(reasons) > 0 {
		out.Gaps = maps.Clone(i.Gaps)
		if out.Gaps == nil {
			out.Gaps = map[Kind]Gap{}
		}
		out.Gaps[Images] = Gap{Reason: strings.Join(reasons, "; "), Unread: true}
	}
	return &out
}
