"""The one line that tells a replay from a live submission. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from console.domain.hostile_text import neutralise
from console.presentation.tones import Line, Tone, cut, joined, spread, text, width_of

LEAST_BAR, MOST_BAR = 12, 48
KEYS = "space pause  < > speed  ← → 10 s  a A attempt  o O route  ^g go to"


class Played(Protocol):
    """Where a replay is: times of the recording, aware UTC, and its speed."""

    @property
    def at(self) -> datetime: ...
    @property
    def begin(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def speed(self) -> float: ...
    @property
    def paused(self) -> bool: ...
    @property
    def at_end(self) -> bool: ...


def replay_line(played: Played | None, note: str, width: int) -> Line:
    """`replay ▶ 10x  14:02:11  00:48 / 12:40  ━━━━─────  pair 2 begins attempt 2`.

    `played` is None while there is nothing to play; `note` then says why not, where that is known.
    """
    note = neutralise(note)
    if played is None:
        why = (f"  ✗ {note}", Tone.FAIL) if note else ("  reading the recording", Tone.MUTED)
        return cut(text((" replay", Tone.STRONG), why), width)
    left = joined([_state(played), _time(played, width), _passed(played)], "  ")
    room = width - width_of(left) - 4
    told = text((note, Tone.ACCENT)) if note else ()
    if not told and room > LEAST_BAR + len(KEYS) + 4:
        told = text((KEYS, Tone.MUTED))
    bar = min(room - width_of(told) - (2 if told else 0), MOST_BAR)
    parts = [left, _bar(played, bar)] if bar >= LEAST_BAR else [left]
    used = width_of(joined(parts, "  "))
    return spread(joined(parts, "  "), cut((*told, (" ", Tone.TEXT)), width - used - 2), width)


def _state(played: Played) -> Line:
    speed = f" {played.speed:g}x"
    if played.at_end:
        return text((" replay", Tone.STRONG), (" ■ at the end", Tone.MUTED), (speed, Tone.MUTED))
    if played.paused:
        return text((" replay", Tone.STRONG), (" ‖ paused", Tone.WARN), (speed, Tone.MUTED))
    return text((" replay", Tone.STRONG), (" ▶", Tone.ACCENT), (speed, Tone.TEXT))


def _time(played: Played, width: int) -> Line:
    form = "%H:%M:%S" if width < 100 else "%Y-%m-%d %H:%M:%S UTC"
    return text((f"{played.at:{form}}", Tone.TEXT))


def _passed(played: Played) -> Line:
    whole = (played.end - played.begin).total_seconds()
    passed = (played.at - played.begin).total_seconds()
    return text((span(passed), Tone.TEXT), (f" / {span(whole)}", Tone.MUTED))


def span(seconds: float) -> str:
    """`03:12`, `1:03:12`: as players write it."""
    minutes, second = divmod(max(int(seconds), 0), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def _bar(played: Played, width: int) -> Line:
    whole = (played.end - played.begin).total_seconds()
    part = (played.at - played.begin).total_seconds() / whole if whole else 1.0
    full = min(int(part * width), width)
    return text(("━" * full, Tone.ACCENT), ("─" * (width - full), Tone.RULE))
