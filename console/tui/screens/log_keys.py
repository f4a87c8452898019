"""The keys of the logs, as commands. What they do to the screen is the screen's business."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from console.operations.recording.log_times import Times
from console.tui.commands import Command
from console.tui.screens.about import SHELL
from console.tui.screens.log_spans import LOG_SPANS, no_line
from console.tui.screens.saving import Saving, SavingStopped, save_log

Screen = Any
"""The one of the logs, which knows this module."""
MOST_COPIED = 2_000
"""Lines at the most: terminals take no more at once."""


def _step(direction: int) -> Callable[[Screen], None]:
    def run(screen: Screen) -> None:
        known = screen.tabs.containers
        here = known.index(screen.tabs.chosen) if screen.tabs.chosen in known else 0
        screen.choose(known[(here + direction) % len(known)])

    return run


def _copy(screen: Screen) -> None:
    """What is marked, else the current line."""
    copied = screen.pane.copied(MOST_COPIED)
    screen.app.copy_to_clipboard(copied)
    screen.notify(f"Copied {len(copied)} characters.")


async def _save(screen: Screen) -> None:
    """The log that is shown, or what is marked of it."""
    name = f"{screen.board().name}.{screen.choice.title(screen.tabs.chosen).replace(' ', '-')}"
    screen.status.saving = saving = Saving()
    screen.status.redraw()
    try:
        file = await save_log(name, screen.shown.view, screen.pane.marked, saving)
    except SavingStopped:
        screen.notify("Nothing is saved.")
    else:
        screen.notify(f"Saved to {file}")
    finally:
        screen.status.saving = None


def _times(screen: Screen) -> None:
    order = [*Times]
    screen.pane.times = order[(order.index(screen.pane.times) + 1) % len(order)]


def _wrap(screen: Screen) -> None:
    screen.pane.wrap = not screen.pane.wrap


def _no_search(screen: Screen) -> str:
    return "" if screen.pane.search else "/ starts a search."


def _hidden(
    name: str, key: str, label: str, told: str, run: Callable[[Screen], None], shown: str
) -> Command:
    """One that needs lines, and stands in the help alone."""
    return Command(name, key, label, told, run, no_line, show=False, key_display=shown)


def _match(direction: int) -> Callable[[Screen], None]:
    return lambda screen: screen.pane.next_hit(direction)


LOG_COMMANDS = (
    # As pairs in the inspection: the brackets go through the views here as everywhere.
    Command("next", "tab", "Next", "The next container; shift+tab the one before", _step(1),
            key_display="tab"),
    Command("previous", "shift+tab", "Prev", "The container before", _step(-1), show=False,
            key_display="shift+tab"),
    Command("all", "a", "All", "All containers by time, or the one again",
            lambda screen: screen.join_all()),
    Command("previous_attempt", "p", "Previous", "The end of the attempt before, as of kubectl -p",
            lambda screen: screen.to_previous(), no_line),
    Command("together", "b", "Together",
            "By time: one log, both halves of its pair, those marked, all, and one again",
            lambda screen: screen.join()),
    Command("mark_container", "M", "Mark container",
            "Pick this container, or not any more; what is picked is shown as one log, by time",
            lambda screen: screen.mark_container(), show=False),
    Command("follow", "s", "Follow", "Follow the end, or stop where you are",
            lambda screen: screen.pane.toggle_follow()),
    *LOG_SPANS,
    Command("search", "slash", "Search", "Search as a regular expression, case ignored",
            lambda screen: screen.ask("search"), key_display="/"),
    Command("filter", "ampersand", "Filter", "Only lines with a pattern; !pattern: without it",
            lambda screen: screen.ask("filter"), key_display="&"),
    Command("match", "n", "Hit", "The next hit; N the one before", _match(1), _no_search,
            show=False),
    Command("match_back", "N", "Hit before", "The hit before", _match(-1), _no_search,
            show=False),
    Command("time", "t", "Time",
            "Times: the cluster's, since the first line, since the attempt began, none", _times),
    _hidden("at", "at", "Go to time", "Go to a time of day (UTC)",
            lambda screen: screen.push_time(), "@"),
    _hidden("attempt", "right_curly_bracket", "Attempt", "The next attempt; { the one before",
            lambda screen: screen.to_attempt(1), "}"),
    _hidden("attempt_back", "left_curly_bracket", "Attempt before", "The attempt before",
            lambda screen: screen.to_attempt(-1), "{"),
    _hidden("death", "d", "Death", "The next time that a half died by itself; D the one before",
            lambda screen: screen.to_death(1), "d"),
    _hidden("death_back", "D", "Death before", "The death before",
            lambda screen: screen.to_death(-1), "D"),
    _hidden("error", "e", "First error", "The first line that tells of an error",
            lambda screen: screen.to_first_error(), "e"),
    _hidden("route", "R", "Route", "Where a route is prepared: RouteScenario_7, or 7",
            lambda screen: screen.ask("route"), "R"),
    _hidden("mark", "m", "Mark", "Save or copy from this line on; again forgets it",
            lambda screen: screen.pane.toggle_mark(), "m"),
    Command("wrap", "w", "Wrap", "Wrap long lines", _wrap),
    Command("copy", "c", "Copy", "Copy the current line, or from the mark to here", _copy,
            no_line),
    Command("save", "ctrl+s", "Save", "Save the log, or from the mark to here, to a file", _save,
            no_line),
    Command("full", "f", "Full screen", "Nothing but the log, or all again",
            lambda screen: screen.toggle_full(), show=False),
    Command("clear", "C", "Clear", "Only what comes from now on; again shows all",
            lambda screen: screen.clear_or_whole(), no_line, show=False),
    # As in k9s, whose log view follows by s.
    replace(SHELL, key="S"),
    Command("back", "escape,q", "Back",
            "Stop what takes its time, end full screen, clearing, search, filter, then go back",
            lambda screen: screen.back(), key_display="esc"),
)  # fmt: skip
