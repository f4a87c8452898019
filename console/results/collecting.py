"""From untrusted partials to one record per drive, every doubt noted by file and record.

Decides which records count; makes no statistics and no document.
"""

from __future__ import annotations

from console.results import agreement, jsontext
from console.results.checkpoint import UNTOLD, Checkpoint, checkpoint_of
from console.results.merge_findings import Findings
from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.plan import PairRoutes, Plan
from console.results.quoting import printable, wrong
from console.results.raw_record import OfAnotherVersion, Refused, refuse_strange, route_of
from console.results.report import Record, Scores
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Iterator, Tuple

    Key = Tuple[str, int]


class Partial(NamedTuple):
    """One pair's checkpoint file as it was found; `name` is what people call the file.

    `pair` 0: to be told from the records. `text` None: unreadable, and `problem` (a kind) with
    `reason` says why; with a text they say why it is an earlier copy. `kept`: records that an
    earlier look found finished; they stand in for what the text no longer holds. `document`: the
    value of the text where somebody has read it already, else it is read here.
    """

    pair: int
    text: str | None
    problem: str = ""
    reason: str = ""
    kept: tuple[dict[str, Any], ...] = ()
    name: str = ""
    document: Any = None

    @property
    def file(self) -> str:
        """The file in a message."""
        return self.name or "the result file"


class PartialSource:
    """A partial on its way: its frame, if sound, and the pair it turned out to belong to."""

    __slots__ = ("checkpoint", "pair", "partial")

    def __init__(self, partial: Partial, checkpoint: Checkpoint | None, pair: int) -> None:
        self.partial, self.checkpoint, self.pair = partial, checkpoint, pair

    @property
    def file(self) -> str:
        """The file in a message."""
        return self.partial.file


def sources(plan: Plan, partials: tuple[Partial, ...], findings: Findings) -> list[PartialSource]:
    """Every partial with its frame, ordered by pair; troubles with files go to `findings`."""
    opened = [(partial, *_frame(partial, plan.leaderboard)) for partial in partials]
    found = [PartialSource(partial, frame, partial.pair) for partial, frame, _, _ in opened]
    _assign(plan, found)
    for source, (partial, _, kind, reason) in zip(found, opened):
        if partial.problem:
            findings.add(partial.problem, source.pair, partial.reason, source.file)
        if kind:
            findings.add(kind, source.pair, reason, source.file)
        if source.checkpoint and source.checkpoint.by_script:
            findings.add("unverified", source.pair, UNTOLD, source.file)
        elif source.checkpoint:
            for text in agreement.disagreements(source.checkpoint):
                findings.add("contradiction", source.pair, text, source.file)
    # By pair, so that the first telling of a drive is the same whatever order the files came in.
    return sorted(found, key=lambda source: source.pair)


def records(plan: Plan, found: list[PartialSource], findings: Findings) -> dict[Key, Record]:
    """One record per finished drive. The first telling stays; what disagrees is noted."""
    taken: dict[Key, Record] = {}
    homes: dict[Key, str] = {}
    misplaced: list[tuple[PartialSource, Key, str]] = []
    merged = plan.merged_places()
    places = {pair.pair: _places(plan, pair) for pair in plan.pairs}
    for source in found:
        own = places.get(source.pair, {})
        collector = _Collector(plan, source, own, findings, misplaced, merged, homes)
        for place, raw in _finished(source):
            collector.take(place, raw, taken)
        # After the file's own: what an earlier look kept stands in only for what the file lacks.
        for raw in source.partial.kept:
            collector.take_kept(raw, taken)
    for source, key, name in misplaced:
        # Only at the end is it known whether the pair that it belongs to has told it too.
        if key in taken:
            text = f"{name} is there, and with pair {taken[key].pair} in {homes[key]} too"
            findings.add("duplicate", source.pair, text, source.file)
        else:
            text = f"{name} was not launched for this pair"
            findings.add("foreign", source.pair, text, source.file)
    return taken


