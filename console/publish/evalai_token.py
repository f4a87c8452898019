"""The token of a host of a challenge, from the file that its owner keeps it in.

It is read at each use: a new one counts at once, and none is held. No error repeats any of it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from console.operations.ports.evalai import EvalAiLogin

_LONGEST = 8 * 1024
_OLD_KIND = re.compile(r"[0-9a-f]{40}")


class EvalAiTokenFile:
    """It holds the token alone, or is the JSON file that EvalAI's own command keeps it in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str:
        """Raises EvalAiLogin."""
        try:
            with self._path.open(encoding="utf-8") as file:
                told = file.read(_LONGEST + 1).strip()
        except (OSError, ValueError) as error:
            why = f"Its file cannot be read: {str(self._path)!a} ({type(error).__name__})."
            raise EvalAiLogin(why) from None
        found = _inner(told) if told.startswith("{") else told
        if not found or len(found) > _LONGEST or not _printable(found):
            raise EvalAiLogin(f"Its file holds no token: {str(self._path)!a}.")
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
