package survey

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/object"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/workload"
)

// ImageList is every image of an inventory, and where it runs. Lists are never nil.
type ImageList struct {
	Pools  []ImagePool `json:"pools"`  // in the order of the survey
	Images []ImageUse  `json:"images"` // by name
	Unread []Unread    `json:"unread,omitempty"`
}

// ImagePool is a node pool as images see it.
type ImagePool struct {
	Name string `json:"name"`
	platform.Variant
	Nodes int `json:"nodes"`
	// Assumed tells that the pool is of a preset, so that the build of its nodes is not known.
	Assumed bool `json:"assumed,omitempty"`
}

// ImageStatus says whether an image runs where it is needed: in the pools that accept the pods.
type ImageStatus string

// The statuses.
const (
	ImageRuns     ImageStatus = "everywhere" // on all that are needed
	ImagePartly   ImageStatus = "some"       // not on all
	ImageNowhere  ImageStatus = "none"       // on none
	ImageUnknown  ImageStatus = "unknown"    // nobody can tell
	ImageUnplaced ImageStatus = "unplaced"   // no pool accepts the pods: there is nothing to run on
)

// ImageUse is one image and what uses it.
type ImageUse struct {
	Image  string      `json:"image"`
	Status ImageStatus `json:"status"`
	Digest string      `json:"digest,omitempty"`
	// Platforms are what the image is for; empty when that is not known, and Unknown says why.
	Platforms []platform.Variant   `json:"platforms"`
	Source    platform.ImageSource `json:"source,omitempty"`
	Unknown   string               `json:"unknown,omitempty"`
	Pools     []ImageOnPool        `json:"pools"` // those that are needed
	Workloads []ImageWorkload      `json:"workloads"`
}

// ImageOnPool is whether an image runs on the nodes of a pool. Where it does for some of its workloads only, it is told of those for
// which it does not: a HostProcess container runs where another one does not.
type ImageOnPool struct {
	Name   string          `json:"name"`
	Runs   platform.Answer `json:"runs"`
	Reason string          `json:"reason,omitempty"`
	// Workloads are those of which that is told, as KIND/NAMESPACE/NAME.
	Workloads []string `json:"workloads"`
}

// ImageWorkload is a workload that uses an image.
type ImageWorkload struct {
	object.Ref
	HostProcess bool     `json:"hostProcess,omitempty"`
	Pools       []string `json:"pools"` // that accept its pods
}

// Images lists the images of an inventory. Workloads that are done are left out: nothing of them is pulled any more.
func Images(inv *inventory.Inventory, s *Survey) *ImageList {
	out := &ImageList{Pools: make([]ImagePool, 0, len(s.Pools)), Images: []ImageUse{}}
	for i := range s.Pools {
		out.Pools = append(out.Pools, imagePool(inv, s, i))
	}
	at := map[string]int{}
	for i := range s.Placements {
		p := &s.Placements[i]
		if p.Done {
			continue
		}
		for _, name := range workload.Images(p.Spec) {
			if _, seen := at[name]; !seen {
				at[name] = len(out.Images)
				out.Images = append(out.Images, imageUse(inv, name))
			}
			out.Images[at[name]].add(p)
		}
	}
	for i := range out.Images {
		out.judge(inv, &out.Images[i])
	}
	slices.SortFunc(out.Images, func(a, b ImageUse) int { return cmp.Compare(a.Image, b.Image) })
	for _, kind := range []inventory.Kind{inventory.Workloads, inventory.Pools, inventory.Nodes, inventory.Images} {
		if gap, missing := inv.Gaps[kind]; missing && gap.Unread {
			out.Unread = append(out.Unread, Unread{Part: kind, Reason: gap.Reason})
		}
	}
	return out
}

func imagePool(inv *inventory.Inventory, s *Survey, index int) ImagePool {
	pool := s.Pools[index]
	p := ImagePool{
		Name: pool.Name, Nodes: len(pool.Nodes), Assumed: inv.PoolsAssumed,
		Variant: platform.Variant{OS: pool.OS(), Arch: pool.Labels[platform.LabelArch], Build: pool.Build()},
	}
	if p.Assumed {
		p.Build = "" // that of a preset is made up
	}
	return p
}

