"""What EvalAI shows of the submission that a form or a preflight is about."""

from __future__ import annotations

from collections.abc import Callable

from console.domain.facts import EvalAiPlace
from console.operations.publishing.asked_before import AskedBefore
from console.presentation.before_launch import BeforeLaunch, before_launch
from console.tui.screens.asked_beside import AskedBeside
from console.tui.screens.screen import ConsoleScreen


class EvalAiBeside(AskedBeside[EvalAiPlace, AskedBefore]):
    """`told` is what is known of the place that is meant."""

    def __init__(self, screen: ConsoleScreen, news: Callable[[], None]) -> None:
        def failed(place: EvalAiPlace, why: str) -> AskedBefore:
            return AskedBefore(place, None, why)

        super().__init__(screen, "evalai", lambda p: screen.backend.ask_evalai(p), failed, news)

    def told(self, team: str) -> BeforeLaunch | None:
        """None where no place is meant. `team`: the number that is launched."""
        if self.meant is None:
            return None
        if self.answer is None:
            return BeforeLaunch(f"EvalAI is asked of submission {self.meant.submission} …")
        return before_launch(self.answer, team)
