"""A real HTTPS server on loopback that remembers who came: headers, server name, certificate.

Its authority and certificates are made for it alone. Answers every request like an API server's
/version, so that kubectl and the console can both ask it.
"""

from __future__ import annotations

import contextlib
import json
import ssl
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

VERSION = {"gitVersion": "v1.36.2", "major": "1", "minor": "36"}
IDENTITY = ("authorization", "impersonate-")


@dataclass(frozen=True)
class Certificate:
    """PEM of a certificate and its key."""

    certificate: bytes
    key: bytes = field(repr=False)

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        paths = folder / f"{name}.crt", folder / f"{name}.key"
        for path, content in zip(paths, (self.certificate, self.key), strict=True):
            path.write_bytes(content)
        return paths


class Authority:
    """Signs certificates; one for each test session is enough."""

    def __init__(self, name: str = "test authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signed = self._build(self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.pem = signed.sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def issue(self, common_name: str, *names: str, password: bytes | None = None) -> Certificate:
        """For a server of these names and addresses, or for a client without any."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        builder = self._build(subject, key)
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general(name) for name in names]), critical=False
            )
        signed = builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM)
        sealed: KeySerializationEncryption = NoEncryption()
        if password is not None:
            sealed = BestAvailableEncryption(password)
        return Certificate(signed, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed))

    def _build(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )


def _general(name: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ip_address(name))
    return x509.DNSName(name)


@dataclass(frozen=True)
class Visit:
    """As whom and how a request came."""

    identity: tuple[tuple[str, str], ...]
    """The headers that say who it is, sorted, names in small letters."""
    server_name: str | None
    """What the client asked for in the TLS handshake; None for an address."""
    certificate: str
    """Common name of the client's certificate; empty without one."""


@dataclass
class GuardedServer:
    """Where it listens and who came."""

    host: str = "127.0.0.1"
    port: int = 0
    visits: list[Visit] = field(default_factory=list)
    context: ssl.SSLContext | None = None
    """How it speaks TLS; a proxy in front of it can do the same."""

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        peer = request.transport.get_extra_info("peercert") or {}
        subject = {key: value for ((key, value),) in peer.get("subject", ())}
        headers = [(k.lower(), v) for k, v in request.headers.items()]
        who = sorted(each for each in headers if each[0].startswith(IDENTITY))
        connection = request.transport.get_extra_info("ssl_object")
        name = getattr(connection, "asked_for", None)
        self.visits.append(Visit(tuple(who), name, subject.get("commonName", "")))
        return web.Response(text=json.dumps(VERSION), content_type="application/json")


@contextlib.asynccontextmanager
async def guarded_server(authority: Authority, *names: str) -> AsyncIterator[GuardedServer]:
    """Its certificate is good for these names; by default for its address."""
    server = GuardedServer()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=authority.pem.decode())
    context.verify_mode = ssl.CERT_OPTIONAL
    load(context, authority.issue("server", *(names or ("127.0.0.1",))))

    def asked(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        connection.asked_for = name  # type: ignore[attr-defined]

    context.sni_callback = asked
    server.context = context
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


def load(context: ssl.SSLContext, certificate: Certificate) -> None:
    """The ssl module takes files only."""
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*certificate.write(Path(folder), "server"))
