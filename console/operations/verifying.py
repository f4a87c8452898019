"""Is this merged document the complete result of what was launched? Takes nobody's word for it.

Pure. The document is taken apart into the pairs' parts and merged once more against the plan.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from console.domain.events import PlanReported
from console.domain.launch import launched_routes
from console.domain.submission import SubmissionPlan
from console.results import jsontext, statistics_v1, statistics_v2
from console.results.checkpoint import ENTRY_STATUSES, Refused, refuse_strange, route_of
from console.results.collecting import Partial
from console.results.plan import PairPlan, Plan
from console.results.report import HARMLESS, GlobalStatistics, MergeReport, statistics_of
from console.results.trustworthy import merge

ENDED = ENTRY_STATUSES[2:]
ROUTES_UNKNOWN = "Nobody has told which routes the subsets select: only logcopy reads the file."
SLACK = 1e-3
"""2.x rounds its means; a claim further off than this is not what the records give."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; `report` is this console's own merge of the document's records."""

    final: bool
    why_not: str = ""
    report: MergeReport | None = None


def launched_plan(plan: SubmissionPlan, told: PlanReported | None) -> Plan | None:
    """The launched drives, with ids as logcopy read them; None where nobody knows them all."""
    routes = launched_routes(plan, told)
    pairs = tuple(PairPlan(pair, own) for pair, own in routes.items() if own is not None)
    if len(pairs) < len(plan.pairs):
        return None
    return Plan(plan.leaderboard.value, plan.repetitions, pairs)


@functools.lru_cache(maxsize=16)
def verify(plan: Plan | None, text: str) -> Verdict:
    """The verdict on one merged document."""
    if plan is None:
        return Verdict(False, ROUTES_UNKNOWN)
    try:
        document = jsontext.bounded(text)
        inner, records = _frame(document, plan)
        partials = _partials(plan, document, records)
    except (jsontext.UnreadableJson, jsontext.HostileJson, Refused) as refused:
        return Verdict(False, f"The merged document {refused}.")
    report = merge(plan, partials)
    if not report.complete:
        worst = next((p for p in report.problems if p.kind not in HARMLESS), None)
        told = f": {worst.text}" if worst else ""
        return Verdict(False, f"{report.done} of {report.total} drives are there{told}.", report)
    if document.get("entry_status") not in ENDED:
        return Verdict(False, "The merged document does not say that it is finished.", report)
    if claim := _false_claim(inner.get("global_record"), report.statistics):
        return Verdict(False, claim, report)
    return Verdict(True, "", report)


def _frame(document: Any, plan: Plan) -> tuple[dict[str, Any], list[Any]]:
    inner = document.get("_checkpoint") if isinstance(document, dict) else None
    records = inner.get("records") if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(records, list):
        raise Refused("has no records")
    for record in records:
        route_of(record)
        refuse_strange(record, plan.version)
    return inner, records


def _partials(plan: Plan, document: dict[str, Any], records: list[Any]) -> tuple[Partial, ...]:
    """The pairs' files as they must have been; what was not launched goes to the first pair."""
    homes = {route: pair.pair for pair in plan.pairs for route in pair.routes}
    parts: dict[int, list[Any]] = {pair.pair: [] for pair in plan.pairs}
    for record in records:
        parts[homes.get(route_of(record)[0], plan.pairs[0].pair)].append(record)
    partials, offset = [], 0
    for pair in plan.pairs:
        rows = [dict(row, index=row["index"] - offset) for row in parts[pair.pair]]
        offset += len(pair.routes) * plan.repetitions
        if rows:
            partials.append(Partial(pair.pair, _partial_text(plan, pair, document, rows)))
    return tuple(partials)


def _partial_text(
    plan: Plan, pair: PairPlan, document: dict[str, Any], rows: list[dict[str, Any]]
) -> str:
    launched = len(pair.routes) * plan.repetitions
    return jsontext.compact(
        {
            "_checkpoint": {
                "global_record": _summary(plan, rows),
                "progress": [len(rows), launched],
                "records": rows,
            },
            "entry_status": "Finished",
            "sensors": document.get("sensors"),
        }
    )


def _summary(plan: Plan, rows: list[dict[str, Any]]) -> dict[str, Any]:
    program = statistics_v1 if plan.version == "1.0" else statistics_v2
    return dict(program.global_record(rows, len(rows)))


def _false_claim(claimed: Any, found: GlobalStatistics | None) -> str:
    """A sentence if the document's global means are not those of its records."""
    try:
        means = statistics_of(claimed).means
    except (KeyError, TypeError, ValueError):
        return "The merged document has no global scores."
    if found is None:
        return "No global scores follow from the records."
    for name in ("composed", "route", "penalty"):
        said, right = getattr(means, name), getattr(found.means, name)
        if abs(said - right) > SLACK * max(1.0, abs(right)):
            return (
                f"The merged document claims a mean {name} of {said:g}; its records give {right:g}."
            )
    return ""
