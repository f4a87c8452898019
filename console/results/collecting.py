"""From untrusted partials to one record per drive, every doubt noted by name.

Decides which records count; makes no statistics and no document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Tuple

from console.results import jsontext, layout
from console.results.checkpoint import (
    Checkpoint,
    Refused,
    checkpoint_of,
    printable,
    refuse_strange,
    route_of,
)
from console.results.plan import PairPlan, Plan
from console.results.report import Problem, Record, Scores

Key = Tuple[str, int]

_TOLD_PER_KIND = 4


@dataclass(frozen=True)
class Partial:
    """One pair's checkpoint file as it was found.

    `pair` 0: to be told from the records. `text` None: unreadable, and `problem` (a kind) with
    `reason` says why; with a text they say why it is an earlier copy. `kept`: records that an
    earlier look found finished; they stand in for what the text no longer holds.
    """

    pair: int
    text: str | None
    problem: str = ""
    reason: str = ""
    kept: tuple[dict[str, Any], ...] = ()


@dataclass
class Findings:
    """Problems in the order of discovery, bounded: a few texts for each kind and pair."""

    told: list[Problem] = field(default_factory=list)
    more: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, kind: str, pair: int, text: str) -> None:
        """Note a problem; foreign text in it is made printable."""
        known = sum(1 for old in self.told if (old.kind, old.pair) == (kind, pair))
        if known < _TOLD_PER_KIND:
            self.told.append(Problem(kind, pair, printable(text)))
        else:
            self.more[kind, pair] = self.more.get((kind, pair), 0) + 1

    def problems(self) -> tuple[Problem, ...]:
        """All that was noted; what was left out is counted."""
        rest = [Problem(kind, pair, f"and {n} more") for (kind, pair), n in self.more.items()]
        return tuple(self.told + rest)


@dataclass
class Source:
    """A partial on its way: its frame, if sound, and the pair it turned out to belong to."""

    partial: Partial
    checkpoint: Checkpoint | None
    pair: int


def sources(plan: Plan, partials: tuple[Partial, ...], findings: Findings) -> list[Source]:
    """Every partial with its frame, ordered by pair; troubles with files go to `findings`."""
    opened = [(partial, *_frame(partial, plan.version)) for partial in partials]
    found = [Source(partial, frame, partial.pair) for partial, frame, _, _ in opened]
    _assign(plan, found)
    for source, (partial, _, kind, reason) in zip(found, opened):
        if partial.problem:
            findings.add(partial.problem, source.pair, f"the result file {partial.reason}")
        if kind:
            findings.add(kind, source.pair, f"the result file {reason}")
    return sorted(found, key=lambda source: source.pair)


def records(plan: Plan, found: list[Source], findings: Findings) -> dict[Key, Record]:
    """One record per finished drive. The first telling stays; what disagrees is noted."""
    taken: dict[Key, Record] = {}
    misplaced: list[tuple[int, Key, str]] = []
    places = {pair.pair: _places(plan, pair) for pair in plan.pairs}
    offsets = _offsets(plan)
    for source in found:
        own_places = places.get(source.pair, {})
        collector = _Collector(plan, source.pair, own_places, findings, misplaced)
        collector.offset = offsets.get(source.pair, 0)
        for raw in _finished(source):
            collector.take(raw, taken)
        for raw in source.partial.kept:
            collector.take_kept(raw, taken)
    for pair, key, name in misplaced:
        if key in taken:
            findings.add("duplicate", pair, f"{name} is there, and with pair {taken[key].pair} too")
        else:
            findings.add("foreign", pair, f"{name} was not launched for this pair")
    return taken


@dataclass
class _Collector:
    plan: Plan
    pair: int
    places: dict[Key, int]
    findings: Findings
    misplaced: list[tuple[int, Key, str]]
    offset: int = 0

    def take(self, raw: Any, taken: dict[Key, Record]) -> None:
        record = self.understood(raw)
        if record is None:
            return
        known = taken.get(record.key)
        if known is None:
            taken[record.key] = record
        elif dict(known.raw) == dict(record.raw):
            self.findings.add("duplicate", self.pair, f"{record.route_id} is there twice")
        else:
            text = f"{record.route_id} is there twice, with different content"
            self.findings.add("contradiction", self.pair, text)

    def take_kept(self, raw: dict[str, Any], taken: dict[Key, Record]) -> None:
        record = self.understood(raw)
        if record is not None and record.key not in taken:
            taken[record.key] = record
            text = f"{record.route_id} is known from an earlier look only"
            self.findings.add("stale", self.pair, text)

    def understood(self, raw: Any) -> Record | None:
        try:
            key = self._key(raw)
            refuse_strange(raw, self.plan.version)
        except Refused as refused:
            self.findings.add("hostile", self.pair, f"{_name(raw)} {refused}")
            return None
        if key is None:
            return None
        return _record(raw, key, self.pair, self.offset + self.places[key])

    def _key(self, raw: Any) -> Key | None:
        """The drive that a record tells of, or None (noted) when it is none of this pair's."""
        route, repetition = route_of(raw)
        if (repetition is None) != (self.plan.version == "1.0"):
            text = f"{_name(raw)} is not of Leaderboard {self.plan.version}"
            self.findings.add("version", self.pair, text)
            return None
        index = raw.get("index")
        known_index = isinstance(index, int) and not isinstance(index, bool)
        if repetition is None:
            if not known_index:
                raise Refused("has no index")
            repetition = index % self.plan.repetitions
        key = (route, repetition)
        if key not in self.places:
            self.misplaced.append((self.pair, key, _name(raw)))
            return None
        if self.plan.positions_known and index != self.places[key]:
            text = f"{_name(raw)} has index {index}, its place is {self.places[key]}"
            self.findings.add("contradiction", self.pair, text)
            return None if self.plan.version == "1.0" else key
        return key


