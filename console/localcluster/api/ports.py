"""What the API asks of the node: the log file of one container run. Knows no node."""

from __future__ import annotations

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
