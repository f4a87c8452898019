"""A container's recorded log without what a bundle leaves out: lines in, lines out. Pure.

A key in several lines is left out to its end. logcopy's own lines stay readable to a program: they
are taken apart, cleaned and put together again, and what it told in parts as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from console.domain.submission import LOGCOPY, is_logcopy
from console.operations.bundling.redaction import CREDENTIAL, Redaction
from console.operations.ports.recorder import LogLine
from console.operations.recording.recorded import PROGRESS
from console.specs.credentials import REDACTED
from console.workers import protocol

_KEY_BEGINS, _KEY_ENDS, _KEY = "-----BEGIN ", "-----END ", "PRIVATE KEY-----"
CleanedTexts = dict[str, str | None]
"""Checksum -> the text as it is to leave; None where it leaves as it is."""
_LONGEST_KEY = 200
"""Lines; whatever goes on longer is no key."""


class CleanedLog:
    """Of one container; it remembers what goes over several lines.

    `texts` is what becomes of those that logcopy told in parts (see `cleaned_texts`).
    """

    def __init__(self, container: str, redaction: Redaction, texts: CleanedTexts) -> None:
        self._container, self._redaction = container, redaction
        self._where = f"log of {container}"
        self._texts = texts
        self._key_lines = 0

    def lines(self, found: Iterable[LogLine]) -> Iterator[LogLine]:
        """The cleaned ones; what was not changed is the very line that came."""
        for line in found:
            if line.gap:
                yield _with(line, self._redaction.platform_text(line.text, self._where))
            elif is_logcopy(self._container) and line.text.startswith(PROGRESS):
                for text in self._progress(line.text):
                    yield _with(line, text)
            else:
                yield _with(line, self._text(line.text))

    def _text(self, text: str) -> str:
        if self._key_lines:
            self._key_lines = 0 if _KEY_ENDS in text else self._key_lines - 1
            return REDACTED
        if _KEY_BEGINS in text and _KEY in text and _KEY_ENDS not in text:
            self._key_lines = _LONGEST_KEY
            self._redaction.note(self._where, CREDENTIAL)
            return text.partition(_KEY_BEGINS)[0] + REDACTED
        return self._redaction.text(text, self._where)

    def _progress(self, text: str) -> list[str]:
        told = _parsed(text)
        if told is None:
            return [self._text(text)]
        digest = told.payload.get("sha256")
        if isinstance(digest, str) and digest in self._texts:
            whole = self._texts[digest]
            return [text] if whole is None else _in_parts(text, told, whole)
        cleaned = _cleaned(told.payload, lambda each: self._redaction.text(each, self._where))
        if cleaned == told.payload:
            return [text]
        return [_formatted(text, told, cleaned) or self._text(text)]


def cleaned_texts(lines: Iterable[LogLine], redaction: Redaction) -> CleanedTexts:
    """What becomes of each whole text that logcopy told in parts.

    A name may lie across two parts, so that no part has it.
    """
    joiner = protocol.Joiner()
    texts: CleanedTexts = {}
    for line in lines:
        if line.gap or not line.text.startswith(PROGRESS):
            continue
        told = _parsed(line.text)
        if told is not None and "sha256" in told.payload:
            whole = joiner.add(told.payload)
            if whole is not None:
                cleaned = redaction.text(whole, f"log of {LOGCOPY}")
                texts[str(told.payload["sha256"])] = None if cleaned == whole else cleaned
    return texts


def _with(line: LogLine, text: str) -> LogLine:
    """Bytes that are no UTF-8 stay what they were in a line that is left alone."""
    return line if text == line.text else replace(line, text=text, undecoded=b"")


def _cleaned(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with each text and each key of it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_cleaned(each, change) for each in value]
    if isinstance(value, dict):
        return {change(key): _cleaned(each, change) for key, each in value.items()}
    return value


def _parsed(text: str) -> protocol.ProgressLine | None:
    """By the line's own nonce: what is believed later is not decided here."""
    told = protocol.parse_line(text, _nonce(text))
    return told if isinstance(told, protocol.ProgressLine) else None


def _nonce(text: str) -> str:
    return text.split(" ", 2)[1]


def _in_parts(text: str, told: protocol.ProgressLine, whole: str) -> list[str]:
    """All parts of the cleaned text where its first one stood: there may be more of them."""
    if told.payload.get("part") != 0:
        return []
    more = {key: told.payload[key] for key in ("pair",) if key in told.payload}
    return [
        protocol.format_line(_nonce(text), told.sequence, told.kind, {**more, **part})
        for part in protocol.merged_parts(whole)
    ]


def _formatted(text: str, told: protocol.ProgressLine, payload: Any) -> str:
    """The line again; empty where it no longer fits into one."""
    try:
        return protocol.format_line(_nonce(text), told.sequence, told.kind, payload)
    except protocol.TooLong:
        return ""
