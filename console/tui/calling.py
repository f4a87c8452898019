"""The console calls its user: toasts, bell, title and desktop, for what happens while it is open.

What is news it asks the lookout; how a terminal is told is `terminal_signals`. A list that has not
changed costs nothing.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from console.errors import ConsoleError
from console.presentation.call_words import headline, rings, summary, window_title
from console.tui import terminal_signals as signals
from console.tui.standing_toasts import TOAST_SECONDS, StandingToasts, Toasted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.board import BoardSnapshot
    from console.domain.calls import Call
    from console.domain.fleet import FleetSnapshot, SubmissionRow
    from console.operations.ports.call_settings import CallReport, CallSettings, WebhookAnswer
    from console.operations.ports.recorder import LogView
    from console.operations.watching.calling import Lookout
    from console.tui.backend import Backend

_LOOK_SECONDS = 1.0
_OUTBOX_SECONDS = 10.0
_WORD_LOOKS, _WORD_SECONDS = 6, 0.4
"""A recorder looks each second at a list that is a fifth of a second old."""


class Screens(Toasted, Protocol):
    """What of the app this needs."""

    def tell_terminal(self, sequences: str) -> None: ...


class Calling:
    """`run` until cancelled, in the app's loop; `leave` gives the title back."""

    def __init__(self, screens: Screens, backend: Backend, source: CallReport) -> None:
        self._screens, self._backend, self._source = screens, backend, source
        self._where: object = None
        self._titled: tuple[tuple[SubmissionRow, ...], bool] | None = None
        self._title = ""
        self._toasts = StandingToasts(screens)

    async def run(self) -> None:
        """The settings are read once: who changes them opens the console again."""
        settings = await self._settings()
        beside = asyncio.create_task(self._watch_outbox()) if settings.webhooks else None
        lookout = self._new_lookout(settings)
        try:
            while True:
                lookout = self._same_place(lookout, settings)
                fleet = self._backend.fleet()
                calls = await self._look(lookout, fleet)
                wanted = [each for each in calls if each.is_wanted(settings.occasions)]
                self._tell(await self._in_one_voice(wanted, settings), settings)
                if settings.title:
                    # Of the list in which the calls were found: there may be another by now.
                    self._tell_title(fleet)
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            if beside is not None:
                beside.cancel()

    def leave(self) -> None:
        """As it was before."""
        if self._title:
            self._screens.tell_terminal(signals.GIVE_TITLE_BACK)
            self._title = ""

    async def _settings(self) -> CallSettings:
        from console.operations.ports.call_settings import CallSettings

        try:
            return await asyncio.to_thread(self._source.settings)
        except ConsoleError as error:
            self._screens.notify(
                f"{error.what} {error.fix}".strip(),
                title="The settings of calls are wrong",
                severity="warning",
                timeout=TOAST_SECONDS,
            )
            return CallSettings()

    def _new_lookout(self, settings: CallSettings) -> Lookout:
        from console.operations.watching.calling import Lookout

        return Lookout(since_now=True, patience=lambda: settings.patience)

    def _same_place(self, lookout: Lookout, settings: CallSettings) -> Lookout:
        """What another cluster or namespace has already is no news either."""
        where = self._backend.connection().description
        if where is None or where == self._where:
            return lookout
        first, self._where = self._where is None, where
        return lookout if first else self._new_lookout(settings)

    async def _look(self, lookout: Lookout, fleet: FleetSnapshot) -> list[Call]:
        now, board_of = datetime.now(UTC), self._backend.listed_board
        if not lookout.due(fleet, now):
            return []
        looked = await asyncio.to_thread(lookout.look, fleet, board_of, now)
        self._toasts.take_back(looked.over)
        calls = list(looked.calls)
        for board in looked.failing:
            from console.operations.inspecting.inspection import inspect

            log_of = partial(self._log, board)
            calls += lookout.judge(await asyncio.to_thread(inspect, board, log_of, now))
        return calls

    def _log(self, board: BoardSnapshot, container: str) -> LogView | None:
        try:
            return self._backend.log_view(board, container)
        except ConsoleError:
            return None  # not there yet, or the connection has just gone

    async def _in_one_voice(self, calls: list[Call], settings: CallSettings) -> list[Call]:
        """As the recorder tells webhooks of it: that looks a moment sooner or later, and counts
        otherwise. Where it leaves nothing within moments, nobody else tells it at all."""
        on = settings.occasions
        told_too = [
            each
            for each in calls
            if any(each.is_wanted(hook.occasions & on) for hook in settings.webhooks)
        ]
        left: dict[str, Call] = {}
        for _ in range(_WORD_LOOKS if told_too else 0):
            try:
                left = await asyncio.to_thread(self._source.as_left, told_too)
            except ConsoleError:
                break
            if len(left) == len(told_too):
                break
            await asyncio.sleep(_WORD_SECONDS)
        return [left.get(each.identity, each) for each in calls]

    def _tell(self, calls: Sequence[Call], settings: CallSettings) -> None:
        if not calls:
            return
        if settings.toast:
            self._toasts.tell(calls)
        told = calls[0].text if len(calls) == 1 else summary(calls)
        head = headline(calls[0]) if len(calls) == 1 else f"{len(calls)} calls"
        sequences = signals.desktop_notice(settings.desktop, head, told, os.environ)
        if settings.bell and any(map(rings, calls)):
            sequences += signals.BELL
        if sequences:
            self._screens.tell_terminal(sequences)

    def _tell_title(self, fleet: FleetSnapshot) -> None:
        rows, live = self._titled or (None, False)
        if (fleet.rows is rows and fleet.live == live) or not (fleet.live or self._title):
            return
        self._titled = (fleet.rows, fleet.live)
        told = window_title(fleet.rows, live=fleet.live)
        if told != self._title:
            kept = "" if self._title else signals.KEEP_TITLE
            self._title = told
            self._screens.tell_terminal(kept + signals.title(told))

    async def _watch_outbox(self) -> None:
        """A call that did not arrive is told here too: the recorder has no screen."""
        known = await self._trouble()
        while True:
            await asyncio.sleep(_OUTBOX_SECONDS)
            trouble = await self._trouble()
            if trouble is not None and trouble != known:
                self._screens.notify(
                    f"{trouble.host}: {trouble.words}",
                    title=f"A webhook was not told that {trouble.subject}",
                    severity="warning",
                    timeout=TOAST_SECONDS,
                )
            known = trouble

    async def _trouble(self) -> WebhookAnswer | None:
        try:
            return (await asyncio.to_thread(self._source.state)).trouble
        except ConsoleError:
            return None
