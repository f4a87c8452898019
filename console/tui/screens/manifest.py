"""The submission's Job as the cluster or its recording has it, as YAML."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from console.presentation.yaml_lines import highlighted
from console.tui.commands import Command, bindings
from console.tui.screens.about import BACK, EVENTS, LOGS, SubmissionScreen
from console.tui.widgets.line_pane import LinePane


async def _read(screen: ManifestScreen) -> None:
    text = await screen.source().manifest()
    screen.query_one(LinePane).show(highlighted(text))


class ManifestScreen(SubmissionScreen):
    """Read once when it opens; ctrl+r reads it again."""

    TITLE_WORD = "Manifest"
    DEFAULT_CSS = "ManifestScreen LinePane { height: 1fr; padding: 0 1; }"
    commands = (
        BACK,
        Command("refresh", "ctrl+r", "Read again", "Read it again", _read),
        EVENTS,
        LOGS,
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LinePane"

    def body(self) -> Iterable[Widget]:
        yield LinePane()

    def on_mount(self) -> None:
        self.action_command("refresh")
