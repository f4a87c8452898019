"""Who we are to the cluster: which way in a user's entry takes, and how it is renewed.

A token is never part of a repr, a log record or an error text. What a renewed kubeconfig says is
taken up for the same user on the same server only: the identity that is shown never changes.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from console.cluster import auth_provider, exec_plugin, impersonation
from console.cluster.foreign_files import UnusableFile, read
from console.cluster.kubeconfig import Access
from console.cluster.proxies import is_loopback
from console.cluster.rules import header_fault
from console.cluster.tls import client_pair
from console.cluster.tokens import EARLY, Token
from console.errors import ConsoleError, Forbidden

log = logging.getLogger(__name__)

TOKEN_FILE_LIFE = timedelta(minutes=1)

Fetch = Callable[[], Awaitable[Token]]
WayIn = tuple[Fetch, bool]
"""How to get a token, and whether asking again can give another one."""
Reread = Callable[[], Awaitable[WayIn]]


class Credentials:
    """The present token, fetched at first use, before it expires and on demand.

    `reread` tells the way in that the user's configuration has by now: a login that was renewed
    there is taken up when the old one is refused.
    """

    def __init__(self, fetch: Fetch, *, renewable: bool, reread: Reread | None = None) -> None:
        self._fetch, self.renewable, self._reread = fetch, renewable, reread
        self._token: Token | None = None
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Credentials renewable={self.renewable}>"

    async def token(self) -> Token:
        async with self._turn:
            held = self._token
            if held is None or (held.renew_at and held.renew_at <= datetime.now(UTC)):
                self._token = held = await self._fetch()
            return held

    async def renew(self, refused: Token) -> bool:
        """Another token than the refused one, where there can be one."""
        async with self._turn:
            if self._token is not refused:
                return True
            if self._reread is not None:
                self._fetch, self.renewable = await self._reread()
            elif not self.renewable:
                return False
            fresh = await self._fetch()
            if (fresh.header, fresh.certificate) == (refused.header, refused.certificate):
                return False
            self._token = fresh
            return True


def credentials_of(access: Access, load: Callable[[], Access] | None = None) -> Credentials:
    """Those of a context. `load` reads the same context anew; its files may have changed."""
    first = way_in(access)
    if load is None:
        return Credentials(first[0], renewable=first[1])

    async def reread() -> WayIn:
        """A file that cannot be read now changes nothing. Raises Forbidden for another identity."""
        try:
            found = await asyncio.to_thread(load)
        except ConsoleError as error:
            log.warning("The kubeconfig cannot be read again: %s", error.what)
            return first
        _check_same(access, found)
        return way_in(found)

    return Credentials(first[0], renewable=first[1], reread=reread)


def _check_same(begun: Access, found: Access) -> None:
    """The renewed login is the same user's, acting as the same one, on the same server."""
    was, now = ((a.server, a.user_name, impersonation.headers(a.user)) for a in (begun, found))
    if was == now:
        return
    other = "server" if was[0] != now[0] else "user"
    raise Forbidden(
        "The cluster does not accept these credentials, and the context "
        f"{begun.context} names another {other} by now.",
        why=f"It says {_named(found)}; this console began as {_named(begun)}.",
        fix="Open the console anew to act as that one.",
    )


def _named(access: Access) -> str:
    return f"{impersonation.who(access.user_name, access.user) or 'nobody'} at {access.server}"


def way_in(access: Access) -> WayIn:
    """By the order that kubectl uses: token file, token, basic, certificate, plug-in, provider.

    As kubectl, no secret goes over http:// – except to this machine itself.
    """
    user = access.user
    if not _is_private(access.server):
        return _fixed(lambda: Token(None))
    if user.token_file:
        return _TokenFile(access).fetch, True
    if user.token:
        return _fixed(lambda: Token(f"Bearer {user.token}", None, client_pair(access)))
    if user.username:
        pair = base64.b64encode(f"{user.username}:{user.password}".encode()).decode()
        return _fixed(lambda: Token(f"Basic {pair}", None, client_pair(access)))
    if user.plugin is not None and not user.has_certificate:
        return lambda: exec_plugin.credentials(access), True
    if user.auth_provider is not None:
        return auth_provider.Login(access).fetch, True
    return _fixed(lambda: Token(None, None, client_pair(access)))


def _is_private(server: str) -> bool:
    parts = urlsplit(server)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def _fixed(make: Callable[[], Token]) -> WayIn:
    async def fetch() -> Token:
        return await asyncio.to_thread(make)

    return fetch, False


class _TokenFile:
    """The token that a file holds now; the one before where it holds none for a moment."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._last = access.user.token

    async def fetch(self) -> Token:
        try:
            self._last = await asyncio.to_thread(self._read)
        except Forbidden as error:
            if not self._last:
                raise
            log.warning("%s The token before it is used.", error.what)
        pair = await asyncio.to_thread(client_pair, self._access)
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
            raise Forbidden(
                f"The token file {path} cannot be read.",
                why=why,
                fix=f"tokenFile of {place} names it: log in again, or correct the entry.",
            )
        return text
