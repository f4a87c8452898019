"""Whose the folder and the row are already to which a form's or a preflight's launch would go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from console.operations.submitting.publishing_plan import PublishingPlan
from console.presentation.before_launch import Mismatch
from console.presentation.folders_before import taken_words
from console.tui.screens.asked_beside import AskedBeside
from console.tui.screens.screen import ConsoleScreen

# Few launches go to a place, and what asks one takes its time to load.
if TYPE_CHECKING:
    from console.operations.delivering.asked_before import TakenBefore


class FoldersBeside(AskedBeside[PublishingPlan, "TakenBefore"]):
    """`told` is what speaks against the launch."""

    def __init__(self, screen: ConsoleScreen, news: Callable[[], None]) -> None:
        def failed(_: PublishingPlan, why: str) -> TakenBefore:
            from console.operations.delivering.asked_before import TakenBefore

            return TakenBefore(why_not=why)

        super().__init__(screen, "folders", lambda p: screen.backend.ask_places(p), failed, news)

    def told(self) -> tuple[Mismatch, ...]:
        """Nothing while it is asked, and where all is free."""
        if self.meant is None or self.answer is None:
            return ()
        return taken_words(self.answer, self.meant)
