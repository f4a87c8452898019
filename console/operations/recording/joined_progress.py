"""The logcopies of pairs that have a pod each, heard as the one of a whole submission.

Each tells of its pair alone, under the pair's true number. What they tell is joined here: what was
launched, how far it is, which drives are finished. The whole merged document is made here too, of
all records, as the trustworthy merge makes one: nobody's word is taken for it. Pure apart from its
memory, and the same whatever the order in which the logcopies are heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from console.domain.events import Event, MergedReported, PlanReported, RouteFinished
from console.domain.progress import FinishedRoute
from console.domain.submission import SubmissionPlan
from console.operations.outcome.verify import checked, launched_plan
from console.operations.recording.finished_drives import Finished, sensors_of
from console.operations.recording.joined_merge import PairWord, merged_text
from console.operations.recording.joined_reports import JoinedReports
from console.operations.recording.progress import ProgressReader
from console.results.plan import Plan
from console.results.raw_record import Refused
from console.workers import protocol


class JoinedProgress:
    """One for each pair. All that it tells is of the whole, under the whole's key."""

    def __init__(self, plan: SubmissionPlan, key: str) -> None:
        self.containers = plan.logcopies
        self._plan, self._key = plan, key
        self._readers = {
            name: _PartReader(self, plan.part(pair.number), pair.number)
            for name, pair in zip(plan.logcopies, plan.pairs, strict=bool(plan.logcopies))
        }
        self._reports = JoinedReports(len(plan.pairs), plan.drives.repetitions)
        self._plans: dict[int, PlanReported] = {}
        self._told: PlanReported | None = None
        self._words = {pair.number: PairWord() for pair in plan.pairs}
        self._text = ""

    def of(self, container: str) -> ProgressReader:
        """Who reads that container's log."""
        return self._readers[container]

    def plan_told(self, pair: int, told: PlanReported) -> Iterator[Event]:
        """With what the others have told; a pair that has not says nothing."""
        self._plans[pair] = told
        self._reports.in_file(told.file_routes)
        routes = tuple(
            (number, self._own_routes(number)) for number in (p.number for p in self._plan.pairs)
        )
        joined = replace(told, routes=routes)
        if self._told is None or replace(self._told, at=told.at) != joined:
            self._told = joined
            yield joined

    def _own_routes(self, pair: int) -> tuple[str, ...]:
        told = self._plans.get(pair)
        return dict(told.routes).get(pair, ()) if told else ()

    def snapshot(self, pair: int, event: Event, sensors: tuple[str, ...], pod: str) -> Event | None:
        """The joined report, with that pair's part of it."""
        self._words[pair].sensors = sensors or self._words[pair].sensors
        return self._reports.joined(pair, event, pod, self._key)

    def record(
        self, pair: int, at: datetime, record: FinishedRoute, raw: dict[str, object]
    ) -> Iterator[Event]:
        """A finished drive of that pair; the newest telling counts."""
        if record.pair != pair:
            raise Refused(f"is of pair {record.pair}")
        self._words[pair].records[record.route_id, record.repetition] = raw
        self._reports.finished(record)
        yield RouteFinished(at, record, self._key)

    def finished_of(self, pair: int) -> tuple[Plan, Finished] | None:
        """What that pair was launched to drive, and what it has of that; None while its routes are
        not known."""
        plan = launched_plan(self._plan.part(pair), self._plans.get(pair))
        if plan is None:
            return None
        records, sensors = self._words[pair].known(plan)
        return plan, Finished(records, sensors)

    def merged(self, pair: int, at: datetime, text: str) -> Iterator[Event]:
        """The pair's own document tells that it is through, and whether it counts."""
        self._words[pair].hear(checked(self._plan.part(pair), self._plans.get(pair), text))
        # What one pair has driven to its end, while others go on, is in their records already.
        if self._words[pair].through and not all(each.said for each in self._words.values()):
            return
        plan = launched_plan(self._plan, self._told)
        whole = merged_text(plan, self._words) if plan is not None else ""
        if whole and whole != self._text:
            self._text = whole
            yield MergedReported(at, checked(self._plan, self._told, whole), self._key)


class _PartReader(ProgressReader):
    """Of one pair's logcopy, over all pods of its index."""

    def __init__(self, whole: JoinedProgress, plan: SubmissionPlan, pair: int) -> None:
        super().__init__(plan)
        self._whole, self._pair = whole, pair

    def _events(self, line: protocol.ProgressLine, at: datetime, pod: str) -> Iterator[Event]:
        if line.kind == protocol.MERGED:
            yield from self._whole.merged(self._pair, at, line.payload["text"])
            return
        for event in super()._events(line, at, pod):
            if isinstance(event, PlanReported):
                yield from self._whole.plan_told(self._pair, event)
            elif isinstance(event, RouteFinished):
                raw = line.payload["record"]
                yield from self._whole.record(self._pair, at, event.record, raw)
            elif joined := self._whole.snapshot(self._pair, event, sensors_of(line.payload), pod):
                yield joined
