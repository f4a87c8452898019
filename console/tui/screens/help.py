"""The keys of the screen below, generated from its commands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from console.presentation.tones import Line, Tone, text
from console.tui.console_commands import CONSOLE_COMMANDS
from console.tui.keyed_screens import shown_keys
from console.tui.screens.leaving import LeavesOnce
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.line_pane import LinePane

_MOVING = ("arrows hjkl g G", "Move; page up and down; home and end")


class HelpScreen(ModalScreen[None], LeavesOnce[None]):
    """Scrollable; esc closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > Vertical {
        width: 90; max-width: 96%; height: auto; max-height: 90%;
        border: round $border;
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
    everywhere = [(shown_keys(each), each.help) for each in CONSOLE_COMMANDS]
    return [*lines, (), *(_line(key, meaning) for key, meaning in (*everywhere, _MOVING))]


def _line(key: str, meaning: str) -> Line:
    return text((f"{key:>16}  ", Tone.ACCENT), meaning)
