"""The cluster's certificates and the kubeconfigs that carry them. Touches only the pki folder."""

from __future__ import annotations

import datetime
import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.e2e.cluster.settings import NODE_NAME, Settings

_CLIENTS = {
    "admin": ("e2e-admin", "system:masters"),
    "kubelet-client": ("apiserver-kubelet-client", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    "node": (f"system:node:{NODE_NAME}", "system:nodes"),
    "second-node": (f"system:node:{NODE_NAME}-2", "system:nodes"),
    "operator": ("e2e-operator", "leaderboard-operators"),
    "front-proxy": ("front-proxy", ""),
}
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def write_all(settings: Settings) -> None:
    """ca, apiserver, every client with its NAME.kubeconfig, and the service accounts' keys."""
    pki = settings.pki
    pki.mkdir(mode=0o700)
    authority = _authority()
    (pki / "ca.crt").write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    _issue(authority, pki, "apiserver", ("kube-apiserver", ""), _server_names(settings))
    kueue = x509.SubjectAlternativeName([x509.DNSName("kueue-webhook-service.kueue-system.svc")])
    _issue(authority, pki, "kueue", ("kueue", ""), kueue)
    for name, subject in _CLIENTS.items():
        _issue(authority, pki, name, subject, None)
        certificate = {
            "client-certificate": str(pki / f"{name}.crt"),
            "client-key": str(pki / f"{name}.key"),
        }
        cluster = {"server": settings.server, "certificate-authority": str(pki / "ca.crt")}
        write_kubeconfig(pki / f"{name}.kubeconfig", cluster, certificate)
    accounts = _key()
    _write_key(pki / "accounts.key", accounts)
    (pki / "accounts.pub").write_bytes(
        accounts.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def write_kubeconfig(
    path: Path, cluster: dict[str, Any], user: dict[str, str], namespace: str = "default"
) -> None:
    """A kubeconfig of one context `e2e`, readable by its owner only."""
    context = {"cluster": "e2e", "user": "e2e", "namespace": namespace}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "e2e",
        "clusters": [{"name": "e2e", "cluster": cluster}],
        "users": [{"name": "e2e", "user": user}],
        "contexts": [{"name": "e2e", "context": context}],
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, indent=1))


def _authority() -> _Authority:
    key, name = _key(), _name("carla-console-e2e", "")
    signed = (
        _certificate(name, key.public_key())
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _Authority(signed, key)


def _issue(
    authority: _Authority,
    pki: Path,
    file: str,
    subject: tuple[str, str],
    names: x509.SubjectAlternativeName | None,
) -> None:
    key = _key()
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        _certificate(_name(*subject), key.public_key())
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    signed = builder.sign(authority.key, hashes.SHA256())
    (pki / f"{file}.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    _write_key(pki / f"{file}.key", key)


def _certificate(name: x509.Name, key: rsa.RSAPublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 30 * _DAY)
    )


def _name(common: str, organisation: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


def _server_names(settings: Settings) -> x509.SubjectAlternativeName:
    known = ("127.0.0.1", settings.api_service)
    addresses = [x509.IPAddress(ipaddress.ip_address(text)) for text in known]
    return x509.SubjectAlternativeName([*addresses, x509.DNSName("kubernetes.default.svc")])


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
