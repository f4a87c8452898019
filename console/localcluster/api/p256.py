"""ECDSA on the curve P-256, enough to sign one certificate. Not hardened against timing.

A key made here signs once, in its own process, before anybody else can ask it to.
"""

from __future__ import annotations

import hashlib
import secrets

_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

_Point = tuple[int, int] | None


def random_scalar() -> int:
    """A private key."""
    return secrets.randbelow(_ORDER - 1) + 1


def public_point(scalar: int) -> bytes:
    """The public key of a private one, uncompressed."""
    point = _multiply(scalar, _BASE)
    if point is None:
        raise ValueError("a private key is between 1 and the order of the curve")
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def sign(scalar: int, message: bytes) -> tuple[int, int]:
    """The signature (r, s) of the message's SHA-256."""
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    while True:
        once = random_scalar()
        point = _multiply(once, _BASE)
        r = point[0] % _ORDER if point else 0
        s = pow(once, -1, _ORDER) * (digest + r * scalar) % _ORDER
        if r and s:
            return r, s


def _multiply(scalar: int, point: _Point) -> _Point:
    result: _Point = None
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _add(one: _Point, other: _Point) -> _Point:
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % _FIELD == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, _FIELD)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, _FIELD)
    x3 = (slope * slope - x1 - x2) % _FIELD
    return x3, (slope * (x1 - x3) - y1) % _FIELD
