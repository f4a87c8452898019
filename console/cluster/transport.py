"""One HTTP session to one API server: timeouts, keepalive, retries, renewal. Knows no resource.

Every call raises only errors of `console.errors`. Belongs to the loop that made its first call.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from console.cluster import bounds
from console.cluster.connection import StreamedBody
from console.cluster.credentials import Credentials
from console.cluster.dialing import open_session, proxy_login
from console.cluster.failures import error_of, unintelligible, unreachable
from console.cluster.http_library import aiohttp
from console.cluster.kubeconfig import Access
from console.cluster.patience import LONGEST_WAIT, asked_to_wait, pause
from console.cluster.proxies import Proxy
from console.cluster.request import Answer, Request, usual_headers
from console.cluster.tls import context_for
from console.cluster.tokens import ClientPair, Token
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
ERROR_SECONDS = 5.0
"""The status says what went wrong; its text is not waited for longer."""
TRIES = 4

_TRANSPORT_ERRORS = (aiohttp.ClientError, TimeoutError, OSError)


class Transport:
    """Sends requests to `access.server` as `credentials` say, each as the one to be acted as."""

    def __init__(
        self,
        access: Access,
        credentials: Credentials,
        proxy: Proxy | None = None,
        seconds: float | None = None,
    ) -> None:
        """`seconds`: how long an answer is waited for, infinite for ever; None for the usual."""
        self._access, self._credentials, self._proxy = access, credentials, proxy
        self._proxy_login = proxy_login(proxy)
        self._always = usual_headers(access.user)
        # A tunnel carries the proxy's login in its CONNECT; without TLS there is no tunnel, and
        # each request must bring it.
        if access.server.startswith("http:"):
            self._always += self._proxy_login.items()
        self._session: aiohttp.ClientSession | None = None
        self._presented: ClientPair | None = None
        self._opening = asyncio.Lock()
        self._seconds = ANSWER_SECONDS if seconds is None else seconds
        """Of one answer."""

    @property
    def _limit(self) -> float | None:
        return None if self._seconds == float("inf") else self._seconds

    async def send(self, request: Request) -> Answer:
        """The answer; retried after 429, and for GET after 5xx and lost connections.

        One that is silent for the whole time of an answer is not waited for again.
        """
        began = time.monotonic()
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                async with self._open(request, self._limit, self._limit) as (response, token):
                    if response.status < 300:
                        body = await bounds.whole(response.content.iter_any(), request.asked)
                        return Answer(body, _warnings(response))
                    failure = await _failure(request, response, token)
            except _TRANSPORT_ERRORS as error:
                late = time.monotonic() - began >= self._seconds or _is_final(error)
                # A POST whose answer was lost may have been carried out: sending it again is not
                # ours to decide.
                if last or late or not request.safe:
                    waited = time.monotonic() - began if attempt else 0.0
                    raise self._lost(request, error, waited=waited) from error
                await asyncio.sleep(pause(attempt, None))
                continue
            wait = pause(attempt, asked_to_wait(response.headers.get("Retry-After")))
            # A server that wants a minute is told of to a person: a command that hangs for it says
            # nothing.
            if last or not _worth_repeating(request, response.status) or wait > LONGEST_WAIT:
                raise failure
            await asyncio.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    async def side_by_side(self, works: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
        told = await asyncio.gather(*works, return_exceptions=True)
        for each in told:
            if isinstance(each, BaseException):
                raise each
        return list(told)

    @contextlib.asynccontextmanager
    async def stream(
        self, request: Request, *, silence: float | None
    ) -> AsyncIterator[StreamedBody]:
        """An open body. `silence`: seconds without a byte after which the peer counts as dead.

        Raises TimeoutError after that silence within the body; an answer that does not begin in
        time and a lost connection are ClusterUnreachable. Only a stream that may be silent for
        ever may also begin whenever it likes: a node sends nothing before a log's first line.
        """
        async with contextlib.AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(None if silence is None else self._limit):
                    opened = self._open(request, None, silence)
                    response, token = await stack.enter_async_context(opened)
            except _TRANSPORT_ERRORS as error:
                raise self._lost(request, error, silence) from error
            if response.status >= 300:
                raise await _failure(request, response, token)
            try:
                yield StreamedBody(response)
            # The library has many errors for silence; those above here know the one of the
            # language.
            except aiohttp.SocketTimeoutError as error:
                raise TimeoutError from error
            except _TRANSPORT_ERRORS as error:
                if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientError):
                    raise
                raise self._lost(request, error) from error

    def _lost(
        self,
        request: Request,
        error: BaseException,
        silence: float | None = None,
        waited: float = 0.0,
    ) -> ConsoleError:
        """`waited`: seconds, of several tries together."""
        # Behind a proxy the unintelligible answer may be the proxy's, which `unreachable` names.
        if isinstance(error, aiohttp.ClientResponseError) and self._proxy is None:
            return unintelligible(request.asked, error.message)
        seconds = self._seconds
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            seconds = min(CONNECT_SECONDS, seconds)
        elif isinstance(error, aiohttp.SocketTimeoutError) and silence is not None:
            seconds = silence
        seconds = max(seconds, float(round(waited)))
        return unreachable(
            self._access.server, error, self._proxy, asked=request.asked, seconds=seconds
        )

    @contextlib.asynccontextmanager
    async def _open(
        self, request: Request, total: float | None, silence: float | None
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, Token]]:
        """A response of any status and the token sent for it; a 401 has been tried once more with
        renewed credentials."""
        token = await self._credentials.token()
        async with contextlib.AsyncExitStack() as stack:
            response = await self._once(stack, request, token, total, silence)
            # Once: a second refusal of a fresh token is no matter of its age.
            if response.status == 401 and await self._credentials.renew(token):
                # Its connection is needed for the next try; left open, each renewal would take one
                # more.
                response.release()
                token = await self._credentials.token()
                response = await self._once(stack, request, token, total, silence)
            yield response, token

    async def _once(
        self,
        stack: contextlib.AsyncExitStack,
        request: Request,
        token: Token,
        total: float | None,
        silence: float | None,
    ) -> aiohttp.ClientResponse:
        session = await self._session_for(token)
        headers = list(self._always)
        if token.header:
            headers.append(("Authorization", token.header))
        if request.body is not None:
            headers.append(("Content-Type", request.content_type))
        return await stack.enter_async_context(
            session.request(
                request.method,
                self._access.server + request.path,
                params=request.params,
                data=None if request.body is None else msgspec.json.encode(request.body),
                headers=headers,
                timeout=aiohttp.ClientTimeout(
                    total, None, silence, min(CONNECT_SECONDS, self._seconds)
                ),
                # A redirect could take the token to another host.
                allow_redirects=False,
                proxy_headers=self._proxy_login or None,
                server_hostname=self._access.cluster.tls_server_name or None,
            )
        )

    async def _session_for(self, token: Token) -> aiohttp.ClientSession:
        # Requests begin at once and together: without this each would make a session of its own.
        async with self._opening:
            if self._session is not None and self._presented == token.certificate:
                return self._session
            old, self._session = self._session, await self._new_session(token)
            # A client certificate belongs to the connection: a new one needs new sockets.
            self._presented = token.certificate
            if old is not None:
                await old.close()
            return self._session

    async def _new_session(self, token: Token) -> aiohttp.ClientSession:
        verify: Any = True
        if self._access.server.startswith("https:"):
            # In a thread: reading all the system's authorities takes tens of milliseconds, in which
            # no key is answered.
            verify = await asyncio.to_thread(context_for, self._access, token.certificate)
        elif self._proxy is not None and self._proxy.scheme == "https":
            verify = await asyncio.to_thread(ssl.create_default_context)
        compressed = not self._access.cluster.disable_compression
        return open_session(verify, self._proxy, compressed=compressed)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _is_final(error: BaseException) -> bool:
    """A proxy that refuses a login: the same one again may have its user locked out."""
    asked = isinstance(error, aiohttp.ClientHttpProxyError)
    return asked and getattr(error, "status", None) == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED


def _worth_repeating(request: Request, status: int) -> bool:
    """429 was not carried out; after a 5xx only a GET may be sent again."""
    return status == 429 or (request.safe and status in (500, 502, 503, 504))


async def _failure(
    request: Request, response: aiohttp.ClientResponse, token: Token
) -> ConsoleError:
    """Our error for an answer that is no success, with as much of its body as comes in time."""
    body = bytearray()
    with contextlib.suppress(*_TRANSPORT_ERRORS):
        async with asyncio.timeout(ERROR_SECONDS):
            await bounds.beginning(response.content.iter_any(), body)
    said = bytes(body)
    return error_of(
        request.asked, response.status, said, expired=token.ended(), headers=response.headers
    )


def _warnings(response: aiohttp.ClientResponse) -> tuple[str, ...]:
    """The texts of `Warning: 299 - "text"` headers."""
    texts = []
    for header in response.headers.getall("Warning", []):
        _, quote, rest = header.partition('"')
        text = rest.rpartition('"')[0].replace('\\"', '"') if quote else header
        texts.append(neutralise(text))
    return tuple(texts)
