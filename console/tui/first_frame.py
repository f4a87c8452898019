"""The frame before the first screen: the last known list, in the terminal while screens are loaded.

Loading a toolkit takes longer than reading a list. So this loads none, writes plain sequences, asks
no cluster, and says that its list is remembered; the app paints over it with the same words.
"""

from __future__ import annotations

import os
import re
import sys
import termios
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.domain.hostile_text import neutralise
from console.presentation import fleet_order, table
from console.presentation.fleet_columns import cells, layout, widest, with_arrow
from console.presentation.table import Order
from console.presentation.tones import Line, Tone, cut, width_of
from console.tui import kept_choices
from console.tui.backend import ClusterLink
from console.tui.heading import Heading, heading_line
from console.tui.kept_choices import ListLook

if TYPE_CHECKING:
    from console.domain.fleet import FleetSnapshot

TITLE, LIST = "Submissions", "submissions"
"""Of the screen, and the word under which its look is kept."""
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[0m\x1b[?25h\x1b[?1049l"
_BELOW = 2
"""Rows beneath the list that the screen fills itself."""
_COLOUR = re.compile(r"""^(\w+): *["']?#([0-9a-fA-F]{6})["']? *$""", re.MULTILINE)
_KEYS = {
    Tone.ACCENT: "accent",
    Tone.OK: "success",
    Tone.WARN: "warning",
    Tone.FAIL: "error",
    Tone.ALARM: "error",
}
_FAINT = {Tone.MUTED: 0.72, Tone.RULE: 0.25}
_BOLD = (Tone.STRONG, Tone.FAIL, Tone.ALARM)
Palette = dict[str, tuple[int, int, int]]


class FirstFrame:
    """From `with` to its end the terminal echoes nothing; at its end it is as it was before.

    The app enters the same alternate screen a second time, which terminals take for once.
    """

    def __init__(self, terminal: int, screen: int, *, plain: bool = False) -> None:
        """`plain`: in ASCII alone."""
        self._terminal, self._screen, self._plain = terminal, screen, plain
        self._modes: list[Any] | None = None
        self._drawn = False

    def __enter__(self) -> FirstFrame:
        return self

    def draw(self, fleet: FleetSnapshot, theme: Path) -> None:
        """Show that list, of when it is; nothing where there is no terminal. Again: a newer one."""
        if not os.isatty(self._screen) or not os.isatty(self._terminal):
            return
        if not self._drawn:
            self._modes = _without_echo(self._terminal)
        self._drawn = True
        width, height = _size(self._screen)
        look = kept_choices.recall().lists.get(LIST)
        told = frame(fleet, width, height, datetime.now(UTC), look)
        told = [_in_ascii(line) for line in told] if self._plain else told
        _write(self._screen, ENTER + painted(told, width, height, palette(theme)))

    def hand_over(self) -> None:
        """The app draws from now on, and leaves the alternate screen when it ends."""
        self._drawn = False

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            _write(self._screen, LEAVE)
        if self._modes is not None:
            with suppress(termios.error):  # it has hung up: there is nothing to restore
                termios.tcsetattr(self._terminal, termios.TCSANOW, self._modes)


def _in_ascii(line: Line) -> Line:
    from console.presentation.ascii_letters import in_ascii  # few terminals need it

    return tuple((in_ascii(neutralise(span)), tone) for span, tone in line)


def frame(
    fleet: FleetSnapshot, width: int, height: int, now: datetime, look: ListLook | None = None
) -> list[Line]:
    """The rows of the terminal from the top, as the list's screen has them."""
    look = look or ListLook()
    order = Order(look.title, look.falling) if look.title else None
    columns = layout(width, widest(fleet.rows), wide=look.wide)
    titled = with_arrow(columns, order.title, falling=order.falling) if order else columns
    rows = fleet_order.in_order(fleet.rows, order)
    headed = {each.above: each.line for each in fleet_order.headings(rows, order)}
    lines = [
        heading_line(Heading(TITLE, ClusterLink(), fleet), width),
        table.titles(titled, width),
    ]
    for at, row in enumerate(rows[:height]):
        if at in headed:
            lines.append(table.heading(headed[at], width))
        lines.append(table.row(cells(row, columns, now), columns, width))
    return lines[: max(height - _BELOW, 2)]


def palette(theme: Path) -> Palette:
    """The plain colours of a theme file; none where it or the terminal has none.

    A glance at the lines: reading the file as YAML takes longer than all the rest.
    """
    if os.environ.get("COLORTERM") not in ("truecolor", "24bit"):
        return {}
    try:
        text = theme.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}  # the app says what is wrong with it
    return {key: _channels(colour) for key, colour in _COLOUR.findall(text)}


def painted(lines: list[Line], width: int, height: int, colours: Palette) -> str:
    """Sequences that fill the terminal with these rows."""
    out = []
    for y in range(height):
        line = cut(lines[y], width) if y < len(lines) else ()
        behind = colours.get("panel" if y == 0 else "background")
        words = "".join(_styled(span, tone, behind, colours) for span, tone in line)
        rest = " " * (width - width_of(line))
        out.append(f"\x1b[{y + 1};1H{_sgr('48', behind)}{words}{rest}\x1b[0m")
    return "".join(out)


def _styled(span: str, tone: Tone, behind: tuple[int, int, int] | None, colours: Palette) -> str:
    colour = colours.get(_KEYS.get(tone, "foreground"))
    if tone in _FAINT and colour and behind:
        colour = _between(behind, colour, _FAINT[tone])
    weight = "\x1b[1m" if tone in _BOLD else "\x1b[2m" if tone in _FAINT and not colour else ""
    return f"{weight}{_sgr('38', colour)}{neutralise(span)}\x1b[22;39m"


def _sgr(which: str, colour: tuple[int, int, int] | None) -> str:
    return f"\x1b[{which};2;{colour[0]};{colour[1]};{colour[2]}m" if colour else ""


def _between(
    behind: tuple[int, int, int], colour: tuple[int, int, int], part: float
) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(behind, colour, strict=True))
    return red, green, blue


def _channels(text: str) -> tuple[int, int, int]:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def _size(screen: int) -> tuple[int, int]:
    """As the app will see it: the environment first."""
    try:
        width, height = os.get_terminal_size(screen)
    except OSError:
        width, height = 0, 0
    asked = [os.environ.get(name, "") for name in ("COLUMNS", "LINES")]
    width, height = (
        int(told) if told.isdecimal() and int(told) else known
        for told, known in zip(asked, (width, height), strict=True)
    )
    return width or 80, height or 24


def _without_echo(terminal: int) -> list[Any] | None:
    """Keys typed meanwhile wait for the app; the modes before, None where there are none."""
    try:
        before = termios.tcgetattr(terminal)
        quiet = termios.tcgetattr(terminal)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(terminal, termios.TCSANOW, quiet)
    except termios.error:
        return None
    return before


def _write(screen: int, text: str) -> None:
    """All of it; a terminal that has hung up gets nothing, which `EndedOutside` sees to."""
    sys.stderr.flush()
    rest = text.encode()
    with suppress(OSError):
        while rest:
            rest = rest[os.write(screen, rest) :]
