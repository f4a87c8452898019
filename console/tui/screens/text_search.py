"""Searching a pane of text: the keys that a log has for it, and saving what stands there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from console.tui.commands import Command
from console.tui.widgets.line_pane import LinePane

Screen = Any
_ASKED = "search: a regular expression; empty: none"


async def _search(screen: Screen) -> None:
    from console.tui.screens.dialogs import AskLine

    typed = await screen.host.push_screen_wait(AskLine(_ASKED)) or ""
    pane = screen.query_one(LinePane)
    pane.look_for(typed)
    if typed:
        _tell(screen, pane, 1)


def _hit(step: int) -> Callable[[Screen], None]:
    return lambda screen: _tell(screen, screen.query_one(LinePane), step)


def _tell(screen: Screen, pane: LinePane, step: int) -> None:
    which, found = pane.to_hit(step)
    told = f"Line {which} of {found} that have it." if found else "No line has it."
    screen.notify(told)


def _no_search(screen: Screen) -> str:
    return "" if screen.query_one(LinePane).sought else "/ starts a search."


async def _save(screen: Screen) -> None:
    from console.tui.screens.saving import write_new

    name = f"{screen.board().name}.{screen.TITLE_WORD.lower()}.{screen.SAVED_AS}"
    file = await asyncio.to_thread(write_new, name, [screen.whole() + "\n"])
    screen.notify(f"Saved to {file}")


SEARCHING = (
    Command("search", "slash", "Search", "Search, a regular expression; case is ignored", _search,
            key_display="/"),
    Command("hit", "n", "Hit", "The next line that has what is searched; N the one before",
            _hit(1), _no_search, show=False),
    Command("hit_before", "N", "Hit before", "The line before that has it", _hit(-1), _no_search,
            show=False, key_display="shift+n"),
)  # fmt: skip
SAVE_TEXT = Command("save", "ctrl+s", "Save", "Save it to a file of the working directory", _save)
