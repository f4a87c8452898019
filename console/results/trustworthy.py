"""The merge to rely on: it knows what was launched and calls nothing complete that is not.

Pure: texts in, a `MergeReport` out. The document has the layout of the Leaderboard's own merge,
so its tools read it; where that merge is wrong (a 1.0 global status, per-file indexes, a result
over fewer routes) this one is right instead.
"""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from console.results import claims, layout, statistics_v1, statistics_v2
from console.results.collecting import Findings, Key, Partial, Source, records, sources
from console.results.plan import PairPlan, Plan
from console.results.report import (
    HARMLESS,
    GlobalStatistics,
    MergeReport,
    PairReport,
    Problem,
    Record,
    statistics_of,
)

_NAMED = 5


def merge(
    plan: Plan, partials: Iterable[Partial], *, noted: tuple[Problem, ...] = ()
) -> MergeReport:
    """The merged result of `partials` against `plan`. Never raises for what a partial holds.

    The order of partials whose pair is unknown does not matter. `noted`: problems that the
    caller found on the way (with the routes file, for example); they lead the list.
    """
    findings = Findings(list(noted))
    found = sources(plan, tuple(partials), findings)
    taken = records(plan, found, findings)
    sensors = _sensors(found, taken, findings)
    claims.check(plan, found, taken, findings)
    pairs = tuple(_pair(plan, pair, found, taken, findings) for pair in plan.pairs)
    in_order = tuple(sorted(taken.values(), key=lambda record: record.index))
    problems = findings.problems()
    complete = 0 < plan.total == len(in_order) and all(
        problem.kind in HARMLESS for problem in problems
    )
    document = _document(plan, in_order, sensors)
    statistics = _finish(plan, document, problems) if complete else None
    return MergeReport(
        version=plan.version,
        status="complete" if complete else "incomplete",
        done=len(in_order),
        total=plan.total,
        problems=problems,
        pairs=pairs,
        records=in_order,
        statistics=statistics,
        document=document,
    )


def _sensors(
    found: list[Source], taken: Mapping[Key, Record], findings: Findings
) -> tuple[str, ...]:
    """The sensors of the first partial that names any; another list elsewhere is a problem."""
    reference: tuple[str, ...] = ()
    for source in found:
        sensors = source.checkpoint.sensors if source.checkpoint else ()
        if sensors and reference and sensors != reference:
            text = f"has {', '.join(sensors)}; another pair has {', '.join(reference)}"
            findings.add("sensors", source.pair, text)
        reference = reference or sensors
    return reference


def _pair(
    plan: Plan,
    pair: PairPlan,
    found: list[Source],
    taken: Mapping[Key, Record],
    findings: Findings,
) -> PairReport:
    keys = plan.keys(pair)
    absent = [plan.route_id(*key) for key in keys if key not in taken]
    own = [source for source in found if source.pair == pair.pair]
    frames = [source.checkpoint for source in own if source.checkpoint]
    for frame in frames:
        if frame.progress is not None and frame.progress[1] != len(keys):
            text = f"its file tells of {frame.progress[1]} drives, {len(keys)} were launched"
            findings.add("contradiction", pair.pair, text)
    settled = bool(frames) and len(frames) == len(own) and all(f.settled for f in frames)
    if not own:
        findings.add("missing", pair.pair, "no result file")
    if absent:
        named = ", ".join(absent[:_NAMED]) + (", ..." if len(absent) > _NAMED else "")
        text = f"{len(absent)} of {len(keys)} drives have no finished record: {named}"
        findings.add("missing", pair.pair, text)
    if frames and not settled:
        findings.add("unsettled", pair.pair, _why_unsettled(frames[0].entry_status))
    status = frames[0].entry_status if frames else ""
    return PairReport(pair.pair, len(keys) - len(absent), len(keys), settled, status)


def _why_unsettled(entry_status: str) -> str:
    if entry_status == "Crashed":
        return "its evaluator crashed; the last route is going to be driven again"
    return f"its evaluator has not finished (entry_status {entry_status!r})"


def _document(plan: Plan, in_order: tuple[Record, ...], sensors: tuple[str, ...]) -> dict[str, Any]:
    """The merged file of an unfinished result; `_finish` turns it into a finished one."""
    return {
        "_checkpoint": {
            "global_record": {},
            "progress": [len(in_order), plan.total],
            "records": [_row(plan, record) for record in in_order],
        },
        "entry_status": "Started",
        "eligible": False,
        "sensors": list(sensors),
        "values": [],
        "labels": [],
    }


def _row(plan: Plan, record: Record) -> dict[str, Any]:
    defaults = {} if plan.version == "1.0" else layout.defaults_v2()
    return {**defaults, **record.raw, "index": record.index}


def _finish(
    plan: Plan, document: dict[str, Any], problems: tuple[Problem, ...]
) -> GlobalStatistics:
    """Fill in what only a complete result has. Eligible: nothing about it is in doubt."""
    rows = document["_checkpoint"]["records"]
    summary = claims.summary_of(plan.version, rows, plan.total)
    document["_checkpoint"]["global_record"] = summary
    first = plan.version == "1.0"
    document["values"] = statistics_v1.values(summary) if first else statistics_v2.values(summary)
    document["labels"] = layout.labels(plan.version)
    status = statistics_v1.entry_status(rows) if first else statistics_v2.entry_status(rows)
    if any("Agent's sensors were invalid" in row["status"] for row in rows):
        status = "Rejected"
    if not first and not document["sensors"]:
        status = "Invalid"
    document["entry_status"] = status
    doubtful = any(problem.kind == "score-mismatch" for problem in problems)
    ended = status in ("Finished", "Finished with agent errors")
    document["eligible"] = ended and bool(document["sensors"]) and not doubtful
    return statistics_of(summary)
