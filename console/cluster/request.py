"""What is asked of a server and what it says, by whichever transport. Knows no HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import msgspec

from console.cluster import impersonation
from console.cluster.failures import Asked
from console.cluster.schema import User

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


class Request(msgspec.Struct, frozen=True):
    """One call; `asked` says in words of RBAC what it is."""

    method: str
    path: str
    asked: Asked
    params: Mapping[str, str] | None = None
    body: Any = None
    content_type: str = JSON

    @property
    def safe(self) -> bool:
        """May be sent again after an unknown outcome."""
        return self.method == "GET"


VERSION = Request("GET", "/version", Asked("get", "/version"))
"""What every server answers to everybody who may ask anything."""


class Answer(msgspec.Struct, frozen=True):
    """A success."""

    body: bytes
    warnings: tuple[str, ...] = ()


class Body(Protocol):
    """The bytes of an answer as they come."""

    async def readany(self) -> bytes:
        """What is there by now, and nothing at the end."""

    def iter_any(self) -> AsyncIterator[bytes]:
        """The same until the end."""

    async def rest(self, seconds: float) -> None:
        """Leave what comes where it is for so long: then much of it is read at once."""


class Carrier(Protocol):
    """A transport, as those see it who know resources."""

    async def send(self, request: Request) -> Answer:
        """A whole answer."""

    def stream(
        self, request: Request, *, silence: float | None
    ) -> AbstractAsyncContextManager[Body]:
        """An open body."""

    async def side_by_side(self, works: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
        """What these tell that ask by it, in their order: none waits for another's answer."""

    async def close(self) -> None:
        """Let go of all connections."""


def usual_headers(user: User) -> list[tuple[str, str]]:
    """What every request of this user carries, but for its login."""
    return [
        ("Accept", JSON),
        ("User-Agent", "carla-console"),
        *impersonation.headers(user),
    ]
