"""The submission's Job as the cluster or its recording has it, as YAML."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from console.presentation.yaml_lines import highlighted
from console.tui.commands import Command, bindings
from console.tui.screens.about import BACK, DESCRIBE, EVENTS, LOGS, SubmissionScreen
from console.tui.widgets.line_pane import LinePane


async def _read(screen: ManifestScreen) -> None:
    screen.text = await screen.source().manifest()
    screen.query_one(LinePane).show(highlighted(screen.text))


def _copy(screen: ManifestScreen) -> None:
    screen.app.copy_to_clipboard(screen.text)
    screen.notify(f"Copied {len(screen.text)} characters.")


def _not_read(screen: ManifestScreen) -> str:
    return "" if screen.text else "It is being read."


class ManifestScreen(SubmissionScreen):
    """Read once when it opens; ctrl+r reads it again."""

    TITLE_WORD = "Manifest"
    DEFAULT_CSS = "ManifestScreen LinePane { height: 1fr; padding: 0 1; }"
    commands = (
        BACK,
        Command("refresh", "ctrl+r", "Read again", "Read it again", _read),
        Command("copy", "c", "Copy", "Copy all of it", _copy, _not_read),
        EVENTS,
        LOGS,
        DESCRIBE,
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LinePane"
    text = ""

    def body(self) -> Iterable[Widget]:
        yield LinePane()

    def on_mount(self) -> None:
        self.action_command("refresh")
