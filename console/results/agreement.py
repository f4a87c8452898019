"""Does a partial agree with itself? Entry status, eligible, progress, records, global record.

Whatever is told here, no evaluator of that version can have written: such a file is never final.
Numbers that only mismatch their records are the matter of `console.results.claims`.
"""

from __future__ import annotations

from console.results import statistics_v2, statuses
from console.results.checkpoint import Checkpoint
from console.results.named_tuple import TYPE_CHECKING
from console.results.quoting import MISSING, shown, wrong
from console.results.report import Record
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any, Iterator

_PASSING = 1
"""Records that a file may have beyond its progress: the one that is (or was) being driven."""


def disagreements(checkpoint: Checkpoint) -> Iterator[str]:
    """Each part of a file that cannot stand beside the others, with its value and its limit."""
    yield from _eligible(checkpoint)
    yield from _progress(checkpoint)
    if checkpoint.global_record:
        yield from _ended(checkpoint)
    else:
        yield from _not_ended(checkpoint)


def record_disagreements(record: Record, leaderboard: Leaderboard) -> Iterator[str]:
    """The same for one record: its status, its number of infractions, its place."""
    complete = record.scores.route >= statistics_v2.COMPLETE
    possible = leaderboard.words.status_of(complete=complete, infractions=record.infractions)
    if record.status not in possible:
        told = f"{record.scores.route:g}% of the route and {record.num_infractions} infractions"
        yield f"{wrong('status', record.status, ' or '.join(possible))} with {told}"
    claimed = record.raw.get("num_infractions", MISSING)
    right = record.num_infractions
    differs = claimed != right or isinstance(claimed, bool)
    if leaderboard.counts_infractions and differs:
        yield wrong("num_infractions", claimed, f"{right}, which is what its lists hold")


def _eligible(checkpoint: Checkpoint) -> Iterator[str]:
    right = checkpoint.leaderboard.words.eligible_with(checkpoint.entry_status)
    claimed = checkpoint.claims["eligible"]
    # 1 equals True in Python, and no evaluator writes it.
    if claimed != right or type(claimed) is not type(right):
        beside = f"{shown(right)} beside entry_status {shown(checkpoint.entry_status)}"
        yield wrong("eligible", claimed, beside)


def _progress(checkpoint: Checkpoint) -> Iterator[str]:
    there = len(checkpoint.records)
    if checkpoint.progress is None:
        if not checkpoint.leaderboard.begins_without_progress or there > _PASSING:
            yield f"progress is [] with {there} records, expected a pair of numbers"
        return
    done, total = checkpoint.progress
    told = wrong("progress", [done, total], "").rstrip()
    if done > total:
        yield f"{told} at most {total} drives done"
    # The record of the drive under way may be there before progress counts it; never two.
    if there > min(done + _PASSING, total):
        yield f"{told} a number that goes with {there} records"
    uncounted = _stopped(checkpoint) and not checkpoint.leaderboard.counts_stopped_drives
    if uncounted and there != done + _PASSING:
        yield f"{told} one less than {there} records beside entry_status {_entry(checkpoint)}"


def _not_ended(checkpoint: Checkpoint) -> Iterator[str]:
    words = checkpoint.leaderboard.words
    possible = words.under_way + words.stopped
    if checkpoint.entry_status not in possible:
        known = ", ".join(repr(word) for word in possible)
        yield f"entry_status is {_entry(checkpoint)} without a global record, expected {known}"
    for name in ("values", "labels"):
        if checkpoint.claims[name] != []:
            yield f"{wrong(name, checkpoint.claims[name], '[]')} without a global record"
    last = _status_of(checkpoint.records[-1]) if checkpoint.records else MISSING
    rejected = checkpoint.entry_status == statuses.REJECTED
    recorded = rejected and checkpoint.leaderboard.counts_stopped_drives
    if recorded and last != statuses.SENSORS_INVALID:
        text = wrong("the status of its last record", last, repr(statuses.SENSORS_INVALID))
        yield f"{text} beside entry_status {_entry(checkpoint)}"


def _ended(checkpoint: Checkpoint) -> Iterator[str]:
    words = checkpoint.leaderboard.words
    possible = words.ended + words.void
    if checkpoint.entry_status not in possible:
        known = ", ".join(repr(word) for word in possible)
        yield f"entry_status is {_entry(checkpoint)} beside a global record, expected {known}"
    if not checkpoint.whole:
        there = len(checkpoint.records)
        pair = list(checkpoint.progress) if checkpoint.progress else []
        yield f"{wrong('progress', pair, f'[{there}, {there}]')} beside a global record"
        return
    rows = [record for record in checkpoint.records if isinstance(_status_of(record), str)]
    right = checkpoint.leaderboard.entry_status(rows)
    if checkpoint.entry_status in words.ended and checkpoint.entry_status != right:
        yield f"entry_status is {_entry(checkpoint)}, its records give {right!r}"
    if checkpoint.entry_status in words.void and checkpoint.leaderboard.void_lacks_records:
        yield f"entry_status is {_entry(checkpoint)}, but no record is missing"
    if checkpoint.divides_by_zero:
        yield "has a global record beside a driven route with route_length 0, expected none"
    yield from _summary(checkpoint, rows)


def _summary(checkpoint: Checkpoint, rows: list[Any]) -> Iterator[str]:
    """The words of a global record; its numbers are compared elsewhere."""
    summary = checkpoint.global_record
    for name in ("index", "route_id"):
        if summary.get(name, MISSING) != -1:
            yield wrong(f"global_record/{name}", summary.get(name, MISSING), "-1")
    # Words over records of which some have no status follow from nothing.
    if len(rows) == len(checkpoint.records):
        yield from checkpoint.leaderboard.summary_disagreements(rows, summary)


def _status_of(record: Any) -> Any:
    return record.get("status", MISSING) if isinstance(record, dict) else MISSING


def _stopped(checkpoint: Checkpoint) -> bool:
    return checkpoint.entry_status in checkpoint.leaderboard.words.stopped


def _entry(checkpoint: Checkpoint) -> str:
    return shown(checkpoint.entry_status)
