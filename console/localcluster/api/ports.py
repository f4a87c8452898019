"""What the API asks of the node: logs, processes and ports of its pods. Knows no node."""

from __future__ import annotations

from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from console.errors import ConsoleError
from console.localcluster.changes import JsonObject


class LogUnavailable(ConsoleError):
    """The node has no log of that run; the message is shown to the client as it is."""


class LogFile(Protocol):
    """The log of one container run: lines `<RFC 3339, nine decimals>Z <bytes>\\n`.

    A file only grows. It may make room for a new one under the same path, and is whole then.
    """

    @property
    def path(self) -> Path:
        """The newest file; it may not exist before the first line is written."""
        ...

    @property
    def finished(self) -> bool:
        """The run is over and every byte of it is in a file."""
        ...

    async def grown(self) -> None:
        """Return when the file may have grown or `finished` may have changed; early is allowed."""
        ...


class LogReader(Protocol):
    """The node, as far as logs are concerned."""

    def log_file(self, pod: JsonObject, container: str, run: int) -> LogFile:
        """The log of the container's run number `run`: its restartCount while it runs, from 0.

        Raises LogUnavailable.
        """
        ...


class StartFailed(ConsoleError):
    """The node cannot start a process in that container; the message is the runtime's."""


class PortUnreachable(ConsoleError):
    """Nothing listens there in that pod; the message is shown to the client as it is."""


Send = Callable[[int, bytes], Awaitable[None]]
"""(1 for output, 2 for errors; what is said): waits until there is room for more."""


class PodSession(Protocol):
    """A process that was started for one client, who hears it and may type."""

    async def run(self, send: Send) -> int:
        """Pass on what it says until it ends; its exit code."""
        ...

    async def write(self, data: bytes) -> None: ...

    def close_input(self) -> None: ...

    def resize(self, columns: int, rows: int) -> None: ...

    def hang_up(self) -> None:
        """The client is gone, or the process: what is held for it is given back."""
        ...


class ReachableNode(LogReader, Protocol):
    """The node, as far as clients of the API reach into its pods."""

    async def execute(
        self, pod: JsonObject, container: str, words: Sequence[str], *, tty: bool, stdin: bool
    ) -> PodSession:
        """One more process in a running container. Raises StartFailed."""
        ...

    async def dial(self, pod: JsonObject, port: int) -> tuple[StreamReader, StreamWriter]:
        """A connection to what listens there in that pod. Raises PortUnreachable."""
        ...
