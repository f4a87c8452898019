"""What hits several pairs at once in the same way: a fault of the agent or of the place, said once.

Of one pair alone only what keeps it from driving at all is said. Pure; reads the merge report and
the status files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Tuple

from console.results import statuses
from console.results.quoting import printable
from console.results.report import MergeReport, Problem
from console.workers import pair_words

if TYPE_CHECKING:
    from typing import Iterable, Iterator, Sequence

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
_RECORDED = (
    (statuses.SENSORS_INVALID, pair_words.REJECTED),
    (statuses.NOT_SET_UP, pair_words.NO_SET_UP),
)
_WORDS = {
    pair_words.CRASHED: "crashed",
    pair_words.HANG: "hung",
    pair_words.NEVER_READY: "never became ready",
}

Cause = Tuple[str, str, int, int]
"""Half, reason, exit status (-1: none) and signal of an end."""


class PairSigns(NamedTuple):
    """What of a pair can be the same as of another one."""

    pair: int
    rejected: bool
    """Its evaluator has refused the agent's sensors."""
    load_error: str
    first: str
    """The status of its first record; empty without one."""
    ends: Sequence[tuple[float, Cause]]
    """When its halves' attempts ended, and how."""


def shared_failures(report: MergeReport, status: PairsStatus) -> tuple[Problem, ...]:
    """One problem for each cause that two or more pairs have in common."""
    firsts = _firsts(report)
    signs = [
        _signs(status, each.pair, each.entry_status, firsts.get(each.pair, ""))
        for each in report.pairs
    ]
    return found(signs, driven=has_driven(record.status for record in report.records))


def found(signs: Sequence[PairSigns], *, driven: bool) -> tuple[Problem, ...]:
    """The same of what is known of each pair. `driven`: some drive had an agent that was set up."""
    pairs: dict[str, set[int]] = {}
    for each in signs:
        for cause in _lasting(each):
            pairs.setdefault(cause, set()).add(each.pair)
    ahead = "" if driven else "; every route of every pair will end like this"
    told = [f"{_names(hit)}: {cause}{ahead}" for cause, hit in pairs.items() if len(hit) >= _PAIRS]
    told += _same_ends(signs)
    alone = [
        Problem(LOADING, min(hit), printable(cause))
        for cause, hit in pairs.items()
        if len(hit) < _PAIRS and cause.startswith(pair_words.UNLOADED)
    ]
    return (*(Problem(KIND, 0, printable(text)) for text in told), *alone)


def has_driven(recorded: Iterable[str]) -> bool:
    """Whether some drive had an agent that was set up: then not every one fails like the others."""
    without = [status for status, _ in _RECORDED]
    return any(status not in without for status in recorded)


def _signs(status: PairsStatus, pair: int, entry: str, first: str) -> PairSigns:
    ends = [(role, end) for role in pair_words.ROLES for end in status.half(pair, role).ended]
    rejected = any(end.reason == pair_words.INVALID_SETUP for _, end in ends)
    return PairSigns(
        pair,
        entry == statuses.REJECTED or rejected,
        status.half(pair, "agent").load_error,
        first,
        [(end.t, (role, end.reason, end.exit, end.signal)) for role, end in ends],
    )


def _lasting(signs: PairSigns) -> Iterator[str]:
    """What each attempt of the pair will end by."""
    if signs.rejected:
        yield pair_words.REJECTED
    if signs.load_error:
        yield f"{pair_words.UNLOADED}: {signs.load_error}"
    yield from (cause for words, cause in _RECORDED if words == signs.first)


def _firsts(report: MergeReport) -> dict[int, str]:
    """Status of each pair's first record."""
    first: dict[int, str] = {}
    for record in report.records:
        first.setdefault(record.pair, record.status)
    return first


def _same_ends(signs: Sequence[PairSigns]) -> list[str]:
    """Ends of the same half with the same reason, exit and signal, close together in time."""
    ends: dict[Cause, list[tuple[float, int]]] = {}
    for each in signs:
        for moment, cause in each.ends:
            if cause[1] in _AT_FAULT:
                ends.setdefault(cause, []).append((moment, each.pair))
    told = []
    for cause, moments in ends.items():
        hit = _together(sorted(moments))
        if len(hit) >= _PAIRS:
            told.append(f"{_names(hit)} failed alike within {SPAN} s: {_how(cause)}")
    return told


def _together(moments: list[tuple[float, int]]) -> set[int]:
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
