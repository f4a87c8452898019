"""A question about what a form or a preflight would launch, asked beside the screen.

Not at each letter: after a pause, once for each question. No key waits for it, and whatever is
answered keeps nobody from launching.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from console.errors import ConsoleError
from console.tui.screens.screen import ConsoleScreen

PAUSE_SECONDS = 1.0
"""In typing: what is asked is another one's server, and may allow few questions."""

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class AskedBeside(Generic[Question, Answer]):
    """Of one screen. `look` says what is meant now; `answer` is what is known of that."""

    def __init__(
        self,
        screen: ConsoleScreen,
        group: str,
        ask: Callable[[Question], Awaitable[Answer]],
        failed: Callable[[Question, str], Answer],
        news: Callable[[], None],
    ) -> None:
        """`group`: of its worker; `failed`: the answer where the backend gives none; `news` is
        called when there is one."""
        self._screen, self._group, self._news = screen, group, news
        self._asks, self._failed = ask, failed
        self.meant: Question | None = None
        self.answer: Answer | None = None

    def look(self, meant: Question | None) -> None:
        """Ask after a pause, unless another one is meant by then."""
        if meant == self.meant:
            return
        self.meant, self.answer = meant, None
        if meant is not None:
            self._screen.set_timer(PAUSE_SECONDS, lambda: self._begin(meant))

    def _begin(self, meant: Question) -> None:
        if meant == self.meant and self._screen.is_mounted:
            work = self._ask(meant)
            self._screen.run_worker(work, group=self._group, exclusive=True, exit_on_error=False)

    async def _ask(self, meant: Question) -> None:
        try:
            answer = await self._asks(meant)
        except ConsoleError as error:
            answer = self._failed(meant, f"{error.what} {error.why}".strip())
        if meant == self.meant:
            self.answer = answer
            self._news()