def _frame(partial: Partial, version: str) -> tuple[Checkpoint | None, str, str]:
    """(frame, kind of problem, reason); the last two are empty when all is well."""
    if partial.text is None:
        return None, "", ""
    try:
        return checkpoint_of(jsontext.bounded(partial.text), version), "", ""
    except jsontext.UnreadableJson as torn:
        return None, "torn", str(torn)
    except (jsontext.HostileJson, Refused) as hostile:
        return None, "hostile", str(hostile)


def _assign(plan: Plan, found: list[Source]) -> None:
    """Give each partial of an unknown pair the pair whose routes it tells most of."""
    homes = {route: pair.pair for pair in plan.pairs for route in pair.routes}
    for source in found:
        if source.pair == 0 and source.checkpoint:
            source.pair = _home(source.checkpoint, homes)
    free = [pair.pair for pair in plan.pairs if pair.pair not in {s.pair for s in found}]
    for source in found:
        if source.pair == 0 and free:
            source.pair = free.pop(0)


def _home(checkpoint: Checkpoint, homes: dict[str, int]) -> int:
    votes: dict[int, int] = {}
    for raw in checkpoint.records:
        try:
            pair = homes.get(route_of(raw)[0], 0)
        except Refused:
            continue
        votes[pair] = votes.get(pair, 0) + 1
    votes.pop(0, None)
    return max(sorted(votes), key=lambda pair: votes[pair]) if votes else 0


def _finished(source: Source) -> list[Any]:
    checkpoint = source.checkpoint
    if checkpoint is None:
        return []
    return [
        raw for place, raw in enumerate(checkpoint.records) if not checkpoint.provisional(place)
    ]


def _places(plan: Plan, pair: PairPlan) -> dict[Key, int]:
    return {key: place for place, key in enumerate(plan.keys(pair))}


def _offsets(plan: Plan) -> dict[int, int]:
    offsets, start = {}, 0
    for pair in plan.pairs:
        offsets[pair.pair] = start
        start += len(pair.routes) * plan.repetitions
    return offsets


def _name(raw: Any) -> str:
    name = raw.get("route_id") if isinstance(raw, dict) else None
    return printable(name, 60) if isinstance(name, str) else "a record"


def _record(raw: dict[str, Any], key: Key, pair: int, index: int) -> Record:
    scores, meta = raw["scores"], raw["meta"]
    names = layout.INFRACTIONS_V2 if key_has_suffix(raw) else layout.INFRACTIONS_V1
    return Record(
        index=index,
        pair=pair,
        route=key[0],
        repetition=key[1],
        route_id=raw["route_id"],
        status=raw["status"],
        scores=Scores(scores["score_composed"], scores["score_route"], scores["score_penalty"]),
        infractions={name: tuple(raw["infractions"][name]) for name in names},
        route_length=meta["route_length"],
        duration_game=meta["duration_game"],
        duration_system=meta["duration_system"],
        raw=raw,
    )


def key_has_suffix(raw: dict[str, Any]) -> bool:
    """Whether a record's id tells its repetition, as 2.x ids do."""
    return route_of(raw)[1] is not None
