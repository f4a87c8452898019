"""The keys of the screen below, generated from its commands, in the groups that the palette has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from console.presentation.tones import BLANK, Line, Tone, text, width_of
from console.presentation.wrapping import wrapped
from console.tui.command_groups import Group, grouped
from console.tui.commands import Command
from console.tui.console_commands import CONSOLE_COMMANDS
from console.tui.keyed_screens import shown_keys
from console.tui.screens.leaving import LeavesOnce
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.line_pane import LinePane

_MOVING = ("hjkl g G", "Move; page up and down; home and end", "")
_KEYS = 10
"""Columns of the keys."""
_TWO_COLUMNS = 130
"""Characters from which they stand beside each other; narrower, a sentence would be broken."""
_BETWEEN = 3
_FRAME = 6
"""Border, the room beside it, and a scroll bar."""
_WIDEST = 170
_Told = tuple[str, str, str]


class HelpScreen(ModalScreen[bool], LeavesOnce[bool]):
    """Scrollable; esc closes it. True: a command is looked for by a part of its name."""

    DEFAULT_CSS = """
    HelpScreen { align: right middle; background: $background 60%; }
    HelpScreen > Vertical {
        width: 90; max-width: 96%; height: auto; max-height: 96%;
        border: round $border;
        background: $surface; padding: 0 1;
    }
    HelpScreen LinePane { height: auto; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", show=False),
        Binding("slash", "find", show=False),
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title, box.border_subtitle = "Keys", "/ finds one, esc closes"
            yield LinePane()

    def on_resize(self) -> None:
        # The names of what the keys act on stay in sight at the left.
        room = int(self.size.width * 0.96)
        width = min(room, _WIDEST) if room >= _TWO_COLUMNS + _FRAME else min(room, 90)
        self.query_one(Vertical).styles.width = width
        self.query_one(LinePane).show(help_lines(self._about, width - _FRAME))

    async def action_dismiss(self, result: bool | None = None) -> None:
        self.dismiss()

    def action_find(self) -> None:
        self.dismiss(True)


def help_lines(screen: Screen[object], width: int = 200) -> list[Line]:
    """Key, meaning and the name for `keys.yaml`, by group; nothing is cut."""
    blocks = _blocks(screen)
    if width < _TWO_COLUMNS:
        return _column(blocks, width)
    half = (width - _BETWEEN) // 2
    columns = [_column([block], half) for block in blocks]
    left: list[Line] = []
    while columns and len(left) < sum(map(len, columns)):
        left += columns.pop(0)
    right = [line for column in columns for line in column]
    return _beside(left, right, half)


def _blocks(screen: Screen[object]) -> list[tuple[Group, list[_Told]]]:
    ours = screen.help_commands() if isinstance(screen, ConsoleScreen) else ()
    blocks = [(group, _alike(map(_told, some))) for group, some in grouped(ours).items()]
    return [*blocks, (Group.CONSOLE, [*map(_told, CONSOLE_COMMANDS), _MOVING])]


def _told(command: Command) -> _Told:
    return shown_keys(command), command.help, command.name


def _alike(told: Iterable[_Told]) -> list[_Told]:
    """Neighbours with one meaning, as the digits have, stand in one row."""
    rows = []
    for meaning, same in groupby(told, key=lambda each: each[1]):
        keys, _, names = zip(*same, strict=True)
        rows.append((_within(keys, _KEYS), meaning, _within(names, 0)))
    return rows


def _within(words: Sequence[str], width: int) -> str:
    """Each, or the first and the last where there is no room for all."""
    every = " ".join(words)
    return every if len(words) == 1 or len(every) <= width else f"{words[0]} to {words[-1]}"


def _column(blocks: list[tuple[Group, list[_Told]]], width: int) -> list[Line]:
    lines: list[Line] = []
    for group, told in blocks:
        lines.append(text((group.value, Tone.STRONG)))
        lines += [row for each in told for row in wrapped(_line(*each), width, _KEYS + 2)]
        lines.append(BLANK)
    return lines


def _line(key: str, meaning: str, name: str) -> Line:
    named = (f"  {name}", Tone.MUTED)
    return text((f"{key:>{_KEYS}}  ", Tone.ACCENT), meaning, *((named,) if name else ()))


def _beside(left: list[Line], right: list[Line], width: int) -> list[Line]:
    rows = []
    for at in range(max(len(left), len(right))):
        one = left[at] if at < len(left) else BLANK
        other = right[at] if at < len(right) else BLANK
        gap = (" " * (width + _BETWEEN - width_of(one)), Tone.TEXT)
        rows.append((*one, gap, *other))
    return rows
