"""Calls in words: for toasts, the desktop, webhooks and the terminal's title. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from console.domain.board import SubmissionStatus as Status
from console.domain.calls import Call, Occasion
from console.domain.fleet import SubmissionRow

_WHAT = {
    Occasion.FAILED: "failed",
    Occasion.BLOCKED: "is blocked",
    Occasion.WAITING: "waits for room",
    Occasion.STALLED: "is stalled",
    Occasion.LAST_RESUME: "is at its last resume",
    Occasion.REPEATS: "may be worth stopping",
    Occasion.COMPLETE: "is complete",
    Occasion.UNPUBLISHED: "is not published",
    Occasion.RESUME: "is to be resumed",
    Occasion.RECOVERED: "goes on",
}
_COUNTED = {
    "failed": (Status.FAILED, Status.FAILING, Status.INCOMPLETE),
    "blocked": (Status.BLOCKED,),
    "running": (Status.RUNNING,),
    "waiting": (Status.PENDING, Status.QUEUED, Status.SUSPENDED),
}
TITLE = "carla-console"
SHOWN = 3
"""Toasts that are there at once; more of them cover what is being read."""


def headline(call: Call) -> str:
    """`demo failed`."""
    return f"{call.name} {_WHAT[call.occasion]}"


def is_good(call: Call) -> bool:
    """It wants to be known, and nothing to be done."""
    return call.occasion in (Occasion.COMPLETE, Occasion.RECOVERED)


def is_trouble(call: Call) -> bool:
    """Something is wrong with it, as with nothing that only waits for others."""
    return not is_good(call) and call.occasion is not Occasion.WAITING


def rings(call: Call) -> bool:
    """That a trouble has passed brings nobody back to the terminal."""
    return call.occasion is not Occasion.RECOVERED


def summary(calls: Sequence[Call]) -> str:
    """Of several at once: `demo failed, demo-2 is blocked and 7 more`."""
    told = [headline(each) for each in calls[:SHOWN]]
    more = len(calls) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def counts(rows: Iterable[SubmissionRow]) -> str:
    """`2 failed, 3 running`; empty where there is nothing of either."""
    seen = Counter(row.status for row in rows)
    sums = {word: sum(seen[each] for each in of) for word, of in _COUNTED.items()}
    return ", ".join(f"{count} {word}" for word, count in sums.items() if count)


def window_title(rows: Iterable[SubmissionRow], *, live: bool) -> str:
    """What a terminal's tab says; of a list that is not live, that too."""
    told = counts(rows) if live else "not live"
    return f"{told} - {TITLE}" if told else TITLE
