package census

// Kept is how many groups of pods and how many samples a census holds on to.
func Kept(c *Census) (groups, samples int) { return len(c.groups), len(c.samples) }
