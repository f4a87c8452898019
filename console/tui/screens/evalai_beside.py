"""What EvalAI shows of the submission that a form or a preflight is about, asked beside the screen.

Not at each digit: after a pause, once for each number. No key waits for it, and what it shows
keeps nobody from launching.
"""

from __future__ import annotations

from collections.abc import Callable

from console.domain.facts import EvalAiPlace
from console.errors import ConsoleError
from console.operations.publishing.asked_before import AskedBefore
from console.presentation.before_launch import BeforeLaunch, before_launch
from console.tui.screens.screen import ConsoleScreen

PAUSE_SECONDS = 1.0
"""In typing: each question is one of the sixty that EvalAI answers in a minute."""


class EvalAiBeside:
    """Of one screen. `look` says which place is meant now; `told` what is known of it."""

    def __init__(self, screen: ConsoleScreen, news: Callable[[], None]) -> None:
        """`news` is called when it has answered."""
        self._screen, self._news = screen, news
        self._place: EvalAiPlace | None = None
        self._asked: AskedBefore | None = None

    def look(self, place: EvalAiPlace | None) -> None:
        """Ask after a pause, unless another one is meant by then."""
        if place == self._place:
            return
        self._place, self._asked = place, None
        if place is not None:
            self._screen.set_timer(PAUSE_SECONDS, lambda: self._begin(place))

    def _begin(self, place: EvalAiPlace) -> None:
        if place == self._place and self._screen.is_mounted:
            work = self._ask(place)
            self._screen.run_worker(work, group="evalai", exclusive=True, exit_on_error=False)

    async def _ask(self, place: EvalAiPlace) -> None:
        try:
            asked = await self._screen.backend.ask_evalai(place)
        except ConsoleError as error:
            asked = AskedBefore(place, None, f"{error.what} {error.why}".strip())
        if place == self._place:
            self._asked = asked
            self._news()

    def told(self, team: str) -> BeforeLaunch | None:
        """None where no place is meant. `team`: the number that is launched."""
        if self._place is None:
            return None
        if self._asked is None:
            return BeforeLaunch(f"EvalAI is asked of submission {self._place.submission} …")
        return before_launch(self._asked, team)
