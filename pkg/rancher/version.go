package rancher

import "context"

// Version is the version of the server: "v2.12.1", or what a build in between calls itself. It is asked for once, and is empty where the
// server does not tell: nothing hangs on it. The address is that of shell/utils/versions.js of rancher/dashboard.
func (c *Client) Version(ctx context.Context) string {
	var told struct{ Version string }
	if err := c.once(ctx, c.address("rancherversion"), &told); err != nil {
		c.options.Logger.DebugContext(ctx, "Rancher does not tell its version", "because", err)
		return ""
	}
	return Redact(oneLine(told.Version))
}
