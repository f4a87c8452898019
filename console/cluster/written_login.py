"""A login that stands in the kubeconfig or in a file that it names. Blocking; asks no program.

A token is never part of a repr, a log record or an error text.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from console.cluster.certificates import client_pair
from console.cluster.foreign_files import UnusableFile, read
from console.cluster.kubeconfig import Access
from console.cluster.proxies import is_loopback
from console.cluster.rules import header_fault
from console.cluster.tokens import EARLY, Token
from console.errors import LoginRefused

TOKEN_FILE_LIFE = timedelta(minutes=1)


def written_login(access: Access) -> Callable[[], Token] | None:
    """How to read it; None where a plug-in or a provider gives it.

    By the order that kubectl uses: token file, token, basic, certificate, plug-in, provider. As
    kubectl, no secret goes over http:// – except to this machine itself.
    """
    user = access.user
    if not is_private(access.server):
        return lambda: Token(None)
    if user.token_file:
        return _TokenFile(access)
    if user.token:
        return lambda: Token(f"Bearer {user.token}", None, client_pair(access))
    if user.username:
        pair = base64.b64encode(f"{user.username}:{user.password}".encode()).decode()
        return lambda: Token(f"Basic {pair}", None, client_pair(access))
    if (user.plugin is not None and not user.has_certificate) or user.auth_provider is not None:
        return None
    return lambda: Token(None, None, client_pair(access))


def is_private(server: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    parts = urlsplit(server)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


class _TokenFile:
    """The token that a file holds now; the one before where it holds none for a moment."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._last = access.user.token

    def __call__(self) -> Token:
        try:
            self._last = self._read()
        except LoginRefused as error:
            if not self._last:
                raise
            # Late: nothing else of a command that only reads has a word to log.
            import logging

            logging.getLogger(__name__).warning("%s The token before it is used.", error.what)
        pair = client_pair(self._access)
        return Token(f"Bearer {self._last}", datetime.now(UTC) + TOKEN_FILE_LIFE + EARLY, pair)

    def _read(self) -> str:
        path, place = self._access.user.token_file, self._access.user_place
        try:
            text = read(path).decode().strip()
            why = header_fault(text) if text else "It is empty."
        except UnusableFile as error:
            why = error.why
        except UnicodeDecodeError:
            why = "It is no text."
        if why:
            raise LoginRefused(
                f"The token file {path} cannot be read.",
                why=why,
                fix=f"tokenFile of {place} names it: log in again, or correct the entry.",
            )
        return text
