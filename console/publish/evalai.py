"""EvalAI over httpx: both of its ports. Decides nothing of what is sent or when.

One call is one request, within the user's budget and a bounded time; whatever comes back is an
answer or one of the port's three errors. The token is in no log, no error and no value of ours.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
from http import HTTPStatus

import httpx

from console.errors import ConsoleError
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiLogin,
    EvalAiRefused,
    EvalAiRequest,
    EvalAiUpdate,
    RemoteSubmission,
)
from console.operations.ports.evalai_queue import TakenMessage
from console.publish.evalai_address import server_address
from console.publish.evalai_answers import (
    Answered,
    EvalAiAnswer,
    accepted,
    asked_seconds,
    shown,
    submission_of,
    taken_message,
)
from console.publish.evalai_budget import RequestBudget
from console.publish.evalai_requests import (
    acknowledgement,
    question,
    replacement,
    running,
    taking,
)
from console.publish.evalai_token import TokenSource, authorization
from console.publish.http_client import open_client

LONGEST = 600.0
"""Seconds of one request, as upstream's curl waits: a large result on a slow line."""
SILENCE = 75.0
"""Seconds without a byte: EvalAI's own server ends a request after 60."""
_CONNECTING = 15.0
_LARGEST = 10**6
"""Bytes of an answer that are read; a submission's has a few thousand."""
_PLAIN = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # what is short on its way may be gigabytes unpacked
    "Cache-Control": "no-cache",
}


class EvalAiOverHttp:
    """See `operations.ports.evalai` and `.intake`. For any number of submissions, and any loop."""

    def __init__(
        self,
        server: str,
        token: TokenSource,
        budget: RequestBudget,
        *,
        longest: float = LONGEST,
        silence: float = SILENCE,
    ) -> None:
        """`token` is asked at each request. Raises InvalidInput for an address that is none."""
        self._server = server_address(server)
        self._token, self._budget = token, budget
        self._longest, self._silence = longest, silence

    async def submission(self, number: int) -> RemoteSubmission:
        told, token = await self._ask(question(self._server, number))
        return submission_of(told, number, token)

    async def update(self, update: EvalAiUpdate) -> None:
        # A large result takes a while to be written down as JSON.
        request = await asyncio.to_thread(replacement, self._server, update)
        told, _ = await self._ask(request)
        if "success" not in told:
            raise EvalAiBusy("It answered, but not that it has taken it.")

    async def say_running(self, challenge: int, submission: int, job: str) -> None:
        await self._ask(running(self._server, challenge, submission, job))

    async def next_message(self, queue: str) -> TakenMessage | None:
        told, _ = await self._ask(taking(self._server, queue))
        return taken_message(told)

    async def acknowledge(self, queue: str, receipt: str) -> None:
        await self._ask(acknowledgement(self._server, queue, receipt))

    def requests(self, update: EvalAiUpdate) -> tuple[EvalAiRequest, ...]:
        return (replacement(self._server, update),)

    async def _ask(self, request: EvalAiRequest) -> tuple[Answered, str]:
        """What was told with a consent, and the token, which is in none of its words then."""
        token = await self._token.token()
        await self._budget.take(token, question=not request.body)
        answer = await self._answer(request, token)
        if answer.code == HTTPStatus.TOO_MANY_REQUESTS:
            await self._budget.close(token, asked_seconds(answer) or 0.0)
        try:
            return accepted(answer, token), token
        except EvalAiLogin:
            self._token.refused()
            raise

    async def _answer(self, request: EvalAiRequest, token: str) -> EvalAiAnswer:
        """Raises EvalAiError where there is none. Nothing of the request is in its chain."""
        try:
            async with asyncio.timeout(self._longest):
                return await self._sent(request, token)
        except ConsoleError as error:
            raise EvalAiBusy(f"{error.what} {error.why}", not_taken=True) from None
        except TimeoutError:
            raise EvalAiBusy(f"It was not done within {self._longest:g} s.") from None
        except httpx.ConnectTimeout:
            raise _unreachable("nobody answers") from None
        except httpx.TimeoutException:
            raise EvalAiBusy(f"It has said nothing for {self._silence:g} s.") from None
        except (httpx.ConnectError, httpx.ProxyError) as error:
            raise _unreachable(shown(str(error), token)) from None
        except (httpx.HTTPError, OSError) as error:
            raise EvalAiBusy(f"The connection broke ({type(error).__name__}).") from None
        except (httpx.InvalidURL, ValueError) as error:
            why = f"Its address cannot be used ({type(error).__name__})."
            raise EvalAiRefused(why) from None

    async def _sent(self, request: EvalAiRequest, token: str) -> EvalAiAnswer:
        """By a connection of its own: at the most one a second is needed, and none is found cut."""
        headers = {**_PLAIN, "Authorization": authorization(token)}
        if request.body:
            headers["Content-Type"] = "application/json"
        timeout = httpx.Timeout(self._silence, connect=min(_CONNECTING, self._silence))
        async with (
            open_client(timeout, "EvalAI", self._certificates) as client,
            client.stream(
                request.method, request.url, content=request.body.encode(), headers=headers
            ) as answered,
        ):
            after = answered.headers.get("Retry-After", "")
            return EvalAiAnswer(answered.status_code, await _body(answered), after)

    @functools.cached_property
    def _certificates(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _unreachable(why: str) -> EvalAiBusy:
    return EvalAiBusy(f"It cannot be reached: {why}.", not_taken=True)


async def _body(answered: httpx.Response) -> bytes:
    """Nothing of one that is longer than any of EvalAI's."""
    read = bytearray()
    async for piece in answered.aiter_raw():
        read += piece
        if len(read) > _LARGEST:
            return b""
    return bytes(read)
