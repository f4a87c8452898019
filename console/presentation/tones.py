"""What a piece of text means, apart from its colour: the theme decides how a tone looks."""

from __future__ import annotations

from enum import StrEnum

from console.domain.board import PairStatus, RouteState, SubmissionStatus


class Tone(StrEnum):
    """The meanings that text can have on a screen."""

    TEXT = "text"
    STRONG = "strong"
    MUTED = "muted"
    ACCENT = "accent"
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    ALARM = "alarm"
    """Something of ours is dead; a failed route is only a low score."""
    RULE = "rule"
    MATCH = "match"
    CELL_OK = "cell-ok"
    CELL_PART = "cell-part"
    CELL_FAIL = "cell-fail"
    CELL_NOW = "cell-now"
    CELL_OPEN = "cell-open"


Span = tuple[str, Tone]
Line = tuple[Span, ...]
BLANK: Line = ()

SUBMISSION_MARKS: dict[SubmissionStatus, tuple[str, Tone]] = {
    SubmissionStatus.PENDING: ("◌", Tone.MUTED),
    SubmissionStatus.RUNNING: ("●", Tone.ACCENT),
    SubmissionStatus.BLOCKED: ("⊗", Tone.FAIL),
    SubmissionStatus.FAILING: ("▼", Tone.FAIL),
    SubmissionStatus.FAILED: ("✗", Tone.FAIL),
    SubmissionStatus.COMPLETE: ("✓", Tone.OK),
    SubmissionStatus.INCOMPLETE: ("◑", Tone.WARN),
    SubmissionStatus.UNVERIFIED: ("?", Tone.WARN),
    SubmissionStatus.CANCELLED: ("⊘", Tone.MUTED),
    SubmissionStatus.QUEUED: ("⋯", Tone.MUTED),
    SubmissionStatus.SUSPENDED: ("‖", Tone.WARN),
    SubmissionStatus.DELETED: ("∅", Tone.MUTED),
    SubmissionStatus.UNKNOWN: ("?", Tone.MUTED),
}

PAIR_MARKS: dict[PairStatus, tuple[str, Tone]] = {
    PairStatus.WAITING: ("◌", Tone.MUTED),
    PairStatus.BLOCKED: ("⊗", Tone.FAIL),
    PairStatus.BOOTING: ("◔", Tone.TEXT),
    PairStatus.RUNNING: ("▸", Tone.TEXT),
    PairStatus.DRIVING: ("●", Tone.ACCENT),
    PairStatus.RESETTING: ("↻", Tone.WARN),
    PairStatus.BACKING_OFF: ("◷", Tone.WARN),
    PairStatus.DONE: ("✓", Tone.OK),
    PairStatus.STOPPED: ("■", Tone.MUTED),
    PairStatus.FAILED: ("‼", Tone.ALARM),
    PairStatus.UNKNOWN: ("?", Tone.MUTED),
}

CELL_MARKS: dict[RouteState, tuple[str, Tone]] = {
    RouteState.PENDING: ("·", Tone.CELL_OPEN),
    RouteState.DRIVING: ("▸", Tone.CELL_NOW),
    RouteState.PERFECT: ("✓", Tone.CELL_OK),
    RouteState.COMPLETED: ("~", Tone.CELL_PART),
    RouteState.FAILED: ("✗", Tone.CELL_FAIL),
    RouteState.UNKNOWN: ("?", Tone.CELL_OPEN),
}


def text(*parts: str | Span) -> Line:
    """A line of spans; plain strings are ordinary text."""
    return tuple((part, Tone.TEXT) if isinstance(part, str) else part for part in parts)


def joined(lines: list[Line], separator: str = "   ") -> Line:
    """Several lines as one."""
    out: list[Span] = []
    for line in lines:
        if line:
            out += [(separator, Tone.MUTED)] if out else []
            out += line
    return tuple(out)


def width_of(line: Line) -> int:
    """Characters of a line, as far as our own glyphs go."""
    return sum(len(span) for span, _ in line)


def spread(left: Line, right: Line, width: int) -> Line:
    """`left` at the left edge, `right` at the right one; the left is cut when both do not fit."""
    room = width - width_of(right) - 1
    fitted = cut(left, max(room, 0))
    gap = max(width - width_of(fitted) - width_of(right), 0)
    return (*fitted, (" " * gap, Tone.TEXT), *right)


def cut(line: Line, width: int) -> Line:
    """The first `width` characters, with an ellipsis where something is missing."""
    if width_of(line) <= width:
        return line
    out: list[Span] = []
    room = max(width - 1, 0)
    for span, tone in line:
        out.append((span[:room], tone))
        room -= len(span[:room])
        if room <= 0:
            break
    return (*out, ("…", Tone.MUTED)) if width > 0 else ()
