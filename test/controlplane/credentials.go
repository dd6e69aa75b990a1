package controlplane

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// freePort is a port of the loopback that nobody has now.
func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("listening on %s, which has no port", l.Addr())
	}
	return addr.Port, nil
}

// credentials writes the server's certificate, which vouches for itself, the token of its only user, who may do everything,
// and a kubeconfig of both.
func (p *Plane) credentials(port int) error {
	certificate, key, err := selfSigned()
	if err != nil {
		return fmt.Errorf("making a certificate: %w", err)
	}
	token := rand.Text()
	for name, text := range map[string][]byte{
		certificateFile: certificate,
		keyFile:         key,
		tokenFile:       []byte(token + ",admin,admin,system:masters\n"),
	} {
		if err := os.WriteFile(filepath.Join(p.Folder, name), text, 0o600); err != nil {
			return err
		}
	}
	p.Config = &rest.Config{
		Host: fmt.Sprintf("https://127.0.0.1:%d", port), BearerToken: token,
		TLSClientConfig: rest.TLSClientConfig{CAData: certificate}, QPS: -1,
	}
	if p.client, err = kubernetes.NewForConfig(p.Config); err != nil {
		return err
	}
	return p.writeKubeconfig(p.Kubeconfig, api.AuthInfo{Token: token})
}

func (p *Plane) writeKubeconfig(path string, who api.AuthInfo) error {
	return WriteKubeconfig(path, "controlplane", api.Cluster{Server: p.Config.Host, CertificateAuthorityData: p.Config.CAData}, who)
}

// WriteKubeconfig writes one with a single context. Its cluster and its user have the same name.
func WriteKubeconfig(path, name string, cluster api.Cluster, user api.AuthInfo) error {
	return clientcmd.WriteToFile(api.Config{
		Clusters:       map[string]*api.Cluster{name: &cluster},
		AuthInfos:      map[string]*api.AuthInfo{name: &user},
		Contexts:       map[string]*api.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	}, path)
}

// selfSigned is a certificate for the loopback and its key, as PEM.
func selfSigned() (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:     []string{"localhost"},
		IsCA:         true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, e0 := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	keyDER, e1 := x509.MarshalECPrivateKey(private)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), errors.Join(e0, e1)
}
