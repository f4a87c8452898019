"""One value of a Secret, from the API's JSON. Pure; keeps nothing of the others."""

from __future__ import annotations

import msgspec

from console.cluster import bounds, wire
from console.cluster.decoding import DecodingFailed
from console.cluster.failures import Asked
from console.domain.hostile_text import neutralise
from console.errors import NotFound
from console.struct_library import decoder_of

_KEYS_TOLD = 20


def secret_value(raw: bytes, asked: Asked, key: str) -> bytes:
    """Raises NotFound where the Secret has no such key. No error repeats a value."""
    bounds.check_shape(raw, asked)
    try:
        values = decoder_of(wire.SecretData).decode(raw).data or {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodingFailed("The cluster's answer is no Secret.", why=str(error)[:300]) from None
    if key in values:
        return values[key]
    names = ", ".join(neutralise(each) for each in sorted(values)[:_KEYS_TOLD])
    raise NotFound(
        f"The Secret {asked.namespace}/{asked.name} has no key {key!a}.",
        why=f"It has: {names or 'none'}.",
    )
