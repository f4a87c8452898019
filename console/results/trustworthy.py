"""The merge to rely on: it knows what was launched and calls nothing complete that is not.

Pure: texts in, a `MergeReport` out. The document has the layout of the Leaderboard's own merge,
so its tools read it; where that merge is wrong (a 1.0 global status, per-file indexes, a result
over fewer routes) this one is right instead.
"""

from __future__ import annotations

from console.results import claims, statuses
from console.results.checkpoint import Checkpoint
from console.results.collecting import Partial, PartialSource, records, sources
from console.results.eligibility import Ending, ending
from console.results.merge_findings import Findings
from console.results.named_tuple import TYPE_CHECKING
from console.results.plan import PairRoutes, Plan
from console.results.quoting import shown, wrong
from console.results.report import (
    HARMLESS,
    GlobalStatistics,
    MergeReport,
    PairReport,
    Problem,
    Record,
    statistics_of,
)

if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping, Sequence

    from console.results.collecting import Key

_NAMED = 5


def merge(
    plan: Plan, partials: Iterable[Partial], *, noted: tuple[Problem, ...] = ()
) -> MergeReport:
    """The merged result of `partials` against `plan`. Never raises for what a partial holds.

    The order of partials whose pair is unknown does not matter. `noted`: problems that the
    caller found on the way (with the routes file, for example); they lead the list.
    """
    findings = Findings(noted)
    return joined(plan, sources(plan, tuple(partials), findings), findings)


def joined(plan: Plan, found: list[PartialSource], findings: Findings) -> MergeReport:
    """The merged result of what was found of each pair; `findings`: what is known of it already."""
    taken = records(plan, found, findings)
    sensors = _sensors(found, taken, findings)
    claims.check(plan, found, taken, findings)
    pairs = tuple(_pair(plan, pair, found, taken, findings) for pair in plan.pairs)
    in_order = tuple(sorted(taken.values(), key=lambda record: record.index))
    problems = findings.problems()
    # A plan of no drives is no complete result, though none is missing.
    complete = 0 < plan.total == len(in_order) and all(
        problem.kind in HARMLESS for problem in problems
    )
    document = _document(plan, in_order, sensors)
    statistics = None
    if complete:
        rows = document["_checkpoint"]["records"]
        how = ending(plan.leaderboard, found, rows, problems)
        statistics = _finish(plan, document, how)
        # Behind all others, for they decided: whether it counts is asked of complete results alone.
        problems += how.why_not
    return MergeReport(
        leaderboard=plan.leaderboard,
        status="complete" if complete else "incomplete",
        done=len(in_order),
        total=plan.total,
        problems=problems,
        pairs=pairs,
        records=in_order,
        statistics=statistics,
        document=document,
        launched_routes=plan.routes if plan.certain else None,
        file_routes=plan.file_routes,
    )


def _sensors(
    found: list[PartialSource], taken: Mapping[Key, Record], findings: Findings
) -> tuple[str, ...]:
    """The sensors of the first partial that names any; another list elsewhere is a problem."""
    reference: tuple[str, ...] = ()
    first = ""
    for source in found:
        sensors = source.checkpoint.sensors if source.checkpoint else ()
        if sensors and reference and sensors != reference:
            told = wrong("sensors", list(sensors), f"{shown(list(reference))} as in {first}")
            findings.add("sensors", source.pair, told, source.file)
        if sensors and not reference:
            reference, first = sensors, source.file
    return reference


def _pair(
    plan: Plan,
    pair: PairRoutes,
    found: list[PartialSource],
    taken: Mapping[Key, Record],
    findings: Findings,
) -> PairReport:
    keys = plan.keys(pair)
    absent = [plan.route_id(*key) for key in keys if key not in taken]
    own = [source for source in found if source.pair == pair.pair]
    file = " and ".join(source.file for source in own)
    frames = [source.checkpoint for source in own if source.checkpoint]
    _compare_totals(len(keys), own, findings)
    # A pair with one finished and one unfinished file is not finished.
    settled = bool(frames) and len(frames) == len(own) and all(f.settled for f in frames)
    if not own:
        findings.add("missing", pair.pair, "no result file")
    if absent:
        named = ", ".join(absent[:_NAMED]) + (", ..." if len(absent) > _NAMED else "")
        text = f"{len(absent)} of {len(keys)} drives have no finished record: {named}"
        findings.add("missing", pair.pair, text, file)
    for source in own:
        if source.checkpoint and not source.checkpoint.settled:
            text = _why_unsettled(source.checkpoint)
            findings.add("unsettled", pair.pair, text, source.file)
    status = frames[0].entry_status if frames else ""
    done = len(keys) - len(absent)
    return PairReport(pair.pair, done, len(keys), settled, status, tuple(absent))


def _compare_totals(launched: int, own: Sequence[PartialSource], findings: Findings) -> None:
    for source in own:
        progress = source.checkpoint.progress if source.checkpoint else None
        if source.checkpoint is None or progress is None:
            continue
        # A second copy of a file has no pair left: each of its records is named as a duplicate.
        copied = not launched and progress[1] == len(source.checkpoint.records)
        if progress[1] != launched and not copied:
            text = wrong("progress", list(progress), f"{launched} drives, as they were launched")
            findings.add("contradiction", source.pair, text, source.file)


def _why_unsettled(checkpoint: Checkpoint) -> str:
    status = shown(checkpoint.entry_status)
    if checkpoint.entry_status == statuses.CRASHED and not checkpoint.global_record:
        return f"entry_status is {status}; the last route is going to be driven again"
    if checkpoint.global_record and checkpoint.entry_status in checkpoint.leaderboard.words.void:
        return f"entry_status is {status}: its own evaluator calls it no result"
    progress = list(checkpoint.progress or ())
    return f"its evaluator has not finished: entry_status is {status}, progress {progress}"


def _document(plan: Plan, in_order: tuple[Record, ...], sensors: tuple[str, ...]) -> dict[str, Any]:
    """The merged file of an unfinished result; `_finish` turns it into a finished one."""
    return {
        "_checkpoint": {
            "global_record": {},
            "progress": [len(in_order), plan.total],
            "records": [_row(plan, record) for record in in_order],
        },
        # What an evaluator writes first: tools that read the file take it for one that goes on.
        "entry_status": "Started",
        "eligible": False,
        "sensors": list(sensors),
        "values": [],
        "labels": [],
    }


def _row(plan: Plan, record: Record) -> dict[str, Any]:
    # The record's own words win; its index was counted within its file, and is not that of the
    # whole.
    return {**plan.leaderboard.record_defaults(), **record.raw, "index": record.index}


def _finish(plan: Plan, document: dict[str, Any], how: Ending) -> GlobalStatistics:
    """Fill in what only a complete result has."""
    rows = document["_checkpoint"]["records"]
    leaderboard = plan.leaderboard
    summary = leaderboard.global_record(rows, plan.total)
    document["_checkpoint"]["global_record"] = summary
    document["values"] = leaderboard.values(summary)
    document["labels"] = leaderboard.labels
    document["entry_status"] = how.entry_status
    document["eligible"] = how.eligible
    document.update(leaderboard.beside(rows, plan.total))
    return statistics_of(summary)
