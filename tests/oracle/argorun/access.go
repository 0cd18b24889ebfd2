package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const accountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// access is how a pod reaches the API, as in a cluster: the service's address
// in the environment, and a token, CA and namespace in files.
type access struct {
	host, port string
	ca         []byte
}

// serveTLS serves the API a second time with a certificate of its own CA.
func serveTLS(st http.Handler) (*access, error) {
	keyPair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "argorun"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &keyPair.PublicKey, keyPair)
	if err != nil {
		return nil, err
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: keyPair}}})
	if err != nil {
		return nil, err
	}
	go func() { _ = http.Serve(ln, st) }()
	host, port, err := net.SplitHostPort(ln.Addr().String())
	return &access{host: host, port: port, ca: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, err
}

// mount writes the service account's files into a pod.
func (a *access) mount(b *sandbox, namespace string) error {
	dir := accountDir
	if run, err := filepath.EvalSymlinks("/var/run"); err == nil { // a link would lead out of the sandbox's root
		dir = strings.Replace(accountDir, "/var/run", run, 1)
	}
	b.binds[dir] = filepath.Join(b.dir, "serviceaccount")
	if err := os.MkdirAll(b.binds[dir], 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{"token": "argorun", "ca.crt": string(a.ca), "namespace": namespace} {
		if err := b.write(dir+"/"+name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (a *access) environment() []string {
	return []string{"KUBERNETES_SERVICE_HOST=" + a.host, "KUBERNETES_SERVICE_PORT=" + a.port}
}
