"""Why a pair died: its timeline, the verdict, and both logs at the moment that is looked at.

The timeline is there at once; the verdict comes when the logs were read, in a thread, and again
when something more has failed. Which keys there are is `inspecting`'s.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.widget import Widget

from console.diagnosis.timeline import timeline_of
from console.diagnosis.verdict import Verdict
from console.domain.board import BoardSnapshot
from console.domain.landmarks import Landmark, landmarks
from console.domain.pod_times import Times, joined
from console.operations.inspecting.inspector import failures_of
from console.operations.inspecting.lines_around import end_of, lines_around
from console.presentation.containers import agent_of
from console.presentation.inspected import (
    READING_LOGS,
    died_first,
    marked,
    moment_words,
    pairs_line,
    plain,
    said,
    verdict_of,
)
from console.presentation.inspected_moment import InspectedMoment, Timelines, first_look, placed
from console.presentation.timeline import rows_of
from console.presentation.tones import Line, Tone, text
from console.presentation.verdicts import INDENT
from console.presentation.wrapping import all_wrapped
from console.tui.commands import Command, bindings
from console.tui.places import Destination, Place, Subject
from console.tui.screens.about import SubmissionScreen
from console.tui.screens.exporting import recording_of
from console.tui.screens.inspecting import INSPECTING, NOTHING_YET
from console.tui.submission_source import SubmissionSource, log_of
from console.tui.typed_number import TypedNumber
from console.tui.widgets.line_pane import LinePane
from console.tui.widgets.moment_logs import MomentLogs
from console.tui.widgets.timeline_pane import PairsLine, TimelinePane

if TYPE_CHECKING:
    from console.diagnosis.scene import SeenLine
    from console.operations.inspecting.inspection import Inspection

BEFORE, AFTER = 300, 60
"""Lines of each log that are read around the moment."""
_LOOK_AGAIN_SECONDS = 60
"""For what fails by going on: silence lasts longer."""
_SOUGHT = 80
"""Characters of a line by which its log finds it."""
_OF_A_REPLAY = ("replay_pause", "replay_faster", "replay_slower", "replay_go_to")
"""Its keys that mean nothing else here."""


class InspectScreen(SubmissionScreen):
    """Headline, timeline, verdict, and below them the logs of both halves beside each other."""

    TITLE_WORD = "Inspect"
    DEFAULT_CSS = """
    InspectScreen #verdict { height: 6; margin: 0 1; }
    InspectScreen MomentLogs { height: 1fr; margin: 0 1; border-top: solid $border-blurred; }
    InspectScreen MomentLogs:focus { border-top: solid $accent; }
    InspectScreen.whole MomentLogs { display: none; }
    InspectScreen.-short.every MomentLogs { display: none; }
    """
    commands = INSPECTING
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "MomentLogs"

    def __init__(
        self, subject: Subject, source: SubmissionSource | None = None, pair: int = 0
    ) -> None:
        """`pair` 0: the one that failed most often."""
        super().__init__(subject, source)
        self._pair = pair
        self.looked_at = InspectedMoment(pair)
        self.timelines: Timelines = ()
        self.inspection: Inspection | None = None
        self.typed = TypedNumber()
        self._by_hand = False
        """Somebody has chosen the moment: what fails now does not take it away."""
        self._known: BoardSnapshot | None = None
        self._drawn_of = (0, 0, 0)
        """The second, and how much of the past, that the timelines are of."""
        self._landmarks: tuple[Landmark, ...] = ()
        self._seen: Times = ()
        """What was recorded of its pods before."""
        self._opened_at: datetime | None = None
        self._asked: object = None
        """What there was to inspect when it was done last."""
        self._asking = False
        self._verdict_height: object = None
        self._told: tuple[list[Line], int] = ([], 0)
        """What is shown of the verdict, and the width that it was broken for."""
        self._wanted_lines: object = None
        self._lines: tuple[tuple[SeenLine, ...], ...] = ((), ())

    def body(self) -> Iterable[Widget]:
        yield PairsLine()
        yield TimelinePane()
        yield LinePane(id="verdict")
        yield MomentLogs()

    # --- keys

    def all_commands(self) -> tuple[Command, ...]:
        every = super().all_commands()
        return tuple(e for e in every if not e.name.startswith("replay_") or e.name in _OF_A_REPLAY)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        name = str(parameters[0]) if action == "command" and parameters else ""
        if name.startswith("replay_") and name not in _OF_A_REPLAY:
            return False
        return super().check_action(action, parameters)

    def look(self, at: InspectedMoment) -> None:
        """Select another pair, piece of time or moment."""
        self.looked_at, self._by_hand = at, True
        self.tick()

    @property
    def columns(self) -> int:
        """Of the time that is drawn."""
        return self.query_one(TimelinePane).room

    def on_timeline_pane_pointed_at(self, message: TimelinePane.PointedAt) -> None:
        chosen = replace(self.looked_at, pair=message.pair)
        self.look(placed(chosen, self.timelines, message.at))

    def container_shown(self) -> str:
        return agent_of(self.board(), self.looked_at.pair)

    def turn_verdict(self) -> None:
        """All of the verdict instead of the logs, or both."""
        self.toggle_class("whole")
        self.call_after_refresh(self.tick)

    def no_verdict(self) -> str:
        """Why there is nothing to copy."""
        if self.inspection is None:
            return "The logs are being read: there is no verdict yet."
        return "" if self._verdict() else "Nothing of it has failed."

    def copy_verdict(self) -> None:
        """With what it rests on."""
        told = plain([text((f"{self.board().name}, pair {self.looked_at.pair}", Tone.STRONG)),
                      *self._said()])  # fmt: skip
        self.app.copy_to_clipboard(told)
        self.notify(f"Copied {len(told)} characters.")

    async def copy_message(self) -> None:
        """For the team, about the verdict that is shown."""
        verdict, recording = self._verdict(), recording_of(self, self.source())
        assert verdict is not None
        assert recording is not None
        assert self.host.recordings is not None
        message = await self.host.recordings.team_message(recording, self.board(), verdict)
        self.app.copy_to_clipboard(message.text)
        left_out = f"; {message.left_out} times something was left out" if message.left_out else ""
        self.notify(f"Copied the message for the team{left_out}.")

    def open_logs(self) -> None:
        """At the line that tells the cause, where there is one."""
        verdict = self._verdict()
        container = died_first(self.looked_at.chosen(self.timelines), verdict)
        line = next((e.line for e in verdict.evidence if e.line), None) if verdict else None
        sought = re.escape(line.text.strip()[:_SOUGHT]) if line is not None else ""
        self.go(Destination(Place.LOGS, self.subject(), self.source(), container, sought))

    # --- what is shown

    def tick(self) -> None:
        board = self.board()
        if board.pairs:
            self._take_in(board)
            self._ask(board)
            self._read_lines(board)
            self._draw(board)
        else:
            why = board.stale_why if not board.live else ""
            self.query_one("#verdict", LinePane).show([text((why or NOTHING_YET, Tone.MUTED))])

    def _take_in(self, board: BoardSnapshot) -> None:
        """The timelines of that board; what the cluster tells meanwhile is a landmark as well."""
        now = self.source().now()
        if self._opened_at is None:
            self._opened_at = now
        if self._known is not None and self.source().origin is None:
            self._landmarks += tuple(landmarks(now, self._known.pairs, board.pairs))
        drawn_of = (int(now.timestamp()), len(self._landmarks), len(self._seen))
        if board is self._known and drawn_of == self._drawn_of:
            return
        self._known, self._drawn_of = board, drawn_of
        known = replace(board, pod_times=joined(board.pod_times, self._seen))
        self.timelines = tuple(
            timeline_of(known, pair, self._landmarks, now) for pair in board.pairs
        )
        if not self._by_hand:
            self.looked_at = first_look(self.timelines, self._pair)

    def _ask(self, board: BoardSnapshot) -> None:
        """For a verdict, whenever there may be another one."""
        goes_on = board.live and not board.ended
        minute = int(self.source().now().timestamp()) // _LOOK_AGAIN_SECONDS if goes_on else 0
        wanted = (failures_of(board), minute)
        if wanted != self._asked and not self._asking:
            self._asked, self._asking = wanted, True
            self.run_worker(self._inspect(), name="inspect", exit_on_error=False)

    async def _inspect(self) -> None:
        try:
            if self.inspection is None:
                past = await self.source().past()
                self._seen = past.pod_times
                # What came since the screen was opened it has seen itself.
                live, opened = self.source().origin is None, self._opened_at
                known = [e for e in past.landmarks if not live or opened is None or e.at <= opened]
                self._landmarks = (*known, *self._landmarks)
            self.inspection = await self.source().inspection()
        finally:
            self._asking = False
        self.look_again()

    def _read_lines(self, board: BoardSnapshot) -> None:
        at, now = end_of(self.looked_at.time(self.timelines)), self.source().now()
        grows = int(now.timestamp()) if board.live and not board.ended else 0
        wanted = (self.looked_at.pair, at, grows)
        if wanted != self._wanted_lines:
            self._wanted_lines = wanted
            # A coroutine that is begun late would be left unbegun where the next moment follows.
            work: Any = partial(self._read, self.looked_at.pair, at)
            self.run_worker(work, name="lines", group="lines", exclusive=True, exit_on_error=False)

    async def _read(self, pair: int, at: datetime) -> None:
        """Of the newest moment only: a held key passes by many."""
        logs = log_of(self.source())
        names = (f"simulator-{pair}", f"agent-{pair}")
        self._lines = await asyncio.to_thread(
            lambda: tuple(lines_around(name, logs, at, BEFORE, AFTER) for name in names)
        )
        self.look_again()

    def _verdict(self) -> Verdict | None:
        if self.inspection is None:
            return None
        return verdict_of(self.inspection, self.looked_at, self.timelines)

    def _said(self) -> list[Line]:
        return said(self.inspection, self.board(), self.looked_at, self.timelines)

    def _draw(self, board: BoardSnapshot) -> None:
        looked_at, timelines = self.looked_at, self.timelines
        self.set_class(looked_at.every, "every")
        pairs = self.query_one(PairsLine)
        note = READING_LOGS if self._asking else ""
        pairs.show(pairs_line(board, looked_at, pairs.size.width, note))
        picture = self.query_one(TimelinePane)
        drawn = looked_at.of(timelines)
        picture.show(drawn, looked_at.seen(timelines), looked_at.time(timelines))
        self._draw_verdict(rows_of(len(drawn)))
        moment = end_of(looked_at.time(timelines)), moment_words(looked_at, timelines)
        simulator, agent = self._lines
        logs = self.query_one(MomentLogs)
        logs.show_moment(simulator, agent, moment, marked(self._verdict()))

    def _draw_verdict(self, above: int) -> None:
        """As high as it is, to a half of what is left."""
        pane = self.query_one("#verdict", LinePane)
        told = (self._said(), pane.scrollable_content_region.width)
        if told != self._told:
            self._told = told
            pane.show(all_wrapped(*told, INDENT))
        most = max((self.size.height - above - 4) // 2, 3)
        alone = not self.query_one(MomentLogs).display
        height = "1fr" if alone else min(len(pane.rows), most)
        if self._verdict_height != height:
            self._verdict_height = pane.styles.height = height
