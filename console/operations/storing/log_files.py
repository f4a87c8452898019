"""Recorded logs as the files that upstream's containers write. Lines in, bytes out.

Without what looks like a credential, as in a bundle, and without the lines by which logcopy speaks
to programs. What is missing is said in its place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

import msgspec

from console.domain.joined_pods import pair_of
from console.domain.submission import is_logcopy
from console.operations.bundling.cleaned_log import CleanedLog
from console.operations.bundling.redaction import Redaction
from console.operations.ports.object_place import Blocks
from console.operations.ports.recorder import LogLine, LogView, RecorderPort, Recording
from console.operations.recording.recorded import LINES_AT_ONCE, PROGRESS, lines_until
from console.specs.plan import NUMBERED_HALF

LOGCOPY_LOG = "logcopy/logcopy.log"
_OF_HALF = {"agent": "agent/agent{}/leaderboard.log", "simulator": "simulator/simulator-{}.log"}


class RecordedLog(msgspec.Struct, frozen=True):
    """A log as it was at one time."""

    content: Blocks
    lines: int


def logs(recorder: RecorderPort, recording: Recording) -> dict[str, RecordedLog]:
    """By key, each log of which there is a line. What comes later is in none of them."""
    found = {}
    for container in recorder.containers(recording):
        if key := _key(container):
            view = recorder.log(recording, container)
            lines = view.line_count()
            found[key] = RecordedLog(partial(_content, container, view, lines), lines)
    return dict(sorted(found.items()))


def _key(container: str) -> str:
    """Empty for a container that upstream does not have."""
    if is_logcopy(container):
        pair = pair_of(container)
        return LOGCOPY_LOG if pair is None else f"logcopy/logcopy-{pair}.log"
    half = NUMBERED_HALF.fullmatch(container)
    return _OF_HALF[half[1]].format(half[2]) if half else ""


def _content(container: str, view: LogView, end: int) -> Iterator[bytes]:
    lines = (line for line in lines_until(view, end) if not _for_programs(container, line))
    cleaned = CleanedLog(container, Redaction(), {}).lines(lines)
    while some := list(itertools.islice(cleaned, LINES_AT_ONCE)):
        yield b"".join(map(_line, some))


def _for_programs(container: str, line: LogLine) -> bool:
    return is_logcopy(container) and not line.gap and line.text.startswith(PROGRESS)


def _line(line: LogLine) -> bytes:
    return (b"# " if line.gap else b"") + line.content + b"\n"
