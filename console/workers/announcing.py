"""Telling the outside: progress lines and short human lines on stdout, and the last message.

Remembers what it has said in this life, so that nothing is said twice; the next life starts over
with higher sequence numbers. A reader that has gone away is no failure.
"""

from __future__ import annotations

import json
import os
from typing import Any, Callable

from console.results import files, jsontext
from console.results.report import MergeReport
from console.workers import protocol

Write = Callable[[bytes], None]

_LIFE_STRIDE = 1_000
_LIVES_DIGITS = 13
_CLOCK_TICKS = 100
_MESSAGE_LIMIT = 1_000
GPU_USE = "gpu_use"
"""Of a snapshot: how busy the GPUs are."""
MEMORY = "memory"
"""Of a snapshot: what the servers hold."""
_PASSING = ("t", GPU_USE, MEMORY)
"""What differs each time: it is told with the next snapshot, but makes none."""
_QUIET_LIMIT = 30.0
"""Seconds after which a snapshot is repeated although nothing has changed."""


class Announcer:
    """Writes whole lines with one call each. `life`: see `next_life`."""

    def __init__(self, nonce: str, write: Write, life: int) -> None:
        self._nonce = nonce
        self._write = write
        self._sequence = life * _LIFE_STRIDE
        self._told: dict[tuple[str, int], str] = {}
        self._merged = ""
        self._shown: Any = None
        self._shown_at: float | None = None

    def say(self, text: str) -> None:
        """A line for people. What it quotes must be printable already."""
        self._write((" ".join(text.split("\n")) + "\n").encode("ascii", "backslashreplace"))

    def plan(self, payload: dict[str, Any]) -> None:
        """What was launched."""
        self._line("plan", payload)

    def snapshot(self, payload: dict[str, Any]) -> bool:
        """Tell the state if it is new, or has not been told for a while; True when it is new."""
        now = payload["t"]
        content = {key: value for key, value in payload.items() if key not in _PASSING}
        new: bool = content != self._shown
        # A node's clock may be set back: then nothing would be told until it has caught up.
        old = self._shown_at is None or not 0 <= now - self._shown_at < _QUIET_LIMIT
        if new or old:
            self._shown, self._shown_at = content, now
            self._line("snapshot", payload)
        return new

    def records(self, report: MergeReport) -> None:
        """Each finished drive once; again only if it was driven again."""
        for record in report.records:
            raw = dict(record.raw)
            digest = protocol.digest_of(jsontext.compact(raw))
            if self._told.get(record.key) == digest:
                continue
            try:
                self._line("record", protocol.record_payload(record.pair, raw))
            except protocol.TooLong:
                for part in protocol.record_parts(record.pair, raw):
                    self._line("record-part", part)
            self._told[record.key] = digest

    def merged(self, text: str) -> None:
        """The merged document, in parts, unless this very text was the last one told."""
        digest = protocol.digest_of(text)
        if digest == self._merged:
            return
        for part in protocol.merged_parts(text):
            self._line("merged", part)
        self._merged = digest

    def _line(self, kind: str, payload: dict[str, Any]) -> None:
        line = protocol.format_line(self._nonce, self._sequence, kind, payload)
        self._sequence += 1
        self._write((line + "\n").encode("ascii"))


def standard_output(line: bytes) -> None:
    """Write to file descriptor 1, past any buffer. A closed or failing one is given up silently:
    the results are on disk, and there is nobody to tell."""
    view = memoryview(line)
    try:
        while view:
            view = view[os.write(1, view) :]
    except OSError:
        return


def last_message(path: str, report: MergeReport, word: str) -> None:
    """The termination message: at most 1 KB of JSON. Not being able to write it is no failure."""
    score = report.statistics.means.composed if report.statistics else None
    message = {
        "status": word,
        "done": report.done,
        "total": report.total,
        "sha256": protocol.digest_of(report.text),
        "driving_score": score,
    }
    try:
        with open(path, "w", encoding="ascii") as opened:
            opened.write(json.dumps(message)[:_MESSAGE_LIMIT])
    except OSError:
        return


def next_life(path: str, now: float = 0.0) -> int:
    """A number for this life, higher than those of the lives before it; 0 for the first.

    The last one is kept in a file. A disk that takes nothing must not make two lives look alike,
    so with the clock (`now`, epoch seconds) the number is at least its hundredths.
    """
    told = (files.read_text(path).text or "").strip()
    kept = int(told) if told.isdigit() and len(told) < _LIVES_DIGITS else 0
    life = max(kept, int(now * _CLOCK_TICKS))
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        files.write_text(path, str(life + 1))
    except OSError:
        return life
    return life
