"""A recording that is played, for the screens about a submission: what they show moves as a clock.

It moves when it is looked at: each look begins to read what comes next, in a thread, and shows what
the last one has read. So nothing is read while no screen shows it. Made in the screens' loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.errors import ConsoleError, NotFound
from console.tui.submission_source import READING, WITHOUT_CLUSTER, Origin, inspected, time_shown

if TYPE_CHECKING:
    from console.operations.inspecting.inspection import Inspection
    from console.operations.ports.recorder import LogView, Recording
    from console.operations.replay.player import Moment, Player, ReplayState
    from console.operations.replay.playhead import Playhead
    from console.operations.replay.recorded_past import Past


class ReplaySource:
    """`opened()` reads the recording, in a thread; until then the board knows nothing."""

    recorded = None

    def __init__(self, recording: Recording, opened: Callable[[], Player]) -> None:
        self._recording = recording
        self._opening = asyncio.ensure_future(asyncio.to_thread(opened))
        self._moving: asyncio.Future[Moment] | None = None
        self._trouble: BaseException | None = None
        self._moved: Callable[[], None] = lambda: None
        self._note = ""

    @property
    def origin(self) -> Origin:
        recording, board = self._recording, self.board()
        told = f"replay of {recording.cluster or '?'}"
        if self.state is not None and not board.live:
            # What was shown as old then is shown as old again.
            since = f" since {board.stale_since:%H:%M:%S}" if board.stale_since else ""
            told = f"{told}, stale{since}: {board.stale_why}"
        return Origin(told, recording.cluster, recording.namespace)

    def _player(self) -> Player | None:
        """None while it is being read. Raises what reading it raised."""
        return self._opening.result() if self._opening.done() else None

    # --- what is shown

    def board(self) -> BoardSnapshot:
        try:
            player = self._player()
        except ConsoleError:
            return self._nothing(self.why_not)
        if player is None:
            return self._nothing(READING)
        if isinstance(self._trouble, ConsoleError):
            return replace(player.shown.board, live=False, stale_why=self._trouble.what)
        if self._trouble is not None:
            raise self._trouble
        self._move(player)
        return player.shown.board

    def _nothing(self, why: str) -> BoardSnapshot:
        space, name = self._recording.namespace, self._recording.name
        return BoardSnapshot(space, name, live=False, stale_why=why)

    def _move(self, player: Player) -> None:
        if self._moving is None:
            self._moving = asyncio.ensure_future(asyncio.to_thread(player.prepared))
            self._moving.add_done_callback(lambda done: self._show(player, done))

    def _show(self, player: Player, done: asyncio.Future[Moment]) -> None:
        """All at once, between two ticks of a screen."""
        self._moving = None
        if done.cancelled():
            return
        self._trouble = done.exception()
        if self._trouble is None:
            player.show(done.result())
        moved, self._moved = self._moved, lambda: None
        moved()

    def now(self) -> datetime:
        """By the replay's clock; it stands still where it did then."""
        played = self._opening.done() and self._opening.exception() is None
        now = self._opening.result().present() if played else datetime.now(UTC)
        return time_shown(self.board(), now)

    def log_view(self, container: str) -> LogView:
        player = self._player()
        if player is None:
            raise NotFound(READING)
        return player.log(container)

    async def inspection(self) -> Inspection:
        player = await asyncio.shield(self._opening)
        return await inspected(self, player.shown.board)

    async def past(self) -> Past:
        """Of the whole recording: what is later than its present is in no board of it."""
        from console.operations.replay.recorded_past import Past

        return Past((await asyncio.shield(self._opening)).landmarks)

    async def manifest(self) -> str:
        from console.specs.rendering import to_yaml

        player = await asyncio.shield(self._opening)
        job = await asyncio.to_thread(player.manifest)
        if job is None:
            raise NotFound(f"The recording of {self._recording.name} does not hold its Job.")
        return to_yaml(job)

    def without_cluster(self) -> str:
        return WITHOUT_CLUSTER

    # --- what keys do

    @property
    def state(self) -> ReplayState | None:
        """What the line about it says; None while the recording is being read, or cannot be."""
        if not self._opening.done() or self._opening.exception() is not None:
            return None
        return self._opening.result().state

    @property
    def note(self) -> str:
        """What the last key led to; why there is nothing to play, where that is known."""
        return self._note if self.state is not None or not self._opening.done() else self.why_not

    @property
    def why_not(self) -> str:
        """Why nothing is played, or not yet; empty while it is."""
        if not self._opening.done():
            return READING
        error = self._opening.exception()
        if isinstance(error, ConsoleError):
            return " ".join(each for each in (error.what, error.why) if each)
        return "" if error is None else str(error)

    def steer(
        self, change: Callable[[Playhead, float], Playhead], moved: Callable[[], None]
    ) -> None:
        """Another playhead; `moved` is called when what it leads to can be shown."""
        if (player := self._player()) is not None:
            player.steer(change)
            self._go_on(player, "", moved)

    def step(self, kind: str, moved: Callable[[], None], *, forward: bool) -> None:
        """To the `attempt` or `route` beside the present; raises NotFound where there is none."""
        from console.domain.landmarks import LandmarkKind

        if (player := self._player()) is not None:
            self._go_on(player, str(player.step(LandmarkKind(kind), forward=forward)), moved)

    def go_to(self, text: str, moved: Callable[[], None]) -> None:
        """Raises InvalidInput for what is no place, NotFound for what is not there."""
        if (player := self._player()) is not None:
            player.go_to(text)
            self._go_on(player, "", moved)

    def _go_on(self, player: Player, note: str, moved: Callable[[], None]) -> None:
        self._note = note

        def again() -> None:
            # What was under way when the key came was of the time before it.
            self._moved = moved
            self._move(player)

        if self._moving is None:
            again()
        else:
            self._moved = again
