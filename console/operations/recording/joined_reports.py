"""Reports of one pair each, as one report of all pairs. Pure apart from its memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec.structs import replace

from console.domain.events import Event, ProgressReported
from console.domain.progress import (
    EndedAttempt,
    FinishedRoute,
    MergeProblem,
    MergeStatus,
    PairProgress,
    ProgressReport,
)
from console.domain.spans import FIRST
from console.results.coverage import KIND, sentence
from console.results.report import UNTIL_THROUGH
from console.workers import pair_words
from console.workers.shared_failures import (
    LOADING,
    Cause,
    PairSigns,
    found,
    has_driven,
)

REPEATED = timedelta(seconds=30)
"""After so long it is told again though only times of it have changed, as one logcopy does."""
_UNLOADED = f"{pair_words.UNLOADED}: "
MOST_ENDS = 64
"""Of one pair: each pod's logcopy tells its own, and those of the pods before are kept here."""


class JoinedReports:
    """Each new report of a pair gives one of all that were heard."""

    def __init__(self, pairs: int, repetitions: int) -> None:
        """Of how many pairs, and how often each route is driven."""
        self._launched, self._repetitions = pairs, repetitions
        self._file_routes: int | None = None
        self._newest: dict[int, ProgressReport] = {}
        self._pairs: dict[int, PairProgress] = {}
        self._counted: dict[str, int] = {}
        """The highest number that a report of each pod had: their sum never falls."""
        self._told: ProgressReport | None = None
        """The last that was told of all."""
        self._ends: dict[int, dict[tuple[int, str], EndedAttempt]] = {}
        self._records: dict[int, dict[tuple[str, int], str]] = {}
        """Pair -> finished drive -> its record's status."""

    def in_file(self, routes: int | None) -> None:
        """How many routes the file has, of which each pair drives some."""
        self._file_routes = routes

    def finished(self, record: FinishedRoute) -> None:
        """A pair has the drives that any of its pods finished."""
        drive = record.route_id, record.repetition
        self._records.setdefault(record.pair, {})[drive] = record.status

    def joined(self, pair: int, event: Event, pod: str, key: str) -> ProgressReported | None:
        """None for a report that says nothing of that pair."""
        if not isinstance(event, ProgressReported):
            return None
        report = event.report
        own = next((each for each in report.pairs if each.pair == pair), None)
        if own is None:
            return None
        self._newest[pair] = report
        self._counted[pod] = max(self._counted.get(pod, 0), report.sequence)
        self._pairs[pair] = replace(own, ended=self._all_ends(own), at=report.at)
        whole = self._whole(report)
        if self._told is not None and _same(self._told, whole):
            return None
        self._told = whole
        return ProgressReported(event.at, whole, key)

    def _all_ends(self, own: PairProgress) -> tuple[EndedAttempt, ...]:
        known = self._ends.setdefault(own.pair, {})
        known |= {(each.attempt, each.half): each for each in own.ended}
        return tuple(known[each] for each in sorted(known)[-MOST_ENDS:])

    def _whole(self, report: ProgressReport) -> ProgressReport:
        pairs = tuple(
            replace(each, done=max(each.done, len(self._records.get(number, ()))))
            for number, each in sorted(self._pairs.items())
        )
        totals = [each.total for each in pairs]
        known = [total for total in totals if total is not None]
        total = sum(known) if len(known) == self._launched else None
        status = _status([each.status for each in self._newest.values()])
        if len(self._newest) < self._launched:
            status = MergeStatus.RUNNING
        return ProgressReport(
            sum(self._counted.values()),
            report.at,
            status,
            sum(each.done for each in pairs),
            total,
            pairs,
            (
                *self._left_out(total, status),
                *self._shared(),
                *_each_once(self._newest, status),
            ),
        )

    def _shared(self) -> Iterator[MergeProblem]:
        """No logcopy sees here that another pair fails as its own does."""
        statuses = [each for drives in self._records.values() for each in drives.values()]
        signs = [self._signs(each) for _, each in sorted(self._pairs.items())]
        for each in found(signs, driven=has_driven(statuses)):
            yield MergeProblem(each.kind, each.pair, each.text)

    def _signs(self, seen: PairProgress) -> PairSigns:
        problems = self._newest[seen.pair].problems
        drives = self._records.get(seen.pair, {})
        first = min(drives, key=lambda drive: (len(drive[0]), drive), default=None)
        return PairSigns(
            seen.pair,
            any(each.reason == pair_words.INVALID_SETUP for each in seen.ended),
            next((each.text[len(_UNLOADED) :] for each in problems if each.kind == LOADING), ""),
            drives[first] if first else "",
            [(each.at.timestamp(), _cause(each)) for each in seen.ended if each.at],
        )

    def _left_out(self, total: int | None, status: MergeStatus) -> tuple[MergeProblem, ...]:
        """Each pair's logcopy counts its own routes against the whole file; what counts is all."""
        launched = None if total is None else total // max(self._repetitions, 1)
        complete = status is MergeStatus.COMPLETE
        told = sentence(launched or 0, self._file_routes, complete=complete) if launched else ""
        return (MergeProblem(KIND, 0, told),) if told else ()


def _same(told: ProgressReport, later: ProgressReport) -> bool:
    """It says what was told a moment ago: many logcopies repeat themselves, each on its own."""
    return later.at - told.at < REPEATED and _content(told) == _content(later)


def _content(report: ProgressReport) -> ProgressReport:
    pairs = tuple(replace(each, at=None, gpu_use=None, memory=None) for each in report.pairs)
    return replace(report, sequence=0, at=FIRST, pairs=pairs)


def _cause(end: EndedAttempt) -> Cause:
    status = -1 if end.exit_code is None else end.exit_code
    return end.half, end.reason, status, end.signal or 0


def _status(words: Iterable[MergeStatus]) -> MergeStatus:
    """It goes on while any does; it is as complete as the least of them."""
    told = set(words)
    for word in (MergeStatus.RUNNING, MergeStatus.CANCELLED, MergeStatus.INCOMPLETE):
        if word in told:
            return word
    return MergeStatus.COMPLETE


def _each_once(reports: dict[int, ProgressReport], status: MergeStatus) -> list[MergeProblem]:
    """What each says of the whole is one thing. What a pair lacks when its pod ends is no problem
    while another one may go on from there."""
    expected = UNTIL_THROUGH if status is MergeStatus.RUNNING else ()
    passing = (KIND, LOADING, *expected)
    every = (each for pair in sorted(reports) for each in reports[pair].problems)
    told = [each for each in every if each.kind not in passing]
    return list({(each.kind, each.pair, each.text): each for each in told}.values())
