"""What the routes of a submission took before, for a screen that tells its time.

Asked for when a screen opens and now and then after that, for it reads files; elsewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from console.domain.drive_times import routes_of
from console.domain.usual_times import NOTHING_RECORDED, UsualTimes
from console.errors import ConsoleError

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.tui.screens.about import SubmissionScreen

OLD_AFTER = timedelta(minutes=10)
"""Of what is shown: a replay that goes back knows less, too."""


class RecordedTimes:
    """Of the submission that a screen is about."""

    def __init__(self, screen: SubmissionScreen) -> None:
        self._screen = screen
        self.known: UsualTimes = NOTHING_RECORDED
        self._asked: tuple[str, datetime] | None = None
        self._asking = False

    def look(self, board: BoardSnapshot, now: datetime) -> None:
        """Ask, if other routes are driven than were asked for, or long ago."""
        routes = routes_of(board)
        if self._asking or not routes or board.ended or not self._is_news(routes, now):
            return
        self._asked, self._asking = (routes, now), True
        work = self._ask(board, now)
        self._screen.run_worker(work, name="recorded times", exit_on_error=False)

    def _is_news(self, routes: str, now: datetime) -> bool:
        if self._asked is None:
            return True
        asked, at = self._asked
        return asked != routes or abs(now - at) > OLD_AFTER

    async def _ask(self, board: BoardSnapshot, now: datetime) -> None:
        recordings = self._screen.host.recordings
        try:
            if recordings is not None:
                self.known = await recordings.usual_times(board, now)
        except ConsoleError as error:
            words = f"What its routes usually take cannot be read: {error.what}"
            self._screen.notify(words, severity="warning", markup=False)
        finally:
            self._asking = False
        self._screen.look_again()
