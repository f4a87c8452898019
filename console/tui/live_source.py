"""A submission as the cluster has it, for the screens about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.tui.submission_source import Origin, inspected, time_shown

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.operations.inspecting.inspection import Inspection
    from console.operations.ports.recorder import LogView, Recording
    from console.operations.replay.recorded_past import Past
    from console.tui.backend import Backend


class LiveSource:
    """Over the backend: asks it each time, keeps nothing."""

    def __init__(self, backend: Backend, namespace: str, name: str) -> None:
        self._backend = backend
        self._subject = (namespace, name)

    @property
    def origin(self) -> Origin | None:
        return None

    @property
    def recorded(self) -> Recording | None:
        return None

    def board(self) -> BoardSnapshot:
        return self._backend.board(*self._subject)

    def now(self) -> datetime:
        return time_shown(self.board(), datetime.now(UTC))

    def log_view(self, container: str) -> LogView:
        return self._backend.log_view(self.board(), container)

    async def inspection(self) -> Inspection:
        return await inspected(self, self.board())

    async def past(self) -> Past:
        return await self._backend.past(self.board())

    async def manifest(self) -> str:
        return await self._backend.read_manifest(*self._subject)

    def without_cluster(self) -> str:
        return ""
