"""Escape and a key that come as one, which Textual takes for Alt, or for another key.

Checked with 8.2. A terminal tells Alt and a key just as it tells Escape and that key in one read,
and a slow link makes one read of two. Which of both is meant depends on what is on the screen, so
both are told.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.keys import Keys

_LONGER = "[O]P^_XN"
"""Behind Escape these begin what a terminal tells by itself."""


class EscapeAnd(events.Key):
    """As a key it is what Textual takes it for; `apart` is the other way to read it."""

    def __init__(self, usual: events.Key, plain: events.Key) -> None:
        super().__init__(usual.key, usual.character)
        self.usual = usual
        self.apart = (events.Key("escape", "\x1b"), plain)


class TellsEscapes(XTermParser):
    """Loses no Escape."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        typed = sequence[1:] if len(sequence) == 2 and sequence[0] == "\x1b" else ""
        if not typed or typed in _LONGER:
            yield from super()._sequence_to_key_events(sequence, alt)
            return
        usual = [*super()._sequence_to_key_events(sequence)]
        usual = usual or [*super()._sequence_to_key_events(typed, alt=True)]
        plain = [*super()._sequence_to_key_events(typed)]
        if len(usual) == len(plain) == 1 and usual[0].key != Keys.Ignore:
            yield EscapeAnd(usual[0], plain[0])
        else:
            yield from usual


def tell_escapes(driver_class: type[Any]) -> None:
    """Terminals that such a driver reads are read so; where it has no parser all stays as it is."""
    for each in driver_class.__mro__:
        module = sys.modules.get(each.__module__)
        if getattr(module, "XTermParser", None) is XTermParser:
            module.XTermParser = TellsEscapes  # type: ignore[union-attr]


async def run_bound(app: App[Any], key: str) -> bool:
    """Whether a binding of what has the focus, or of what lies around it, has run for that key."""
    return await app._check_bindings(key)
