"""The keys of the screen below, generated from its commands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from console.presentation.tones import Line, Tone, text
from console.tui.commands import LINE_COMMANDS
from console.tui.screens.leaving import LeavesOnce
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.line_pane import LinePane

_NAMES = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
}
_EVERYWHERE = (
    ("? F1", "This page; in a text field, F1"),
    (":", "Go somewhere by name: " + " ".join(f":{c.names[0]}" for c in LINE_COMMANDS)),
    ("ctrl+p", "Every command, by typing a part of it"),
    ("arrows hjkl g G", "Move; page up and down; home and end"),
    ("ctrl+c", "Close the console; submissions go on"),
)


class HelpScreen(ModalScreen[None], LeavesOnce[None]):
    """Scrollable; esc closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > Vertical {
        width: 90; max-width: 96%; height: auto; max-height: 90%;
        border: round $border; border-title-color: $foreground;
        background: $surface; padding: 0 1;
    }
    HelpScreen LinePane { height: auto; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", show=False)
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Keys"
            yield LinePane(help_lines(self._about))

    async def action_dismiss(self, result: None = None) -> None:
        self.dismiss()


def help_lines(screen: Screen[object]) -> list[Line]:
    """Key and meaning, the screen's own first."""
    own = list(screen.key_help()) if isinstance(screen, ConsoleScreen) else []
    lines = [_line(key, meaning) for key, meaning in own]
    return [*lines, (), *(_line(key, meaning) for key, meaning in _EVERYWHERE)]


def _line(key: str, meaning: str) -> Line:
    return text((f"{_NAMES.get(key, key):>16}  ", Tone.ACCENT), meaning)
