"""Reads of one API server over blocking sockets, without a loop and without an HTTP library.

For a command that asks a few questions and ends: importing asyncio and aiohttp takes three times as
long as asking. It has no rule of its own: who we are, whom we trust, how much is taken of an answer
and what an error is called are decided where `Transport` has them decided. What needs patience, a
renewed login or another form of HTTP is Unusual; then everything is asked anew by `Transport`.

Its coroutines never wait for a loop: `operations.at_once` runs them. Threads may share it.
"""

from __future__ import annotations

import contextlib
import io
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode, urlsplit

from console.cluster import bounds
from console.cluster.failures import error_of
from console.cluster.kubeconfig import Access
from console.cluster.plain_answers import PIECE, Head, PlainBody, Unusual, head_of
from console.cluster.proxies import PORTS
from console.cluster.request import Answer, Request, usual_headers
from console.cluster.tokens import Token
from console.operations.at_once import OthersTurn, all_asked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SILENT_SECONDS = 5.0
"""A server that says nothing for so long needs the usual transport's patience."""
WHOLE_SECONDS = 30.0
"""An answer that takes longer, if only its head comes byte by byte, is left to it as well."""
REFUSALS = (400, 403, 404)
"""What a log's request is refused with for good; anything else may be worth another try."""


class TimedReads(io.RawIOBase):
    """What comes from a socket, until `until` on the monotonic clock. Raises TimeoutError."""

    def __init__(self, made: socket.socket) -> None:
        self._socket, self.until = made, 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("slow")
        self._socket.settimeout(min(left, SILENT_SECONDS))
        return self._socket.recv_into(buffer)


class _Connection:
    """A socket and what is read from it."""

    def __init__(self, made: socket.socket) -> None:
        self.socket, self._reads = made, TimedReads(made)
        self.peer = cast("io.BufferedReader", io.BufferedReader(self._reads, PIECE))

    def begin(self) -> None:
        """The next answer has its time from now on."""
        self._reads.until = time.monotonic() + WHOLE_SECONDS
        self.socket.settimeout(SILENT_SECONDS)

    def close(self) -> None:
        self.peer.close()
        self.socket.close()


def _keep_large_blocks() -> None:
    """Free one of nearly the largest answer's size, untouched. What is freed later stays with us.

    glibc else gives a page's megabytes back as each page of a list is done with, and touching new
    ones for the next takes as long as reading it.
    """
    bytes(bounds.ANSWER_BYTES - bounds.MIB)


class PlainTransport:
    """Asks `access.server`, directly. `login`: reads the one that stands in the files."""

    def __init__(self, access: Access, login: Callable[[], Token]) -> None:
        self._access = access
        parts = urlsplit(access.server)
        self._secure, self._prefix = parts.scheme == "https", parts.path
        self._host, self._port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        self._name = parts.netloc
        self._token = login()
        self._idle: list[_Connection] = []
        _keep_large_blocks()

    async def send(self, request: Request) -> Answer:
        """A success as a whole. Raises Unusual for anything else, and TooMuch."""
        # In one piece: joining megabytes costs as much as reading them.
        async with self._asked(request, bounds.ANSWER_BYTES + 1) as (head, body):
            if head.status >= 300:
                raise Unusual(f"status {head.status}")
            return Answer(await bounds.whole(body.iter_any(), request.asked))

    @contextlib.asynccontextmanager
    async def stream(self, request: Request, *, silence: float | None) -> AsyncIterator[PlainBody]:
        """An open body. Raises what a refusal for good means, and Unusual for any other."""
        del silence  # shorter here: who is silent is asked anew, and then waited for
        async with self._asked(request) as (head, body):
            if head.status in REFUSALS:
                said = bytearray()
                await bounds.beginning(body.iter_any(), said)
                ended = self._token.ended()
                raise error_of(request.asked, head.status, bytes(said), expired=ended)
            if head.status >= 300:
                raise Unusual(f"status {head.status}")
            yield body

    async def side_by_side(self, works: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
        return await all_asked(works)

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextlib.asynccontextmanager
    async def _asked(
        self, request: Request, piece: int | None = None
    ) -> AsyncIterator[tuple[Head, PlainBody]]:
        """The answer of any status; its connection is kept where nothing is left on it."""
        connection, kept = self._free() or self._connected(), False
        try:
            connection.begin()
            connection.socket.sendall(self._written(request))
            await OthersTurn()
            connection.begin()
            head = head_of(connection.peer)
            body = PlainBody(connection.peer, head, piece)
            yield head, body
            kept = body.ended and head.kept
        except OSError as error:
            raise Unusual(str(error)) from error
        finally:
            if kept:
                self._idle.append(connection)
            else:
                connection.close()

    def _free(self) -> _Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _connected(self) -> _Connection:
        try:
            # As bytes: for a text Python loads the tables of IDNA.
            place = self._host.encode("ascii"), self._port
            made = socket.create_connection(place, SILENT_SECONDS)  # type: ignore[arg-type]
        except (OSError, UnicodeError) as error:
            raise Unusual(str(error)) from error
        if self._secure:
            made = self._encrypted(made)
        return _Connection(made)

    def _encrypted(self, plain: socket.socket) -> socket.socket:
        # TLS is a third of all that is imported, and a tunnel to this machine needs none.
        from console.cluster.tls import context_for

        context = context_for(self._access, self._token.certificate)
        name = self._access.cluster.tls_server_name or self._host
        try:
            return context.wrap_socket(plain, server_hostname=name)
        except (OSError, ValueError) as error:
            plain.close()
            raise Unusual(str(error)) from error

    def _written(self, request: Request) -> bytes:
        """The request; Unusual where it is no read."""
        if request.method != "GET" or request.body is not None:
            raise Unusual("no read")
        asked = urlencode(request.params or {}, quote_via=quote)
        target = self._prefix + request.path + ("?" + asked if asked else "")
        headers = [("Host", self._name), *usual_headers(self._access.user)]
        if not self._access.cluster.disable_compression:
            headers.append(("Accept-Encoding", "gzip"))
        if self._token.header:
            headers.append(("Authorization", self._token.header))
        lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
        if any(not line.isascii() or not line.isprintable() for line in lines) or " " in target:
            raise Unusual("letters beyond ASCII")
        return "".join(line + "\r\n" for line in [*lines, ""]).encode()