func imageUse(inv *inventory.Inventory, name string) ImageUse {
	image := inv.Image(name)
	// That a registry could not tell counts, whatever the name says: the image may not be there at all.
	if asked := inv.Images[name]; asked.Unknown != "" {
		image.Unknown = asked.Unknown
	}
	return ImageUse{
		Image: image.Name, Digest: image.Digest, Platforms: append([]platform.Variant{}, image.Variants...), Source: image.Source,
		Unknown: image.Unknown, Pools: []ImageOnPool{}, Workloads: []ImageWorkload{},
	}
}

func (u *ImageUse) add(p *Placement) {
	w := ImageWorkload{Ref: p.Workload.Object, HostProcess: placement.HostProcess(p.Spec), Pools: []string{}}
	for _, v := range p.Verdicts {
		if v.Fits {
			w.Pools = append(w.Pools, v.Pool.Name)
		}
	}
	u.Workloads = append(u.Workloads, w)
}

// judge says of an image where it runs, of all pools that some of its workloads needs.
func (l *ImageList) judge(inv *inventory.Inventory, u *ImageUse) {
	slices.SortStableFunc(u.Workloads, func(a, b ImageWorkload) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	image := inv.Image(u.Image)
	for i, pool := range l.Pools {
		on := ImageOnPool{Name: pool.Name}
		for _, w := range u.Workloads {
			if !slices.Contains(w.Pools, pool.Name) {
				continue
			}
			runs, why := image.On(pool.Variant, w.HostProcess)
			if runs == platform.Runs && u.Unknown != "" {
				runs, why = platform.RunsMaybe, u.Unknown
			} else if runs == platform.Runs && !w.HostProcess {
				runs, why = pulled(inv, i, image, pool.Build)
			}
			if worse(runs, on.Runs) {
				on.Runs, on.Reason, on.Workloads = runs, why, nil
			}
			if runs == on.Runs {
				on.Workloads = append(on.Workloads, w.String())
			}
		}
		if on.Runs != "" {
			u.Pools = append(u.Pools, on)
		}
	}
	u.Status = u.status()
}

// worse tells whether one answer outranks another: no, then unknown, then yes, then none yet.
func worse(a, b platform.Answer) bool {
	rank := []platform.Answer{"", platform.Runs, platform.RunsMaybe, platform.RunsNot}
	return slices.Index(rank, a) > slices.Index(rank, b)
}

// pulled tells whether the runtimes of a pool's nodes pull an image that Windows would run there: older ones take no image of an
// older build than that of their node.
func pulled(inv *inventory.Inventory, pool int, image platform.Image, build platform.Build) (platform.Answer, string) {
	builds := image.Builds()
	if build == "" || len(builds) == 0 || slices.Contains(builds, build) {
		return platform.Runs, ""
	}
	for _, n := range inv.Nodes {
		runtime, err := platform.ParseRuntime(n.Runtime)
		if n.Pool != pool || err != nil {
			continue
		}
		if older, known := runtime.RunsOlderBuilds(); known && !older {
			return platform.RunsNot, fmt.Sprintf("%s of node %s pulls images of its own Windows build only", runtime, n.Name)
		}
	}
	return platform.Runs, ""
}

// Why is why nobody can tell whether the image runs everywhere; empty when somebody can.
func (u *ImageUse) Why() string {
	for _, on := range u.Pools {
		if on.Runs == platform.RunsMaybe {
			return on.Reason
		}
	}
	return u.Unknown
}

func (u *ImageUse) status() ImageStatus {
	count := map[platform.Answer]int{}
	for _, on := range u.Pools {
		count[on.Runs]++
	}
	switch {
	case len(u.Pools) == 0:
		return ImageUnplaced
	case count[platform.RunsNot] == len(u.Pools):
		return ImageNowhere
	case count[platform.RunsNot] > 0:
		return ImagePartly
	case count[platform.RunsMaybe] > 0:
		return ImageUnknown
	default:
		return ImageRuns
	}
}

// Wanting tells whether some image does not run where it is needed.
func (l *ImageList) Wanting() bool {
	return slices.ContainsFunc(l.Images, func(u ImageUse) bool { return u.Status == ImagePartly || u.Status == ImageNowhere })
}

// Unknown are the images of which for some pool that is needed nobody can tell.
func (l *ImageList) Unknown() []ImageUse {
	return slices.DeleteFunc(slices.Clone(l.Images), func(u ImageUse) bool {
		return !slices.ContainsFunc(u.Pools, func(on ImageOnPool) bool { return on.Runs == platform.RunsMaybe })
	})
}
