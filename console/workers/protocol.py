"""The progress lines on logcopy's stdout: `@leaderboard <nonce> <seq> <kind> <compact JSON>`.

Shared by the writer in the pod and the reader outside. Pure: opens nothing, knows no clock.
The nonce tells our lines from what an agent may print; the payloads are still checked by whoever
uses them. Every line is shorter than LIMIT bytes, so that no log shipper splits it.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from console.results import jsontext

PREFIX = "@leaderboard"
LIMIT = 15_000
"""Bytes of a line with its newline."""
PLAN, SNAPSHOT, RECORD, RECORD_PART, MERGED = KINDS = (
    "plan",
    "snapshot",
    "record",
    "record-part",
    "merged",
)
SENSORS = "sensors"
"""Of a snapshot: the agent's, once some partial names them."""
_SLICE = 6_500
_NONCE_LIMIT = 200
_SEQUENCE_DIGITS = 15
_PARTS_LIMIT = 40_000
"""Of one text: four partials of the largest size merge into less."""


class TooLong(ValueError):
    """A payload does not fit into one line."""


class ProgressLine(NamedTuple):
    """One accepted progress line. `sequence` grows within one submission, with gaps."""

    sequence: int
    kind: str
    payload: dict[str, Any]


class Refusal(NamedTuple):
    """A line that starts like a progress line and is none; `reason` is one of our own words."""

    reason: str


def format_line(nonce: str, sequence: int, kind: str, payload: dict[str, Any]) -> str:
    """The line without its newline: ASCII. Raises TooLong."""
    line = f"{PREFIX} {nonce} {sequence} {kind} {jsontext.compact(payload)}"
    if len(line) + 1 >= LIMIT:
        raise TooLong(f"a {kind} line of {len(line)} bytes")
    return line


def parse_line(text: str, nonce: str) -> ProgressLine | Refusal | None:
    """A line of logcopy's log: None when it does not claim to be a progress line.

    Refusal reasons: too long, wrong nonce, incomplete, bad sequence, unknown kind, broken payload.
    """
    if not text.startswith(PREFIX + " "):
        return None
    if len(text) > LIMIT:
        return Refusal("too long")
    words = text.rstrip("\r\n").split(" ", 4)
    if len(words) < 2 or words[1][:_NONCE_LIMIT] != nonce:
        return Refusal("wrong nonce")
    if len(words) < 5:
        return Refusal("incomplete")
    _, _, sequence, kind, body = words
    if not _digits(sequence):
        return Refusal("bad sequence")
    if kind not in KINDS:
        return Refusal("unknown kind")
    try:
        payload = jsontext.bounded(body)
    except ValueError:
        return Refusal("broken payload")
    if not isinstance(payload, dict):
        return Refusal("broken payload")
    return ProgressLine(int(sequence), kind, payload)


def merged_parts(text: str) -> list[dict[str, Any]]:
    """The payloads of kind `merged` that carry an ASCII text, in order."""
    return _parts(text, {})


def record_payload(pair: int, record: dict[str, Any]) -> dict[str, Any]:
    """The payload of kind `record`."""
    return {"pair": pair, "record": record}


def record_parts(pair: int, record: dict[str, Any]) -> list[dict[str, Any]]:
    """Payloads of kind `record-part`, for a record that does not fit into one line.

    The joined text is the compact JSON of a `record` payload.
    """
    return _parts(jsontext.compact(record_payload(pair, record)), {"pair": pair})


class Joiner:
    """Puts the parts of `merged` or `record-part` together again; keeps a few texts at a time."""

    _TEXTS_LIMIT = 8

    def __init__(self) -> None:
        self._open: dict[str, dict[int, str]] = {}

    def whole(self, line: ProgressLine) -> ProgressLine | None:
        """The line as a whole message, a part only once it completes its text; else None.

        A record told in parts is told as one in a line is; a merged document is `text`. Raises
        ValueError where the parts are no record.
        """
        if line.kind == MERGED:
            text = self.add(line.payload)
            return None if text is None else ProgressLine(line.sequence, MERGED, {"text": text})
        if line.kind != RECORD_PART:
            return line
        text = self.add(line.payload)
        payload = None if text is None else jsontext.bounded(text)
        if payload is not None and not isinstance(payload, dict):
            raise ValueError("the parts of a record are no object")
        return None if payload is None else ProgressLine(line.sequence, RECORD, payload)

    def add(self, payload: dict[str, Any]) -> str | None:
        """The whole text with its last missing part, if its digest is right; else None.

        Parts may come in any order and more than once.
        """
        part, parts = payload.get("part"), payload.get("parts")
        digest, text = payload.get("sha256"), payload.get("text")
        if not isinstance(part, int) or not isinstance(parts, int):
            return None
        if not isinstance(digest, str) or not isinstance(text, str):
            return None
        if not 0 <= part < parts <= _PARTS_LIMIT:
            return None
        if digest not in self._open and len(self._open) >= self._TEXTS_LIMIT:
            # A logcopy that was killed in the middle of a text leaves it open for ever: the oldest
            # goes.
            self._open.pop(next(iter(self._open)))
        held = self._open.setdefault(digest, {})
        held[part] = text
        if len(held) < parts or any(number not in held for number in range(parts)):
            return None
        del self._open[digest]
        whole = "".join(held[number] for number in range(parts))
        return whole if digest_of(whole) == digest else None


def digest_of(text: str) -> str:
    """SHA-256 of the UTF-8 text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _parts(text: str, more: dict[str, Any]) -> list[dict[str, Any]]:
    slices = [text[start : start + _SLICE] for start in range(0, len(text), _SLICE)] or [""]
    digest = digest_of(text)
    return [
        dict(more, part=number, parts=len(slices), sha256=digest, text=piece)
        for number, piece in enumerate(slices)
    ]


def _digits(word: str) -> bool:
    return len(word) <= _SEQUENCE_DIGITS and all("0" <= sign <= "9" for sign in word) and word != ""
