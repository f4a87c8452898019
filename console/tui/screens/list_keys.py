"""The keys that sort and mark the rows of a list, alike in every list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from console.tui.commands import Command

if TYPE_CHECKING:
    from console.tui.screens.filtered_list import FilteredListScreen


def _by(which: str) -> Callable[[FilteredListScreen], None]:
    def run(screen: FilteredListScreen) -> None:
        screen.sort_by_column(screen.SORTED_BY[which])

    return run


def _turn(screen: FilteredListScreen) -> None:
    order = screen.order
    screen.sort(order.turned if order else screen.natural(screen.SORTED_BY["name"]))


def _step(step: int) -> Callable[[FilteredListScreen], None]:
    """By the next column; where the rows can stand otherwise, that comes after the last."""

    def run(screen: FilteredListScreen) -> None:
        titles: list[str | None] = [*screen.titles()]
        if screen.UNSORTED is None:
            titles.append(None)
        here = screen.order.title if screen.order else None
        at = titles.index(here) if here in titles else -1 if step > 0 else 0
        title = titles[(at + step) % len(titles)]
        screen.sort(screen.natural(title) if title else None)

    return run


def _mark(screen: FilteredListScreen) -> None:
    screen.table.mark()
    screen.tell_selected()


def _mark_range(screen: FilteredListScreen) -> None:
    screen.table.mark_range()
    screen.tell_selected()


def _clear_marks(screen: FilteredListScreen) -> None:
    screen.table.keep_marks(())
    screen.tell_selected()


def _hidden(
    name: str, key: str, label: str, text: str, run: Callable[..., None], shown_key: str
) -> Command:
    return Command(name, key, label, text, run, show=False, key_display=shown_key)


SORTING = (
    _hidden(
        "sort_name", "N", "By name", "Sort by name; again the other way", _by("name"), "shift+n"
    ),
    _hidden("sort_age", "A", "By age", "Sort by age; again the other way", _by("age"), "shift+a"),
    _hidden(
        "sort_status",
        "S",
        "By status",
        "Sort by status; again the other way",
        _by("status"),
        "shift+s",
    ),
    _hidden("sort_turn", "O", "Turn", "Sort by that column the other way", _turn, "shift+o"),
    _hidden(
        "sort_next", "shift+right", "Next column", "Sort by the next column", _step(1), "shift+→"
    ),
    _hidden(
        "sort_previous",
        "shift+left",
        "Column before",
        "Sort by the column before",
        _step(-1),
        "shift+←",
    ),
)
MARKING = (
    _hidden("mark", "space", "Mark", "Mark it, or take the mark back", _mark, "space"),
    _hidden(
        "mark_range",
        "ctrl+@,ctrl+space",
        "Mark range",
        "Mark all from the last mark to here",
        _mark_range,
        "ctrl+space",
    ),
    _hidden(
        "clear_marks",
        "ctrl+backslash",
        "Clear marks",
        "Take all marks back",
        _clear_marks,
        "ctrl+\\",
    ),
)
