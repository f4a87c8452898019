"""Why a submission failed, for a screen that tells it among other things.

Asked for again only when something more of it has failed, for that reads logs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.operations.inspecting.inspector import failures_of

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.operations.inspecting.inspection import Inspection
    from console.tui.screens.about import SubmissionScreen


class Reasons:
    """Of the submission that a screen is about."""

    def __init__(self, screen: SubmissionScreen) -> None:
        self._screen = screen
        self.found: Inspection | None = None
        """The newest; None where nothing failed, and until the logs were read."""
        self._asked: object = ()
        self._asking = False

    def look(self, board: BoardSnapshot) -> None:
        """Ask, if that board has other failures than those that were asked for."""
        failures = failures_of(board)
        if failures == self._asked or self._asking:
            return
        self._asked = failures
        if not failures:
            self.found = None
            return
        self._asking = True
        self._screen.run_worker(
            self._inspect(), name="reasons", group="reasons", exit_on_error=False
        )

    async def _inspect(self) -> None:
        try:
            self.found = await self._screen.source().inspection()
        finally:
            self._asking = False
        self._screen.look_again()
