"""All recordings of this user as one archive: listed, and opened one by one. Asks no cluster.

Everything here reads files: a screen calls it in a thread.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.folding import fold
from console.domain.submission import SubmissionPlan
from console.domain.usual_times import UsualTimes
from console.errors import NotFound
from console.operations.ports.cluster import JsonObject
from console.operations.ports.history_entries import HistoryEntry, HistoryPort
from console.operations.ports.recorder import LogView, RecorderPort, Recording
from console.operations.recording.history import Search, entry_of, found
from console.operations.recording.log_view import containers_of
from console.operations.recording.past_drives import usual_of, usual_of_plan
from console.operations.recording.recorded import as_it_ended, damage_words, recorded_board
from console.operations.recording.retention import StoreState, state_of
from console.operations.recording.tail import LOOKED_THROUGH, last_words
from console.operations.services import Services

LOOKED_BACK = 20
"""Launches of before that are looked at: for what was said in them, and for a team's last one."""
NO_JOB = "The recording does not hold the Job itself."


class OpenedRecording(msgspec.Struct, frozen=True, eq=False):
    """What a recording tells by now; its logs are read where they are shown."""

    recording: Recording
    board: BoardSnapshot
    """Never live. Without a Job where the recording does not hold it; then it says so."""
    job: JsonObject | None
    """As it was kept."""
    imported: bool = False
    """It came in a bundle."""


class Archive:
    """`services` are those of no cluster: their recorder and their clock are asked alone."""

    def __init__(self, services: Services, index: HistoryPort) -> None:
        self._services, self._index = services, index

    @property
    def services(self) -> Services:
        """For use cases that need a recording and no cluster."""
        return self._services

    @property
    def recorder(self) -> RecorderPort:
        """Where they lie, for who plays one."""
        return self._services.recorder

    def entries(self) -> tuple[HistoryEntry, ...]:
        """Of every recording, in no order."""
        return self._index.entries(lambda recording: entry_of(self._services, recording))

    def launched(self, context: str, most: int = LOOKED_BACK) -> tuple[JsonObject, ...]:
        """The Jobs that were launched last on the cluster of that context, the newest first."""
        here = [
            each
            for each in found(self.entries(), Search(cluster=context))
            if each.row is not None and not each.imported
        ]
        kept = (self._services.recorder.manifest(each.recording) for each in here[:most])
        return tuple(each.manifest for each in kept if each is not None)

    def usual_times(self, board: BoardSnapshot, until: datetime | None) -> UsualTimes:
        """What that submission's routes took in those that had ended by then."""
        return usual_of(self._services, self._index, board, until)

    def route_seconds(self, plan: SubmissionPlan) -> dict[str, float]:
        """What half of the earlier drives of each route took at most, by the routes' names."""
        known = usual_of_plan(self._services, self._index, plan).routes
        return {route: each.median for route, each in known.items()}

    def store(self) -> StoreState:
        """How much there is, what is allowed, and what went last."""
        return state_of(self._services)

    def opened(self, recording: Recording) -> OpenedRecording:
        """All of it but the logs. Raises ConsoleError for a disk that does not give it."""
        kept = self._services.recorder.manifest(recording)
        board = recorded_board(self._services, recording)
        if board is None:
            board = BoardSnapshot(recording.namespace, recording.name, live=False, stale_why=NO_JOB)
        else:
            board = self._with_last_words(as_it_ended(board, self._services.clock()), recording)
        if damage := damage_words(self._services, recording):
            board = replace(board, stale_why=f"{board.stale_why} {damage}")
        came = self._services.recorder.imported(recording) is not None
        return OpenedRecording(recording, board, kept.manifest if kept else None, came)

    def _with_last_words(self, board: BoardSnapshot, recording: Recording) -> BoardSnapshot:
        """What each container said last; it makes the board no newer than it is."""
        known, at = board, board.updated_at or self._services.clock()
        for container in containers_of(board):
            newest = self._services.recorder.log(recording, container).newest(LOOKED_THROUGH)
            if (told := last_words(container, newest, at)) is not None:
                known = fold(known, told)
        return replace(known, updated_at=board.updated_at)

    def pin(self, recording: Recording, *, on: bool) -> None:
        """No limit removes it while it is pinned. Raises NotFound."""
        self._services.recorder.pin(recording, on=on)

    def remove(self, recording: Recording) -> None:
        """All of it. Raises Conflict for what is pinned or being written, and NotFound."""
        self._services.recorder.remove(recording)

    def log(self, opened: OpenedRecording, container: str) -> LogView:
        """All recorded runs of it. Raises NotFound for a container that the Job has not."""
        known = containers_of(opened.board)
        if known and container not in known:
            raise NotFound(
                f"{opened.recording.name} has no container {container}.",
                fix="It has: " + ", ".join(known),
            )
        return self._services.recorder.log(opened.recording, container)
