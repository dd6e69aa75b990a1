package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// listBytes is less than any client can do that looks at what it reads: it receives the same pages and throws them away.
func listBytes(ctx context.Context, out io.Writer, kubeconfig string) error {
	c, err := clientOf(kubeconfig)
	if err != nil {
		return err
	}
	total := 0
	for _, list := range []struct {
		client rest.Interface
		path   string
		fields string
	}{
		{c.CoreV1().RESTClient(), "nodes", ""},
		{c.CoreV1().RESTClient(), "pods", ""},
		{c.AppsV1().RESTClient(), "deployments", ""},
		{c.AppsV1().RESTClient(), "replicasets", ""},
		{c.AppsV1().RESTClient(), "daemonsets", ""},
		{c.AppsV1().RESTClient(), "statefulsets", ""},
		{c.BatchV1().RESTClient(), "jobs", ""},
		{c.BatchV1().RESTClient(), "cronjobs", ""},
		{c.CoreV1().RESTClient(), "events", warnings},
	} {
		for next := ""; ; {
			answer, err := list.client.Get().Resource(list.path).Param("limit", "500").Param("continue", next).Param("fieldSelector", list.fields).DoRaw(ctx)
			if err != nil {
				return err
			}
			total += len(answer)
			if next, err = continueOf(answer); err != nil {
				return err
			}
			if next == "" {
				break
			}
		}
	}
	fmt.Fprintln(out, total, "bytes")
	return nil
}

var errNoList = errors.New("no list in protobuf")

// continueOf reads how a list goes on, and nothing else of it: list metadata is the first field of what an envelope has in its second.
func continueOf(answer []byte) (string, error) {
	const magic, raw = "k8s\x00", 2
	for data := bytes.TrimPrefix(answer, []byte(magic)); ; {
		number, value, rest, err := field(data)
		if err != nil {
			return "", err
		}
		if number == raw {
			_, list, _, err := field(value)
			if err != nil {
				return "", err
			}
			var meta metav1.ListMeta
			err = meta.Unmarshal(list)
			return meta.Continue, err
		}
		data = rest
	}
}

// field is the first field of a message in protobuf, of those that have a length.
func field(message []byte) (number uint64, value, rest []byte, err error) {
	tag, n := binary.Uvarint(message)
	length, m := binary.Uvarint(message[max(n, 0):])
	if n <= 0 || m <= 0 || tag&7 != 2 || length > uint64(len(message)-n-m) {
		return 0, nil, nil, errNoList
	}
	return tag >> 3, message[n+m:][:length], message[n+m:][length:], nil
}
