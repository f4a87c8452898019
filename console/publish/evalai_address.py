"""Which address a token of EvalAI may be sent to. Pure; no error repeats what was given."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from console.errors import InvalidInput
from console.operations.ports.publishing_settings import EVALAI

_LONGEST = 200
_HERE = ("localhost", "127.0.0.1", "::1")
_MOVED = ("evalapi.cloudcv.org", "evalai.cloudcv.org")
"""Old names of it, which only tell where it is now: a token is not taken along, nor is a PUT."""
_FIX = f"Write its name alone, as in {EVALAI}"


def server_address(told: Any, place: str = "EvalAI's server") -> str:
    """As requests begin with it. Raises InvalidInput, which names the place."""
    try:
        parts = urlsplit(told) if isinstance(told, str) and _is_plain(told) else None
        known = parts is not None and (parts.port != 0)
    except ValueError:
        known, parts = False, None
    if not known or parts is None or not parts.hostname or parts.scheme not in ("http", "https"):
        raise InvalidInput(f"{place} is no http or https address.", fix=_FIX)
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise InvalidInput(f"{place} has more than a server's name.", fix=_FIX)
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise InvalidInput(f"{place} would send the token unencrypted.", fix=_FIX)
    if parts.hostname in _MOVED:
        raise InvalidInput(f"{place} is an old name of EvalAI.", fix=_FIX)
    return str(told).rstrip("/")


def _is_plain(told: str) -> bool:
    return told.isascii() and told.isprintable() and " " not in told and len(told) < _LONGEST
