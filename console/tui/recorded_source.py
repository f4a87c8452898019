"""A submission as it was recorded, for the screens about it: no cluster is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from console.domain.board import BoardSnapshot
from console.errors import ConsoleError, NotFound, ReadOnly
from console.tui.replay_source import ReplaySource
from console.tui.submission_source import READING, WITHOUT_CLUSTER, Origin, inspected, time_shown

if TYPE_CHECKING:
    from console.diagnosis.verdict import Verdict
    from console.domain.usual_times import UsualTimes
    from console.operations.bundling.export import Exported
    from console.operations.bundling.team_message import Message
    from console.operations.inspecting.inspection import Inspection
    from console.operations.ports.cluster import JsonObject
    from console.operations.ports.history_entries import HistoryEntry
    from console.operations.ports.recorder import LogView, Recording
    from console.operations.recording.archive import Archive, OpenedRecording
    from console.operations.replay.player import Player
    from console.operations.replay.recorded_past import Past


class RecordedSource:
    """Reads the recording once, in a thread; until it is there the board knows nothing yet.

    Made in the screens' loop.
    """

    def __init__(self, archive: Archive, recording: Recording) -> None:
        self._archive, self._recording = archive, recording
        self._reading = asyncio.ensure_future(asyncio.to_thread(archive.opened, recording))

    @property
    def origin(self) -> Origin:
        recording, since = self._recording, self.board().stale_since
        last = f", to {since:%Y-%m-%d %H:%M:%S}" if since else ""
        imported = "imported " if self._imported() else ""
        told = f"{imported}recording of {recording.cluster or '?'}{last}"
        return Origin(told, recording.cluster, recording.namespace)

    @property
    def recorded(self) -> Recording:
        return self._recording

    def board(self) -> BoardSnapshot:
        try:
            opened = self._opened()
        except ConsoleError as error:
            return self._nothing(" ".join(each for each in (error.what, error.why) if each))
        return opened.board if opened is not None else self._nothing(READING)

    def _imported(self) -> bool:
        """Not before it is read, and not where it cannot be."""
        if not self._reading.done() or self._reading.exception() is not None:
            return False
        return self._reading.result().imported

    def _opened(self) -> OpenedRecording | None:
        """None while it is being read. Raises what reading it raised."""
        return self._reading.result() if self._reading.done() else None

    def _nothing(self, why: str) -> BoardSnapshot:
        return BoardSnapshot(
            self._recording.namespace, self._recording.name, live=False, stale_why=why
        )

    def now(self) -> datetime:
        return time_shown(self.board(), datetime.now(UTC))

    def log_view(self, container: str) -> LogView:
        opened = self._opened()
        if opened is None:
            raise NotFound(READING)
        return self._archive.log(opened, container)

    async def inspection(self) -> Inspection:
        return await inspected(self, (await asyncio.shield(self._reading)).board)

    async def past(self) -> Past:
        from console.operations.replay.recorded_past import recorded_past

        recorder = self._archive.recorder
        return await asyncio.to_thread(recorded_past, recorder, self._recording)

    async def manifest(self) -> str:
        from console.specs.rendering import to_yaml

        opened = await asyncio.shield(self._reading)
        if opened.job is None:
            raise NotFound(f"The recording of {self._recording.name} does not hold its Job.")
        return to_yaml(opened.job)

    def without_cluster(self) -> str:
        return WITHOUT_CLUSTER


class RecordedSubmissions:
    """The archive for the screens: files are read in threads. `archive()` makes it at first use."""

    def __init__(
        self, archive: Callable[[], Archive], kept: Callable[[str], str] = lambda _: ""
    ) -> None:
        """`kept`: why what is recorded of a context is not to be changed; it may read files."""
        self._archive, self._kept = archive, kept

    async def entries(self) -> tuple[HistoryEntry, ...]:
        return await asyncio.to_thread(lambda: self._archive().entries())

    async def launched(self, context: str) -> tuple[JsonObject, ...]:
        return await asyncio.to_thread(lambda: self._archive().launched(context))

    async def usual_times(self, board: BoardSnapshot, until: datetime) -> UsualTimes:
        return await asyncio.to_thread(lambda: self._archive().usual_times(board, until))

    def open(self, recording: Recording) -> RecordedSource:
        return RecordedSource(self._archive(), recording)

    def replay(self, recording: Recording) -> ReplaySource:
        return ReplaySource(recording, lambda: self._played(recording))

    def _played(self, recording: Recording) -> Player:
        from console.operations.replay.player import Player

        return Player(self._archive().recorder, recording, monotonic)

    async def export(self, recording: Recording, *, team: bool) -> Exported:
        from console.operations.bundling.export import WantedBundle, export
        from console.presentation.bundle_report import report

        wanted = WantedBundle(recording, team)
        return await asyncio.to_thread(lambda: export(self._archive().services, wanted, report))

    async def team_message(
        self, recording: Recording, board: BoardSnapshot, verdict: Verdict
    ) -> Message:
        from console.operations.bundling.recorded_message import recorded_message

        return await asyncio.to_thread(
            lambda: recorded_message(self._archive().recorder, recording, board, verdict)
        )

    async def pin(self, recording: Recording, *, on: bool) -> None:
        await asyncio.to_thread(self._demand_changeable, recording)
        await asyncio.to_thread(lambda: self._archive().pin(recording, on=on))

    async def remove(self, recording: Recording) -> None:
        await asyncio.to_thread(self._demand_changeable, recording)
        await asyncio.to_thread(lambda: self._archive().remove(recording))

    def _demand_changeable(self, recording: Recording) -> None:
        """Raises ReadOnly. The console may be in a context where more is allowed."""
        if why := self._kept(recording.cluster):
            raise ReadOnly(
                f"The recording of {recording.name} stays as it is: its context is read-only.",
                why=why,
                fix="To change it: carla-console history, with --write.",
            )
