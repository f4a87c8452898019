"""What the screens of several results share: these are entered and read when one opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.tui.compared_sources import ComparedSources
from console.tui.places import Contender

if TYPE_CHECKING:
    from console.tui.screens.about import SubmissionScreen as _Screen
else:
    _Screen = object


class ComparesSources(_Screen):
    """For a screen about the first of them, before its own class."""

    others: tuple[Contender, ...]
    _sources: ComparedSources

    def on_mount(self) -> None:
        """Textual runs this besides those of the screen's other classes."""
        entered = (Contender(self.subject(), self.source()), *self.others)
        self._sources = ComparedSources(self.backend, entered)
        self.run_worker(self._read(), name="result files", exit_on_error=False)

    async def _read(self) -> None:
        await self._sources.read()
        self.look_again()
