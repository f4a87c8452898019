"""The keys of the inspection: which pair, which moment, how close, and what is copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec.structs import replace

from console.presentation.inspected_moment import (
    InspectedMoment,
    Timelines,
    closer,
    moved,
    next_pair,
    on_pair,
    stepped,
)
from console.presentation.time_window import StopKind
from console.tui.commands import Command
from console.tui.screens.about import BACK, EVENTS, RESUME, SHELL
from console.tui.screens.digit_keys import by_digit
from console.tui.screens.exporting import not_recorded
from console.tui.screens.replaying import PLAY
from console.tui.typed_number import DIGITS

Screen = Any
FAR = 10
"""Columns, with shift."""
NOTHING_YET = "Nothing is known of its pairs yet."


def _nothing(screen: Screen) -> str:
    return "" if screen.timelines else NOTHING_YET


def _looking(
    change: Callable[[InspectedMoment, Timelines], InspectedMoment],
) -> Callable[[Screen], None]:
    def run(screen: Screen) -> None:
        screen.look(change(screen.looked_at, screen.timelines))

    return run


def _moving(columns: int) -> Callable[[Screen], None]:
    def run(screen: Screen) -> None:
        screen.look(moved(screen.looked_at, screen.timelines, columns, screen.columns))

    return run


def _stepping(kind: StopKind, *, forward: bool) -> Callable[[Screen], None]:
    def run(screen: Screen) -> None:
        found = stepped(screen.looked_at, screen.timelines, kind, forward=forward)
        if found is None:
            screen.notify(f"There is no {'later' if forward else 'earlier'} {kind.value}.")
        else:
            screen.look(found)

    return run


def _numbers(screen: Screen) -> list[int]:
    return [each.number for each in screen.timelines]


def _focusing(digit: int) -> Command:
    def reach(screen: Screen, number: int) -> None:
        moment = replace(screen.looked_at, every=False)
        screen.look(on_pair(moment, screen.timelines, number))

    return by_digit(digit, "That pair, at its last death", _numbers, reach)


_BEFORE_PANES = {*(f"{shift}{key}" for shift in ("", "shift+") for key in ("left", "right", "tab"))}


def _key(
    name: str, key: str, label: str, text: str, run: Callable[[Screen], Any], **more: Any
) -> Command:
    # Before a pane's own: the arrows move the moment, and up and down scroll the logs. What is text
    # waits its turn: typed in one go behind `:`, it belongs to the line that this opens.
    first = not _BEFORE_PANES.isdisjoint(key.split(","))
    return Command(name, key, label, text, run, _nothing, priority=first, **more)


def _step(kind: StopKind, keys: tuple[str, str], label: str, **more: Any) -> tuple[Command, ...]:
    text = f"The next {kind.value}; {more.pop('back')} the one before"
    forward, back = (_stepping(kind, forward=forward) for forward in (True, False))
    return (
        _key(f"next_{kind.value}", keys[0], label, text, forward, **more),
        _key(f"{kind.value}_before", keys[1], f"{label} before", f"The {kind.value} before", back,
             show=False),
    )  # fmt: skip


INSPECTING = (
    *_step(StopKind.DEATH, ("n", "N"), "Death", back="N"),
    _key("closer", "plus,equals_sign", "Zoom", "Closer to the moment; - farther away",
         _looking(partial(closer, closer=True)), key_display="+"),
    _key("farther", "minus", "Farther", "Farther from the moment",
         _looking(partial(closer, closer=False)), key_display="-", show=False),
    _key("later", "right", "Later", "Later; with shift ten times as far", _moving(1), show=False),
    _key("earlier", "left", "Earlier", "Earlier", _moving(-1), show=False),
    _key("far_later", "shift+right", "Far later", "Much later", _moving(FAR), show=False),
    _key("far_earlier", "shift+left", "Far earlier", "Much earlier", _moving(-FAR), show=False),
    _key("pair_after", "tab", "Pair", "The next pair; a digit goes to one",
         _looking(lambda moment, known: next_pair(moment, known, 1))),
    _key("pair_before", "shift+tab", "Pair before", "The pair before",
         _looking(lambda moment, known: next_pair(moment, known, -1)), show=False),
    _key("every", "a", "All", "All pairs as one picture, or the one",
         _looking(lambda moment, known: replace(moment, every=not moment.every))),
    *_step(StopKind.ROUTE, ("o", "O"), "Route", back="O", show=False),
    *_step(StopKind.ATTEMPT, ("t", "T"), "Attempt", back="T", show=False),
    *_step(StopKind.EVENT, ("m", "M"), "Event", back="M", show=False),
    _key("whole", "v", "Verdict", "The whole verdict instead of the logs, or both",
         lambda screen: screen.turn_verdict()),
    _key("logs", "l,enter", "Logs", "The log that tells most, at the line that tells it",
         lambda screen: screen.open_logs()),
    Command("copy_verdict", "y", "Copy", "Copy the verdict and what it rests on",
            lambda screen: screen.copy_verdict(), lambda screen: screen.no_verdict()),
    Command("copy_message", "c", "Message", "Copy a message for the team: nothing of the platform",
            lambda screen: screen.copy_message(),
            lambda screen: screen.no_verdict() or not_recorded(screen)),
    EVENTS,
    replace(RESUME, show=False),
    SHELL,
    replace(PLAY, show=False),
    BACK,
    *map(_focusing, DIGITS),
)  # fmt: skip
