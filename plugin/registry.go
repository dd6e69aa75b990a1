package plugin

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winready/kubectl-winready/pkg/image"
	"github.com/winready/kubectl-winready/pkg/inventory"
	"github.com/winready/kubectl-winready/pkg/platform"
)

// registryOptions say whether registries are asked for images, and how.
type registryOptions struct {
	on       bool
	mirrors  []string
	insecure []string
	secrets  []string
	cache    string
	asking   image.Options // what the flags ask for; set by validate
}

func (o *registryOptions) addFlags(cmd *cobra.Command) {
	flagSection(cmd, "Registry", func(f *pflag.FlagSet) {
		f.BoolVar(&o.on, "registry", false, "ask the registries of images for which platforms these are, with the logins of docker or podman")
		f.StringArrayVar(&o.mirrors, "mirror", nil, "ask a mirror first, as `REGISTRY=MIRROR`: docker.io=mirror.example:5000/hub, or *=MIRROR for any (repeatable)")
		f.StringArrayVar(&o.insecure, "insecure-registry", nil, "`HOST[:PORT]` of a registry or mirror that may speak plain HTTP or have a certificate that does not check (repeatable)")
		f.StringArrayVar(&o.secrets, "pull-secret", nil, "`FILE` with a pull secret: what kubectl get secret -o yaml writes, or a docker config.json (repeatable)")
		f.StringVar(&o.cache, "registry-cache", "", "keep what registries say in a `FOLDER`, by digest: only what is new is pulled, and the rest counts against no limit")
	})
	words(cmd, "pull-secret", cobra.ShellCompDirectiveDefault)
	words(cmd, "registry-cache", cobra.ShellCompDirectiveFilterDirs)
}

// validate reads what the flags name. It asks no registry.
func (o *registryOptions) validate(p *problems) {
	for _, f := range []struct {
		name  string
		given []string
	}{{"mirror", o.mirrors}, {"insecure-registry", o.insecure}, {"pull-secret", o.secrets}, {"registry-cache", []string{o.cache}}} {
		if strings.Join(f.given, "") != "" && !o.on {
			p.add("--%s: only beside --registry", f.name)
		}
	}
	o.asking = image.Options{Insecure: o.insecure, Cache: o.cache}
	for _, s := range o.mirrors {
		m, err := image.ParseMirror(s)
		p.check("mirror", err)
		o.asking.Mirrors = append(o.asking.Mirrors, m)
	}
	for _, file := range o.secrets {
		data, err := os.ReadFile(file)
		if err != nil {
			p.check("pull-secret", err)
			continue
		}
		found, err := image.PullSecrets(data)
		if err != nil {
			p.add("--pull-secret %s: %v", file, err)
		}
		o.asking.Secrets = append(o.asking.Secrets, found...)
	}
}

// images asks for images, all at once. What could not be asked for is told in the answer.
func (o *registryOptions) images(ctx context.Context, deps Deps, names []string) (map[string]platform.Image, error) {
	p := deps.newProgress()
	defer p.done()
	asking := o.asking
	asking.Progress = func(done, all int) { p.say("asked for %d of %d images", done, all) }
	r, err := image.New(asking)
	if err != nil {
		return nil, err
	}
	return r.Images(ctx, names)
}

// ask puts what registries say into inventories, if they are to be asked.
func (o *registryOptions) ask(ctx context.Context, deps Deps, inventories []*inventory.Inventory) error {
	if !o.on {
		return nil
	}
	var names []string
	for _, inv := range inventories {
		names = append(names, inv.ImageNames()...)
	}
	found, err := o.images(ctx, deps, names)
	if err != nil {
		return err
	}
	for i, inv := range inventories {
		inventories[i] = inv.WithImages(found)
	}
	return nil
}
