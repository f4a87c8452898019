"""Who we are to the cluster: which way in a user's entry takes, and how it is renewed.

A token is never part of a repr, a log record or an error text. What a renewed kubeconfig says is
taken up for the same user on the same server only: the identity that is shown never changes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from console.cluster import auth_provider, exec_plugin, impersonation
from console.cluster.kubeconfig import Access
from console.cluster.tokens import Token
from console.cluster.written_login import is_private, written_login
from console.errors import ConsoleError, LoginRefused

log = logging.getLogger(__name__)

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
            # Another request was refused with the same one, and has renewed it meanwhile.
            if self._token is not refused:
                return True
            if self._reread is not None:
                self._fetch, self.renewable = await self._reread()
            elif not self.renewable:
                return False
            fresh = await self._fetch()
            # The same again would be refused again, and a plug-in be run at each request.
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
        """A file that cannot be read now changes nothing.

        Raises LoginRefused for another identity.
        """
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
    raise LoginRefused(
        "The cluster does not accept these credentials, and the context "
        f"{begun.context} names another {other} by now.",
        why=f"It says {_named(found)}; this console began as {_named(begun)}.",
        fix="Open the console anew to act as that one.",
    )


def _named(access: Access) -> str:
    return f"{impersonation.who(access.user_name, access.user) or 'nobody'} at {access.server}"


def way_in(access: Access) -> WayIn:
    """What `written_login` finds, else the plug-in's or the provider's answer."""
    read = written_login(access)
    if read is not None:
        return _in_a_thread(read), bool(access.user.token_file) and is_private(access.server)
    if access.user.plugin is not None and not access.user.has_certificate:
        return lambda: exec_plugin.credentials(access), True
    return auth_provider.Login(access).fetch, True


def _in_a_thread(read: Callable[[], Token]) -> Fetch:
    async def fetch() -> Token:
        return await asyncio.to_thread(read)

    return fetch
