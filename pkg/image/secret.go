package image

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// PullSecrets are the pull secrets in a file: a Secret or a List of them, as kubectl get secret -o yaml writes them, or what such a
// secret has in it, which is what docker keeps in its config.json. The error says nothing of the content.
func PullSecrets(file []byte) ([][]byte, error) {
	var head struct {
		Kind  string          `json:"kind"`
		Items []corev1.Secret `json:"items"`
	}
	if yaml.Unmarshal(file, &head) != nil {
		return nil, errors.New("want a Secret, a List of Secrets or a docker config.json, got neither")
	}
	switch head.Kind {
	case "":
		_, err := readSecret(file)
		return [][]byte{file}, err
	case "Secret":
		var s corev1.Secret
		if yaml.Unmarshal(file, &s) != nil {
			return nil, errors.New("want a Secret, got one whose fields do not decode")
		}
		head.Items = []corev1.Secret{s}
	case "List", "SecretList":
	default:
		return nil, fmt.Errorf("kind: want Secret or List, got %q", head.Kind)
	}
	if len(head.Items) == 0 {
		return nil, errors.New("items: want at least one Secret, got none")
	}
	var out [][]byte
	for _, s := range head.Items {
		data, err := loginsOf(s)
		if err != nil {
			return nil, fmt.Errorf("secret %s: %w", s.Name, err)
		}
		out = append(out, data)
	}
	return out, nil
}

// loginsOf is what a Secret has in it. Those of Kubernetes have two types for it: pkg/apis/core/types.go of k8s.io/kubernetes.
func loginsOf(s corev1.Secret) ([]byte, error) {
	for _, key := range []string{corev1.DockerConfigJsonKey, corev1.DockerConfigKey} {
		data := s.Data[key]
		if data == nil {
			data = []byte(s.StringData[key])
		}
		if len(data) > 0 {
			_, err := readSecret(data)
			return data, err
		}
	}
	return nil, fmt.Errorf("data: want %s or %s, got neither", corev1.DockerConfigJsonKey, corev1.DockerConfigKey)
}
