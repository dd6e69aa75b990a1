package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/kwok/kustomize/stage/node/fast"
	"sigs.k8s.io/kwok/kustomize/stage/node/heartbeat"
	podfast "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
	"sigs.k8s.io/kwok/pkg/apis/internalversion"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/controllers"
	"sigs.k8s.io/kwok/pkg/utils/client"
	"sigs.k8s.io/kwok/pkg/utils/gotpl"
)

//go:embed pod-admit.yaml
var podAdmit string

// pretend is KWOK for all nodes, with its own stages but for that which starts pods: KWOK's runs any image on any node.
// KWOK's command cannot be given template functions, so what it does with its flags is done here.
func pretend(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("kubelets", flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	if err := flags.Parse(args); err != nil {
		return err
	}
	stages, err := stages()
	if err != nil {
		return err
	}
	conf, err := clients(*kubeconfig)
	if err != nil {
		return err
	}
	var c *controllers.Controller
	conf.LocalStages = stages
	conf.FuncMap = gotpl.FuncMap{"PodStatus": func(pod any, hostIPs, podIPs []string) (string, error) {
		return podStatus(c.GetNodeCache(), pod, hostIPs, podIPs)
	}}
	if c, err = controllers.NewController(conf); err != nil {
		return err
	}
	if err := c.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func stages() (map[internalversion.StageResourceRef][]*internalversion.Stage, error) {
	out := map[internalversion.StageResourceRef][]*internalversion.Stage{}
	for _, text := range []string{
		fast.DefaultNodeInit, heartbeat.DefaultNodeHeartbeat,
		podAdmit, podfast.DefaultPodComplete, podfast.DefaultPodDelete,
	} {
		stage, err := config.UnmarshalWithType[*internalversion.Stage](text)
		if err != nil {
			return nil, err
		}
		out[stage.Spec.ResourceRef] = append(out[stage.Spec.ResourceRef], stage)
	}
	return out, nil
}

// clients is the part of KWOK's configuration that hangs on the API server, with KWOK's defaults for the rest.
func clients(kubeconfig string) (controllers.Config, error) {
	set, err := client.NewClientset("", kubeconfig)
	if err != nil {
		return controllers.Config{}, err
	}
	config, e0 := set.ToRESTConfig()
	mapper, e1 := set.ToRESTMapper()
	dynamic, e2 := set.ToDynamicClient()
	if err := errors.Join(e0, e1, e2); err != nil {
		return controllers.Config{}, err
	}
	raw, e0 := rest.RESTClientFor(config)
	typed, e1 := kubernetes.NewForConfig(config)
	id, e2 := controllers.Identity()
	if err := errors.Join(e0, e1, e2); err != nil {
		return controllers.Config{}, fmt.Errorf("making clients: %w", err)
	}
	return controllers.Config{
		Clock:                     clock.RealClock{},
		ID:                        id,
		RESTClient:                raw,
		RESTMapper:                mapper,
		DynamicClient:             dynamic,
		TypedClient:               typed,
		ManageAllNodes:            true,
		CIDR:                      "10.42.0.0/16",
		NodeIP:                    "192.0.2.1",
		NodePort:                  10250,
		PodPlayStageParallelism:   4,
		NodePlayStageParallelism:  4,
		PodsOnNodeSyncParallelism: 1,
	}, nil
}
