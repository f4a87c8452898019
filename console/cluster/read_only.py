"""A way to a cluster on which nothing can be changed: no request leaves that could.

Here, beneath everything that knows a resource, so that no use case, old or new, can forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from console.cluster.request import Answer, Body, Carrier, Request
from console.errors import ReadOnly

ReadOnlyReason = Callable[[str], str]
"""Why nothing may be changed in the context of that name, in a sentence; empty where it may."""
_QUESTIONS = "/apis/authorization.k8s.io/"
"""Asked by a POST, as the API wants it; nothing is stored."""


def may_be_changed(_context: str) -> str:
    """Where nobody has said otherwise."""
    return ""


class ReadOnlyCarrier:
    """Carries what reads, and refuses the rest with the reason."""

    def __init__(self, carrier: Carrier, why: str) -> None:
        self._carrier, self._why = carrier, why

    async def send(self, request: Request) -> Answer:
        """A whole answer. Raises ReadOnly for what would change something."""
        if _changes(request):
            raise refused(f"{request.asked}", self._why)
        return await self._carrier.send(request)

    def stream(
        self, request: Request, *, silence: float | None
    ) -> AbstractAsyncContextManager[Body]:
        """An open body. Raises ReadOnly for anything but a GET."""
        if not request.safe:
            raise refused(f"{request.asked}", self._why)
        return self._carrier.stream(request, silence=silence)

    async def side_by_side(self, works: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
        return await self._carrier.side_by_side(works)

    async def close(self) -> None:
        await self._carrier.close()


def _changes(request: Request) -> bool:
    """A dry run asks as well."""
    if request.safe or (request.params or {}).get("dryRun") == "All":
        return False
    return not (request.method == "POST" and request.path.startswith(_QUESTIONS))


def refused(what: str, why: str) -> ReadOnly:
    """The error of whoever wants to change something all the same."""
    return ReadOnly(
        f"Not sent, for this console is read-only: {what}.",
        why=why,
        fix="To change something, open it with --write.",
    )
