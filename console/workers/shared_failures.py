"""What hits several pairs at once in the same way: a fault of the agent or of the place, said once.

Of one pair alone only what keeps it from driving at all is said. Pure; reads the merge report and
the status files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Tuple

from console.results import statuses
from console.results.quoting import printable
from console.results.report import MergeReport, Problem
from console.workers import pair_words

if TYPE_CHECKING:
    # Its patterns and classes take a tenth of a list's time, and the console knows this file for
    # a word alone.
    from console.workers.status_files import PairsStatus

KIND = "shared-failure"
LOADING = pair_words.NOT_LOADED
"""Of a problem of one pair that never drove."""
SPAN = 60
"""Seconds within which the same end of two pairs is no coincidence."""
_PAIRS = 2
_AT_FAULT = (*pair_words.AT_FAULT, pair_words.NEVER_READY)
_REJECTED = "the agent's sensors are not allowed on this track"
_NO_SETUP = "the agent cannot be set up"
NOT_LOADED = "the evaluator cannot be loaded"
_RECORDED = ((statuses.SENSORS_INVALID, _REJECTED), (statuses.NOT_SET_UP, _NO_SETUP))
_WORDS = {
    pair_words.CRASHED: "crashed",
    pair_words.HANG: "hung",
    pair_words.NEVER_READY: "never became ready",
}

Cause = Tuple[str, str, int, int]


def shared_failures(report: MergeReport, status: PairsStatus) -> tuple[Problem, ...]:
    """One problem for each cause that two or more pairs have in common."""
    pairs: dict[str, set[int]] = {}
    for pair in report.pairs:
        if pair.entry_status == statuses.REJECTED or _ended_as(
            status, pair.pair, pair_words.INVALID_SETUP
        ):
            pairs.setdefault(_REJECTED, set()).add(pair.pair)
        error = status.half(pair.pair, "agent").load_error
        if error:
            pairs.setdefault(f"{NOT_LOADED}: {error}", set()).add(pair.pair)
    for record in _firsts(report).values():
        for words, cause in _RECORDED:
            if words == record[1]:
                pairs.setdefault(cause, set()).add(record[0])
    ahead = "" if _has_driven(report) else "; every route of every pair will end like this"
    told = [f"{_names(hit)}: {cause}{ahead}" for cause, hit in pairs.items() if len(hit) >= _PAIRS]
    told += _same_ends(report, status)
    alone = [
        Problem(LOADING, min(hit), printable(cause))
        for cause, hit in pairs.items()
        if len(hit) < _PAIRS and cause.startswith(NOT_LOADED)
    ]
    return (*(Problem(KIND, 0, printable(text)) for text in told), *alone)


def _firsts(report: MergeReport) -> dict[int, tuple[int, str]]:
    """(pair, status) of each pair's first record, by pair."""
    first: dict[int, tuple[int, str]] = {}
    for record in report.records:
        first.setdefault(record.pair, (record.pair, record.status))
    return first


def _has_driven(report: MergeReport) -> bool:
    """Whether some drive had an agent that was set up: then not every one fails like the others."""
    without = [status for status, _ in _RECORDED]
    return any(record.status not in without for record in report.records)


def _ended_as(status: PairsStatus, pair: int, reason: str) -> bool:
    halves = (status.half(pair, role) for role in pair_words.ROLES)
    return any(end.reason == reason for half in halves for end in half.ended)


def _same_ends(report: MergeReport, status: PairsStatus) -> list[str]:
    """Ends of the same half with the same reason, exit and signal, close together in time."""
    ends: dict[Cause, list[tuple[int, int]]] = {}
    for pair in report.pairs:
        for role in pair_words.ROLES:
            for end in status.half(pair.pair, role).ended:
                if end.reason in _AT_FAULT:
                    cause = (role, end.reason, end.exit, end.signal)
                    ends.setdefault(cause, []).append((end.t, pair.pair))
    told = []
    for cause, moments in ends.items():
        hit = _together(sorted(moments))
        if len(hit) >= _PAIRS:
            told.append(f"{_names(hit)} failed alike within {SPAN} s: {_how(cause)}")
    return told


def _together(moments: list[tuple[int, int]]) -> set[int]:
    """The pairs of the fullest span."""
    spans = [
        {pair for moment, pair in moments if 0 <= moment - begin <= SPAN} for begin, _ in moments
    ]
    return max(spans, key=len, default=set())


def _how(cause: Cause) -> str:
    role, reason, status, number = cause
    what = "the evaluator" if role == "agent" else "the server"
    end = f" by signal {number}" if number else f" with exit status {status}" if status >= 0 else ""
    return f"{what} {_WORDS[reason]}{end}"


def _names(pairs: set[int]) -> str:
    numbers = [str(number) for number in sorted(pairs)]
    return f"pairs {', '.join(numbers[:-1])} and {numbers[-1]}"
