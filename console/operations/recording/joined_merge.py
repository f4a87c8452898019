"""One merged document of a whole submission, from what the logcopies of its pairs told. Pure.

All records are held against the whole plan, as those of one document are. A pair counts as through
only once its own logcopy has said so: what that knows of the pair's files the records do not tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.domain.progress import MergedResult
from console.operations.recording.finished_drives import drive_of
from console.results import jsontext, statuses
from console.results.checkpoint import Checkpoint, checkpoint_of
from console.results.plan import Plan
from console.results.raw_record import Refused
from console.results.report import MergeReport
from console.results.review import review
from console.results.version_rules import Leaderboard

Drive = tuple[str, int]


class PairWord:
    """What has been heard of one pair, by all of its pods."""

    def __init__(self) -> None:
        self.records: dict[Drive, dict[str, Any]] = {}
        """The newest record of each drive."""
        self.sensors: tuple[str, ...] = ()
        self._result: MergedResult | None = None

    @property
    def said(self) -> bool:
        """It has told a document, as it does when it is through, and whenever its pod ends."""
        return self._result is not None

    @property
    def through(self) -> bool:
        """Its own document has all of its drives."""
        return self._result is not None and self._result.final

    @property
    def counts(self) -> bool:
        """And nothing in its files speaks against them."""
        return self._result is not None and self._result.eligible is True

    def hear(self, result: MergedResult) -> None:
        """Its newest document; one that is final stays."""
        if not self.through or result.final:
            self._result = result

    def document(self, leaderboard: Leaderboard) -> Checkpoint | None:
        """Its own; what its log has lost may still be there."""
        if self._result is None:
            return None
        try:
            return checkpoint_of(jsontext.bounded(self._result.text), leaderboard)
        except ValueError:
            return None

    def known(self, plan: Plan) -> tuple[dict[Drive, dict[str, Any]], tuple[str, ...]]:
        """All records that anything still tells of it, and its sensors."""
        document = self.document(plan.leaderboard)
        if document is None:
            return self.records, self.sensors
        told = ((drive_of(plan, raw), raw) for raw in document.records)
        again = {drive: raw for drive, raw in told if drive is not None}
        return {**again, **self.records}, self.sensors or document.sensors


def merged_text(plan: Plan, words: Mapping[int, PairWord]) -> str:
    """Empty while it would say more than is known: all records are there, and a pair has not said
    that it is through."""
    try:
        report = review(plan, _whole(plan, words))
    except Refused:
        return ""
    if report.complete and not all(each.through for each in words.values()):
        return ""
    if report.complete and not all(each.counts for each in words.values()):
        return _not_counting(report)
    return report.text


def _not_counting(report: MergeReport) -> str:
    """A logcopy has seen in its pair's files what no record shows."""
    return report.leaderboard.text({**report.document, "eligible": False})


def _whole(plan: Plan, words: Mapping[int, PairWord]) -> Checkpoint:
    rows: list[dict[str, Any]] = []
    sensors: tuple[str, ...] = ()
    place = 0
    for pair in plan.pairs:
        known, named = words[pair.pair].known(plan)
        sensors = sensors or named
        for drive in plan.keys(pair):
            if drive in known:
                rows.append({**known[drive], "index": place})
            place += 1
    return Checkpoint(
        leaderboard=plan.leaderboard,
        records=tuple(rows),
        progress=(len(rows), plan.total),
        sensors=sensors,
        entry_status=statuses.STARTED,
        global_record={},
        claims={},
    )
