"""One request to a webhook, and what its answer means. The address is in no word of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus

import httpx

from console.operations.ports.call_settings import Webhook
from console.publish.hook_answers import Arrival, HookAnswer
from console.publish.http_client import open_client
from console.publish.http_words import PASSING, asked_pause, status_words

LONGEST_PAUSE = timedelta(hours=1)
"""What a server may ask for."""
_NOT_BEGUN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)
"""Errors by which nothing of the request can have come to the server."""


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
    """Raises ConsoleError."""
    async with open_client(seconds, "webhooks") as client:
        yield Sender(client, seconds)


def _answer(answered: httpx.Response) -> HookAnswer:
    code = answered.status_code
    words = status_words(code)
    if answered.is_success:
        return HookAnswer(Arrival.YES, words)
    if answered.is_redirect:
        return HookAnswer(Arrival.NO, f"{words}: it sends us elsewhere, which is not followed")
    if code in PASSING or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        pause = asked_pause(answered.headers.get("Retry-After", ""), LONGEST_PAUSE)
        return HookAnswer(Arrival.LATER, words, pause)
    return HookAnswer(Arrival.NO, words)
