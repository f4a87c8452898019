"""Which drives of a submission are finished, and a checkpoint of each pair that has them.

Told by the records that this console has of logcopy: its log, and merged documents. Pure. Every
record is held against what was launched; whose word it is decides nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from console.results import jsontext
from console.results.checkpoint import Checkpoint, checkpoint_of
from console.results.partial_document import before, unloaded
from console.results.plan import Plan
from console.results.raw_record import Refused, refuse_strange, route_of
from console.workers import protocol

Drive = tuple[str, int]
Raw = dict[str, Any]
_MOST_SENSORS = 200


class Finished(msgspec.Struct, frozen=True):
    """The records of one submission by (route, repetition), and its sensors."""

    records: Mapping[Drive, Raw]
    sensors: tuple[str, ...] = ()


def finished_drives(
    plan: Plan, nonce: str, lines: Iterable[str], merged: Sequence[str] = ()
) -> Finished:
    """What logcopy's lines and merged documents tell: of a drive its newest line, and the first
    document where no line tells of it.

    Lines without the nonce and records of another shape are passed over.
    """
    records: dict[Drive, Raw] = {}
    documents = list(merged)
    sensors: tuple[str, ...] = ()
    for message in _told(lines, nonce):
        if message.kind == protocol.MERGED:
            documents.append(message.payload["text"])
        elif message.kind == protocol.SNAPSHOT:
            sensors = sensors_of(message.payload) or sensors
        elif message.kind == protocol.RECORD:
            raw: Any = message.payload.get("record")
            if (drive := drive_of(plan, raw)) is not None:
                records[drive] = raw
    for checkpoint in _read(plan, documents):
        sensors = checkpoint.sensors or sensors
        for raw in checkpoint.records:
            if (drive := drive_of(plan, raw)) is not None:
                records.setdefault(drive, raw)
    return Finished(records, sensors)


def _read(plan: Plan, documents: Iterable[str]) -> Iterator[Checkpoint]:
    for text in documents:
        try:
            yield checkpoint_of(jsontext.bounded(text), plan.leaderboard)
        except ValueError:
            continue


def begun(plan: Plan, finished: Finished) -> dict[int, list[Raw]]:
    """Pair -> the records that an evaluator can go on behind; of pairs that have any.

    It resumes at one place: a drive behind a missing one is driven again.
    """
    rows = {}
    for pair in plan.pairs:
        there = itertools.takewhile(finished.records.__contains__, plan.keys(pair))
        own = [dict(finished.records[key], index=place) for place, key in enumerate(there)]
        if own:
            rows[pair.pair] = own
    return rows


def repeated_drives(plan: Plan, finished: Finished) -> tuple[Drive, ...]:
    """The finished drives that no checkpoint can use.

    Those of its checkpoint are among them where the version drives a failure again, and all that is
    behind it. Nobody resumes a pair that is through.
    """
    rows = begun(plan, finished)
    found: list[Drive] = []
    for pair in plan.pairs:
        keys, own = plan.keys(pair), rows.get(pair.pair, [])
        through = len(own) == len(keys)
        kept = len(own) if through else plan.leaderboard.words.resumes_behind(own)
        found += [key for key in keys[kept:] if key in finished.records]
    return tuple(found)


def partial_texts(plan: Plan, finished: Finished) -> tuple[dict[int, str], tuple[str, ...]]:
    """The checkpoint of each pair that has begun, and the names of `repeated_drives`."""
    texts = {}
    rows = begun(plan, finished)
    for pair in plan.pairs:
        keys, own = plan.keys(pair), rows.get(pair.pair, [])
        rest = keys[len(own) :]
        if own:
            following = _unbegun(plan, rest[0], len(own)) if rest else {}
            sensors = list(finished.sensors)
            document = before(plan.leaderboard, own, len(keys), sensors, following)
            texts[pair.pair] = plan.leaderboard.text(document)
    return texts, tuple(plan.route_id(*key) for key in repeated_drives(plan, finished))


def _unbegun(plan: Plan, key: Drive, place: int) -> Raw:
    """A record for a drive that is next: it is gone once the drive begins."""
    return unloaded(plan.leaderboard, place, plan.route_id(*key), 0.0)


def _told(lines: Iterable[str], nonce: str) -> Iterator[protocol.ProgressLine]:
    """Whole messages of progress lines, in their order."""
    texts = protocol.Joiner()
    for line in lines:
        parsed = protocol.parse_line(line, nonce)
        if not isinstance(parsed, protocol.ProgressLine):
            continue
        try:
            message = texts.whole(parsed)
        except ValueError:
            continue
        if message is not None:
            yield message


def sensors_of(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Empty where it names none that an evaluator writes."""
    names = payload.get(protocol.SENSORS)
    if not isinstance(names, list) or len(names) > _MOST_SENSORS:
        return ()
    if not all(isinstance(each, str) and each.isprintable() for each in names):
        return ()
    return tuple(names)


def drive_of(plan: Plan, raw: Any) -> Drive | None:
    """The launched drive that a record tells of; None for anything else."""
    try:
        route, repetition = route_of(raw)
        refuse_strange(raw, plan.leaderboard)
    except Refused:
        return None
    if (repetition is not None) != plan.leaderboard.suffixes_repetitions:
        return None
    drive = (route, raw["index"] % plan.repetitions if repetition is None else repetition)
    return drive if any(drive in plan.keys(pair) for pair in plan.pairs) else None
