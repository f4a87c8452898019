"""Who may come in: the first browser that brings the link, and from this server's own page alone.

A port on loopback is open to every user of the machine, and to every page in a browser of theirs:
the link is good once, a cookie goes on for it, and a page of another origin is not heard, whatever
name it has given to this machine's address. Knows no server: requests are their headers here.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
TOKEN = "token"
USED = "This link has been used, or is not of this console. `carla-console web` makes a new one."
OTHER_NAME = "This console answers to the name of this machine's loopback alone."
OTHER_PAGE = "Another page asks for this console."
UNKNOWN = "This browser has not brought the link that `carla-console web` printed."


class Door:
    """One link and one cookie, made anew for each server."""

    def __init__(self) -> None:
        self._token = secrets.token_urlsafe(32)
        self._used = False
        self.pass_word = secrets.token_urlsafe(32)
        """What the cookie says."""

    @property
    def link(self) -> str:
        """The path of the one link."""
        return f"/?{TOKEN}={self._token}"

    def redeem(self, token: str) -> bool:
        """Whether it opens; it does once."""
        opens = secrets.compare_digest(_bytes(token), self._token.encode()) and not self._used
        self._used = self._used or opens
        return opens

    def refusal(self, headers: Mapping[str, str], *, session: bool) -> str:
        """Why a request is not heard, whoever asks; empty when it is.

        `session`: it wants a console. Every browser says of which page such a wish is.
        """
        host = headers.get("Host", "")
        if host.rpartition(":")[0 if ":" in host.rpartition("]")[2] else 2] not in OWN_NAMES:
            return OTHER_NAME
        origin = headers.get("Origin", "")
        if (session or origin) and origin != f"http://{host}":
            return OTHER_PAGE
        return ""

    def knows(self, cookie: str) -> bool:
        """Whether it is the cookie that was given for the link."""
        return secrets.compare_digest(_bytes(cookie), self.pass_word.encode())


def _bytes(said: str) -> bytes:
    """Of a header, which may hold what is no text."""
    return said.encode(errors="surrogateescape")
