"""What a token of EvalAI is, however it is kept, and how it is presented. Pure.

No error repeats any of it.
"""

from __future__ import annotations

import json
import re
from typing import Protocol

from console.operations.ports.evalai import EvalAiLogin

LONGEST = 8 * 1024
_OLD_KIND = re.compile(r"[0-9a-f]{40}")


class TokenSource(Protocol):
    """Where its owner keeps it."""

    async def token(self) -> str:
        """As it is now. Raises EvalAiLogin where there is none, EvalAiBusy while nobody can
        tell."""
        ...

    def refused(self) -> None:
        """EvalAI does not take it: what is held of it is dropped, for a new one may be there."""
        ...


def token_in(text: str, place: str) -> str:
    """The token that stands in a text: alone, or as EvalAI's own command keeps it, in JSON.

    `place` names the text in an error. Raises EvalAiLogin.
    """
    told = text.strip()
    found = _inner(told) if told.startswith("{") else told
    if not found or len(found) > LONGEST or not _printable(found):
        raise EvalAiLogin(f"{place} holds no token.")
    return found


def _inner(told: str) -> str:
    try:
        found = json.loads(told).get("token")
    except (ValueError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def _printable(told: str) -> bool:
    return told.isascii() and told.isprintable() and " " not in told


def authorization(token: str) -> str:
    """The header's value. EvalAI has had two kinds of tokens, and takes both."""
    return f"{'Token' if _OLD_KIND.fullmatch(token) else 'Bearer'} {token}"
