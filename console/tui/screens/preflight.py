"""A look at the node before a launch: what is waited for, then the checklist."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from console.domain.hostile_text import neutralise
from console.errors import ConsoleError
from console.presentation.checklist_lines import INDENT, checklist_lines, summary
from console.presentation.tones import BLANK, Line, Tone, text
from console.presentation.wrapping import all_wrapped
from console.tui.commands import Command, bindings
from console.tui.drafts import Checklist, Composition
from console.tui.filled_form import launched_before
from console.tui.screens.launch_beside import LaunchBeside
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.line_pane import LinePane


def _back(screen: PreflightScreen) -> None:
    screen.dismiss()


async def _look(screen: PreflightScreen) -> None:
    await screen.look()


def _looking(screen: PreflightScreen) -> str:
    return "It is under way." if screen.looking else ""


class PreflightScreen(ConsoleScreen):
    """Looks once when it opens; leaving it ends the look and takes its Job away."""

    TITLE_WORD = "Preflight"
    DEFAULT_CSS = "PreflightScreen LinePane { height: 1fr; padding: 0 1; }"
    commands = (
        Command("again", "ctrl+r", "Look again", "Look at the node again", _look, _looking,
                dangerous=True),
        Command("back", "escape", "Back", "To the form; ends the look", _back, key_display="esc"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LinePane"

    def __init__(self, composition: Composition) -> None:
        super().__init__()
        self._composition = composition
        self._found: Checklist | None = None
        self._problem: ConsoleError | None = None
        self._beside = LaunchBeside(self, lambda: None)
        self.looking = False
        self.waits_for = ""
        """Set from another thread, read at each tick."""

    def body(self) -> Iterable[Widget]:
        yield LinePane()

    def on_mount(self) -> None:
        self._beside.look(self._composition)
        self.action_command("again")

    async def look(self) -> None:
        self._found, self._problem, self.looking, self.waits_for = None, None, True, ""
        try:
            launched = await launched_before(self.backend, self.host.recordings)
            self._found = await self.backend.preflight(self._composition, self._hear, launched)
        except ConsoleError as error:
            self._problem = error
        finally:
            self.looking = False

    def _hear(self, words: str) -> None:
        self.waits_for = words

    def tick(self) -> None:
        pane = self.query_one(LinePane)
        pane.show(all_wrapped(self._lines(), pane.scrollable_content_region.width, INDENT))

    def _lines(self) -> list[Line]:
        if self._problem is not None:
            error = self._problem
            told = [
                text((f"✗ {error.what}", Tone.FAIL)),
                text(error.why),
                text((error.fix, Tone.MUTED)),
            ]
            return [line for line in told if line[0][0]]
        if self._found is None:
            waits = self.waits_for or "Sending a short Job with the same images, node and GPUs."
            return [text(("◌ looking …", Tone.ACCENT)), text((waits, Tone.MUTED))]
        findings = self._found.findings
        lines = [text((summary(findings), Tone.STRONG)), BLANK, *checklist_lines(findings)]
        return [*lines, *self._of_others()]

    def _of_others(self) -> list[Line]:
        told = self._beside.told(self._composition)
        line = [text(neutralise(told.line))] if told.line else []
        warned = [text((f"! {neutralise(each.text)}", Tone.WARN)) for each in told.mismatches]
        return [BLANK, *line, *warned] if line or warned else []
