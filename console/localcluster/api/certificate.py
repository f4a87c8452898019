"""A self-signed certificate for 127.0.0.1, made without a library or a program.

TLS is not there for secrecy on loopback: kubectl sends a kubeconfig's token over https only.
The key is used for this one signature and by the ssl module; both live as long as the cluster.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.localcluster.api.der import (
    bit_string,
    boolean,
    explicit,
    integer,
    object_id,
    octet_string,
    sequence,
    set_of,
    tagged,
    text,
    utc_time,
)
from console.localcluster.api.p256 import public_point, random_scalar, sign

_NAME = "carla-console embedded cluster"
_ECDSA_SHA256 = sequence(object_id("1.2.840.10045.4.3.2"))
_P256_KEY = sequence(object_id("1.2.840.10045.2.1"), object_id("1.2.840.10045.3.1.7"))
_LIFETIME = timedelta(days=365)
_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TlsIdentity:
    """A certificate, which is its own authority, and its key; both PEM."""

    certificate_pem: str
    key_pem: str = field(repr=False)

    def server_context(self) -> ssl.SSLContext:
        """For a server; the files that the ssl module insists on are gone when this returns."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
            certificate.write_text(self.certificate_pem)
            key.write_text(self.key_pem)
            context.load_cert_chain(certificate, key)
        return context


def make_identity(now: datetime | None = None) -> TlsIdentity:
    """A new key and its certificate, valid from an hour ago for a year."""
    scalar = random_scalar()
    public = public_point(scalar)
    body = _to_be_signed(public, now or datetime.now(UTC))
    r, s = sign(scalar, body)
    signature = bit_string(sequence(integer(r), integer(s)))
    certificate = sequence(body, _ECDSA_SHA256, signature)
    inner = sequence(
        integer(1), octet_string(scalar.to_bytes(32, "big")), explicit(1, bit_string(public))
    )
    key = sequence(integer(0), _P256_KEY, octet_string(inner))
    return TlsIdentity(_pem("CERTIFICATE", certificate), _pem("PRIVATE KEY", key))


def _to_be_signed(public: bytes, now: datetime) -> bytes:
    name = sequence(set_of(sequence(object_id("2.5.4.3"), text(_NAME))))
    validity = sequence(utc_time(now - _SKEW), utc_time(now + _LIFETIME))
    return sequence(
        explicit(0, integer(2)),
        integer(secrets.randbits(120)),
        _ECDSA_SHA256,
        name,
        validity,
        name,
        sequence(_P256_KEY, bit_string(public)),
        explicit(3, sequence(*_extensions(public))),
    )


def _extensions(public: bytes) -> list[bytes]:
    identifier = hashlib.sha1(public, usedforsecurity=False).digest()
    names = sequence(tagged(0x82, b"localhost"), tagged(0x87, bytes((127, 0, 0, 1))))
    signs_and_certifies = tagged(0x03, bytes((2, 0b10000100)))
    return [
        _extension("2.5.29.19", sequence(boolean(True)), critical=True),
        _extension("2.5.29.15", signs_and_certifies, critical=True),
        _extension("2.5.29.37", sequence(object_id("1.3.6.1.5.5.7.3.1"))),
        _extension("2.5.29.17", names),
        _extension("2.5.29.14", octet_string(identifier)),
        _extension("2.5.29.35", sequence(tagged(0x80, identifier))),
    ]


def _extension(identifier: str, value: bytes, *, critical: bool = False) -> bytes:
    parts = [object_id(identifier)]
    if critical:
        parts.append(boolean(True))
    return sequence(*parts, octet_string(value))


def _pem(label: str, der: bytes) -> str:
    encoded = base64.b64encode(der).decode()
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))
