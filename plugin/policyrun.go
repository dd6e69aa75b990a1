package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/winready/kubectl-winready/pkg/cluster"
	"github.com/winready/kubectl-winready/pkg/placement"
	"github.com/winready/kubectl-winready/pkg/policy"
	"github.com/winready/kubectl-winready/pkg/postrender"
)

func (o *policyOptions) readPools(ctx context.Context) ([]placement.Pool, error) {
	if o.pools == liveCluster {
		return livePools(ctx, o.config)
	}
	return readPools(ctx, o.pools)
}

func (o *policyOptions) run(ctx context.Context, deps Deps, q policy.Request) error {
	version, err := o.version(ctx)
	if err != nil {
		return err
	}
	q.APIVersion = version.Name
	if q.Name == "" {
		q.Name = o.scope.name(q, o.os)
	}
	if len(q.Scopes) == 0 {
		return o.scope.left(deps, nil)
	}
	made, err := policy.Make(q)
	if err != nil {
		return fmt.Errorf("making the policy: %w", err)
	}
	write := made.YAML
	if o.output == "json" {
		write = made.JSON
	}
	text, err := write()
	if err != nil {
		return err
	}
	if _, err := deps.Out.Write(text); err != nil {
		return fmt.Errorf("writing stdout: %w", err)
	}
	if needs := version.Needs(); needs != "" && q.Engine == policy.Admission {
		fmt.Fprintf(deps.ErrOut, "note: %s of the API needs %s\n", version.Name, needs)
	}
	return o.scope.left(deps, made.Notes)
}

// noPoliciesError is an API server that has no MutatingAdmissionPolicies.
type noPoliciesError struct{ who string }

func (e *noPoliciesError) Error() string {
	var off []string
	for _, v := range policy.Versions() {
		if !v.On {
			off = append(off, fmt.Sprintf("from 1.%d on as %s with %s", v.Since, v.Name, v.Needs()))
		}
	}
	return fmt.Sprintf("%s has no MutatingAdmissionPolicies: Kubernetes has them from 1.%d on, %s", e.who, policy.Versions()[0].Since, strings.Join(off, ", "))
}

// version is the version of the API that the policy is written for. Kyverno needs none.
func (o *policyOptions) version(ctx context.Context) (policy.Version, error) {
	if o.engine == string(policy.Kyverno) {
		return policy.Version{}, nil
	}
	if o.kubeVersion != "" {
		minor, err := postrender.Minor(o.kubeVersion)
		if err != nil {
			return policy.Version{}, err
		}
		if v, ok := policy.VersionFor(minor); ok {
			return v, nil
		}
		return policy.Version{}, &noPoliciesError{"Kubernetes " + o.kubeVersion}
	}
	reader, err := cluster.New(o.config, cluster.Options{})
	if err != nil {
		return policy.Version{}, err
	}
	served, err := reader.Served(ctx, policy.Group, policy.Resource)
	if err != nil {
		return policy.Version{}, err
	}
	for _, v := range policy.Versions() {
		if slices.Contains(served.Versions, v.Name) {
			return v, nil
		}
	}
	return policy.Version{}, &noPoliciesError{"the API server, " + served.Server + ","}
}