class _Collector:
    """`homes`: the file from which each drive was taken."""

    def __init__(
        self,
        plan: Plan,
        source: PartialSource,
        places: dict[Key, int],
        findings: Findings,
        misplaced: list[tuple[PartialSource, Key, str]],
        merged: dict[str, int],
        homes: dict[Key, str],
    ) -> None:
        self.plan, self.source, self.places, self.findings = plan, source, places, findings
        self.misplaced, self.merged, self.homes = misplaced, merged, homes
        self.groups: dict[str, int] = {}
        """Where the repetitions of a route stand, by its first record."""

    @property
    def unplaced(self) -> bool:
        """Its file tells no places: a record is where the plan has its drive."""
        return self.source.checkpoint is not None and self.source.checkpoint.by_script

    def take(self, place: int, raw: Any, taken: dict[Key, Record]) -> None:
        name = name_of(raw, place)
        record = self.understood(raw, name)
        if record is None:
            return
        self._compare_place(raw, record, place, name)
        known = taken.get(record.key)
        if known is None:
            self._keep(record, name, taken)
            return
        home = self.homes[record.key]
        where = "twice" if home == self.source.file else f"and in {home} too"
        # The same record twice does no harm to a score; two different ones do, whichever is taken.
        if dict(known.raw) == dict(record.raw):
            self._note("duplicate", f"{name} is there {where}")
        else:
            self._note("contradiction", f"{name} is there {where}, with different content")

    def take_kept(self, raw: dict[str, Any], taken: dict[Key, Record]) -> None:
        name = name_of(raw)
        record = self.understood(raw, name)
        # The file's own record is younger than the one that was kept of it.
        if record is not None and record.key not in taken:
            self._keep(record, name, taken)
            self._note("stale", f"{name} is known from an earlier look only")

    def understood(self, raw: Any, name: str) -> Record | None:
        try:
            key = self._key(raw, name)
            if key is None:
                return None
            refuse_strange(raw, self.plan.leaderboard)
        except Refused as refused:
            self._note("hostile", f"{name}: {refused}")
            return None
        return _record(self.plan, raw, key, (self.source.pair, self.merged[key[0]] + key[1]))

    def _keep(self, record: Record, name: str, taken: dict[Key, Record]) -> None:
        taken[record.key] = record
        self.homes[record.key] = self.source.file
        for text in agreement.record_disagreements(record, self.plan.leaderboard):
            self._note("contradiction", f"{name}: {text}")

    def _key(self, raw: Any, name: str) -> Key | None:
        """The drive that a record tells of, or None (noted) when it is none of this pair's."""
        route, repetition = route_of(raw)
        leaderboard = self.plan.leaderboard
        if (repetition is not None) != leaderboard.suffixes_repetitions:
            self._note("version", f"{name} is not of Leaderboard {leaderboard}")
            return None
        index = raw.get("index")
        known_index = isinstance(index, int) and not isinstance(index, bool)
        if repetition is None:
            # 1.0 names no repetition: only the index tells which one it is.
            if not known_index:
                raise Refused(wrong("index", index, "a whole number"))
            repetition = index % self.plan.repetitions
        key = (route, repetition)
        if key not in self.places:
            self.misplaced.append((self.source, key, name))
            return None
        if self.unplaced:
            raw["index"] = self.places[key]
        elif self.plan.positions_known and index != self.places[key]:
            self._note("contradiction", f"{name}: {wrong('index', index, str(self.places[key]))}")
            # Where the index alone tells the repetition, a wrong one makes it a record of nobody
            # knows which.
            return key if leaderboard.suffixes_repetitions else None
        return key

    def _compare_place(self, raw: dict[str, Any], record: Record, place: int, name: str) -> None:
        """Where no routes file tells the places, the file and the repetitions still do."""
        index, repetitions = raw["index"], self.plan.repetitions
        if self.plan.positions_known or self.unplaced:
            return
        group = self.groups.setdefault(record.route, index // repetitions)
        right = group * repetitions + record.repetition
        checkpoint = self.source.checkpoint
        if checkpoint is not None and checkpoint.settled:
            right = place if index != place else right
        if index != right:
            self._note("contradiction", f"{name}: {wrong('index', index, str(right))}")

    def _note(self, kind: str, text: str) -> None:
        self.findings.add(kind, self.source.pair, text, self.source.file)


def name_of(raw: Any, place: int | None = None) -> str:
    """A record in a message: its place in the file and the route that it names."""
    name = raw.get("route_id") if isinstance(raw, dict) else None
    told = [f"records[{place}]"] if place is not None else []
    if isinstance(name, str):
        told.append(printable(name, 60))
    return " ".join(told) or "a record"


def _frame(partial: Partial, leaderboard: Leaderboard) -> tuple[Checkpoint | None, str, str]:
    """(frame, kind of problem, reason); the last two are empty when all is well."""
    if partial.text is None:
        return None, "", ""
    try:
        read = partial.document
        document = jsontext.bounded(partial.text) if read is None else read
        return checkpoint_of(document, leaderboard), "", ""
    except jsontext.UnreadableJson as torn:
        return None, "torn", str(torn)
    except OfAnotherVersion as other:
        return None, "version", str(other)
    except (jsontext.HostileJson, Refused) as hostile:
        return None, "hostile", str(hostile)


def _assign(plan: Plan, found: list[PartialSource]) -> None:
    """Give each partial of an unknown pair the pair whose routes it tells most of."""
    homes = {route: pair.pair for pair in plan.pairs for route in pair.routes}
    for source in found:
        if source.pair == 0 and source.checkpoint:
            source.pair = _home(source.checkpoint, homes)
    free = [pair.pair for pair in plan.pairs if pair.pair not in {s.pair for s in found}]
    # A file without a record to go by belongs to a pair that has none yet.
    for source in found:
        if source.pair == 0 and free:
            source.pair = free.pop(0)


def _home(checkpoint: Checkpoint, homes: dict[str, int]) -> int:
    votes: dict[int, int] = {}
    # By majority: a file with one foreign record is still its own pair's, and the record is named.
    for raw in checkpoint.records:
        try:
            pair = homes.get(route_of(raw)[0], 0)
        except Refused:
            continue
        votes[pair] = votes.get(pair, 0) + 1
    votes.pop(0, None)
    # A tie goes to the lower pair, so that the same files give the same result.
    return max(sorted(votes), key=lambda pair: votes[pair]) if votes else 0


def _finished(source: PartialSource) -> Iterator[tuple[int, Any]]:
    """(place, record) of what the next resume leaves alone."""
    checkpoint = source.checkpoint
    told: list[Any] = list(checkpoint.records) if checkpoint else []
    for place, raw in enumerate(told):
        # The evaluator drives a provisional record again: counted, it would be replaced behind our
        # back.
        if checkpoint is not None and not checkpoint.provisional(place):
            yield place, raw


def _places(plan: Plan, pair: PairRoutes) -> dict[Key, int]:
    return {key: place for place, key in enumerate(plan.keys(pair))}


def _record(plan: Plan, raw: dict[str, Any], key: Key, place: tuple[int, int]) -> Record:
    """`place`: its pair, and its index in the whole submission."""
    scores, meta = raw["scores"], raw["meta"]
    pair, index = place
    names = plan.leaderboard.infractions
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
