package printer

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
	"github.com/winready/kubectl-winready/pkg/survey"
)

// imageWord is how a status reads in the first column, and in the headline behind a number.
type imageWord struct {
	status       survey.ImageStatus
	short        string
	one, several string
	color        color
}

// imageWords are the statuses, those first that somebody has to do something about.
func imageWords() []imageWord {
	return []imageWord{
		{survey.ImageNowhere, "no", "runs on none of the pools it is for", "run on none of the pools they are for", red},
		{survey.ImagePartly, "some", "runs on some of its pools only", "run on some of their pools only", red},
		{survey.ImageUnknown, "?", "is not known", "are not known", yellow},
		{survey.ImageUnplaced, "-", "is of pods that no pool accepts", "are of pods that no pool accepts", dim},
		{survey.ImageRuns, "yes", "runs on all of its pools", "run on all of their pools", green},
	}
}

func rankOf(status survey.ImageStatus) int {
	return slices.IndexFunc(imageWords(), func(w imageWord) bool { return w.status == status })
}

func writeImages(w io.Writer, target string, l *survey.ImageList, s Style, all bool) error {
	var b strings.Builder
	topLine(&b, s, target, imagesHeadline(l))
	if len(l.Images) > 0 {
		for _, text := range wrap(poolsOfImages(l), s.prose()) {
			b.WriteString(s.paint(dim, text) + "\n")
		}
		b.WriteByte('\n')
		writeImageRows(&b, l, s, all)
	}
	// What is not known of an image is told beside it.
	rest := &survey.Summary{Unread: slices.DeleteFunc(slices.Clone(l.Unread), func(u survey.Unread) bool { return u.Part == inventory.Images })}
	writeUnread(&b, rest, s)
	_, err := io.WriteString(w, b.String())
	return err
}

// imagesHeadline is "7 images: 1 runs on none of the pools it is for, 6 run on all of their pools".
func imagesHeadline(l *survey.ImageList) string {
	if len(l.Images) == 0 {
		return "no images"
	}
	var parts []string
	for _, word := range imageWords() {
		n := 0
		for _, u := range l.Images {
			if u.Status == word.status {
				n++
			}
		}
		switch {
		case n == 1:
			parts = append(parts, "1 "+word.one)
		case n > 1:
			parts = append(parts, strconv.Itoa(n)+" "+word.several)
		}
	}
	return count(len(l.Images), "image") + ": " + strings.Join(parts, ", ")
}

// poolsOfImages is "pools: linux (linux/amd64, 3 nodes), iis (windows/amd64 2022, 1 node)".
func poolsOfImages(l *survey.ImageList) string {
	var out []string
	for _, p := range l.Pools {
		text := printable(p.Name) + " (" + platformsText([]platform.Variant{p.Variant})
		switch {
		case p.Assumed:
			text += ", assumed"
		case p.Nodes > 0:
			text += ", " + count(p.Nodes, "node")
		}
		out = append(out, text+")")
	}
	if len(out) == 0 {
		return "no pools"
	}
	return "pools: " + strings.Join(out, ", ")
}

// platformsText is "linux/amd64, linux/arm64, windows/amd64 2019 2022".
func platformsText(variants []platform.Variant) string {
	var out []string
	last := ""
	for _, v := range variants {
		build := cmp.Or(v.Build.Release(), string(v.Build))
		v.Build = ""
		if v.String() != last {
			out, last = append(out, v.String()), v.String()
		}
		if build != "" && !strings.HasSuffix(out[len(out)-1], " "+build) {
			out[len(out)-1] += " " + build
		}
	}
	return strings.Join(out, ", ")
}

func writeImageRows(b *strings.Builder, l *survey.ImageList, s Style, all bool) {
	images := slices.Clone(l.Images)
	slices.SortStableFunc(images, func(a, b survey.ImageUse) int { return cmp.Compare(rankOf(a.Status), rankOf(b.Status)) })
	t := table{headerRow([]string{"RUNS", "IMAGE", "FOR"})}
	for _, u := range images {
		word := imageWords()[rankOf(u.Status)]
		t = append(t, []cell{line(word.color, word.short), line(plain, printable(u.Image)), imageFor(u)})
	}
	widths := t.widths()
	// A platform list that does not fit beside the name stands below it.
	narrow := s.Columns > 0 && t.width("") > s.Columns
	for i, row := range t {
		below := []string{}
		if narrow && i > 0 && len(images[i-1].Platforms) > 0 {
			below = append(below, "for "+row[2].lines[0])
		}
		if narrow {
			row = row[:2]
		}
		writeRow(b, s, "", row, widths)
		if i > 0 {
			below = append(below, belowImage(images[i-1], all)...)
		}
		for _, text := range below {
			for _, part := range wrap(text, max(s.prose()-6, 20)) {
				b.WriteString("      " + s.paint(dim, part) + "\n")
			}
		}
	}
}

func imageFor(u survey.ImageUse) cell {
	if len(u.Platforms) == 0 {
		return line(dim, "not known")
	}
	text := platformsText(u.Platforms)
	if u.Source == platform.FromName {
		text += " (by its name)"
	}
	return line(plain, printable(text))
}

// belowImage is where an image runs and where not, the pools for which the same holds together, and what uses it.
func belowImage(u survey.ImageUse, all bool) []string {
	var out []string
	if u.Status != survey.ImageRuns || all {
		for _, answer := range []platform.Answer{platform.Runs, platform.RunsNot, platform.RunsMaybe} {
			out = append(out, onPools(u, answer)...)
		}
	}
	if u.Status == survey.ImageRuns && !all {
		return out
	}
	names := make([]string, 0, len(u.Workloads))
	for _, w := range u.Workloads {
		names = append(names, w.String())
	}
	used := someOf(names)
	if all {
		used = strings.Join(names, ", ")
	}
	return append(out, printable("used by "+used))
}

// someOf are the first few names of many.
func someOf(names []string) string {
	const few = 4
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// onPools are lines such as "not on old, older: its Windows build is ...".
func onPools(u survey.ImageUse, answer platform.Answer) []string {
	type fate struct{ reason, whose string }
	var fates []fate
	pools := map[fate][]string{}
	for _, on := range u.Pools {
		if on.Runs != answer {
			continue
		}
		f := fate{reason: on.Reason}
		if answer != platform.Runs && len(on.Workloads) < len(u.Workloads) {
			f.whose = " (" + someOf(on.Workloads) + ")"
		}
		if pools[f] == nil {
			fates = append(fates, f)
		}
		pools[f] = append(pools[f], on.Name)
	}
	how := map[platform.Answer]string{platform.Runs: "runs on ", platform.RunsNot: "not on ", platform.RunsMaybe: "not known for "}[answer]
	var out []string
	for _, f := range fates {
		text := how + strings.Join(pools[f], ", ") + f.whose
		if f.reason != "" {
			text += ": " + f.reason
		}
		out = append(out, printable(text))
	}
	return out
}
