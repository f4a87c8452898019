"""One request to a webhook, and what its answer means. The address is in no word of it.

Redirects are not followed: what is sent is meant for the host that the user named.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from console.errors import ConsoleError
from console.operations.ports.calls import Webhook
from console.publish.answers import Arrival, HookAnswer
from console.version import VERSION

LONGEST_PAUSE = timedelta(hours=1)
"""What a server may ask for."""
_LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_NOT_BEGUN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)
"""Errors by which nothing of the request can have come to the server."""

for _name in ("httpx", "httpcore"):
    # At their INFO and below both write whole addresses.
    logging.getLogger(_name).setLevel(logging.WARNING)


class Sender:
    """Kept for as long as there is something to send."""

    def __init__(self, client: httpx.AsyncClient, seconds: float) -> None:
        self._client, self._seconds = client, seconds

    async def send(self, webhook: Webhook, body: bytes, key: str) -> HookAnswer:
        """Never raises for what a server or a network does."""
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key}
        try:
            # The body of an answer is nobody's business: it is not even read.
            async with self._client.stream(
                "POST", webhook.url, content=body, headers=headers
            ) as answered:
                return _answer(answered)
        except _NOT_BEGUN as error:
            return HookAnswer(Arrival.LATER, f"cannot be reached ({type(error).__name__})")
        except httpx.TimeoutException:
            return HookAnswer(Arrival.UNKNOWN, f"no answer within {self._seconds:g} s")
        except (httpx.HTTPError, OSError) as error:
            return HookAnswer(Arrival.UNKNOWN, f"the connection broke ({type(error).__name__})")
        except (httpx.InvalidURL, ValueError) as error:
            # A name of a host that is none is found here first, before anything is sent.
            return HookAnswer(Arrival.NO, f"its address cannot be used ({type(error).__name__})")


@asynccontextmanager
async def sender(seconds: float) -> AsyncIterator[Sender]:
    """By the system's certificates and proxies, as other programs here. Raises ConsoleError."""
    async with _client(seconds) as client:
        yield Sender(client, seconds)


def _client(seconds: float) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(
            timeout=seconds,
            follow_redirects=False,
            verify=ssl.create_default_context(),
            headers={"User-Agent": f"carla-console/{VERSION}"},
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        # A proxy's address may hold a password: it is not repeated.
        raise ConsoleError(
            "The proxy that this environment names cannot be used for webhooks.",
            why=f"It is none of http or https ({type(error).__name__}).",
            fix="Set HTTPS_PROXY and ALL_PROXY to such a one, or NO_PROXY to the webhook's host.",
        ) from None


def _answer(answered: httpx.Response) -> HookAnswer:
    code = answered.status_code
    words = f"{code} {HTTPStatus(code).phrase}" if code in tuple(HTTPStatus) else str(code)
    if answered.is_success:
        return HookAnswer(Arrival.YES, words)
    if answered.is_redirect:
        return HookAnswer(Arrival.NO, f"{words}: it sends us elsewhere, which is not followed")
    if code in _LATER or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return HookAnswer(Arrival.LATER, words, _pause(answered.headers.get("Retry-After", "")))
    return HookAnswer(Arrival.NO, words)


def _pause(told: str) -> timedelta | None:
    """Seconds, or a date; None for what is neither."""
    if told.isascii() and told.isdigit():
        return min(timedelta(seconds=int(told[:9])), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - datetime.now(UTC), timedelta()), LONGEST_PAUSE)
