"""What partials claim about themselves, held against what their records give.

Compares only: it decides neither which records count nor whether a result is complete.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping

from console.results import penalty, statistics_v1, statistics_v2
from console.results.collecting import Findings, Key, Source
from console.results.plan import Plan
from console.results.report import Record

_SLACK = 1e-9
"""Same records, same arithmetic, same order: what is left is the noise of another machine."""

Summary = Dict[str, Any]


def check(plan: Plan, found: list[Source], taken: Mapping[Key, Record], findings: Findings) -> None:
    """Note each score of a record and each number of a partial's global record that differs.

    A global record is only looked at where all of its records count: of others nothing is known.
    """
    for record in sorted(taken.values(), key=lambda record: record.index):
        for text in penalty.differences(record, plan.version):
            findings.add("score-mismatch", record.pair, f"{record.route_id}: {text}")
    for source in found:
        checkpoint = source.checkpoint
        if checkpoint is None or not checkpoint.global_record:
            continue
        own = [record for record in taken.values() if record.pair == source.pair]
        if checkpoint.settled and len(own) == len(checkpoint.records):
            right = summary_of(plan.version, [dict(record.raw) for record in own], len(own))
            for text in _differences(right, checkpoint.global_record):
                findings.add("score-mismatch", source.pair, f"its global record {text}")


def summary_of(version: str, rows: list[dict[str, Any]], total: int) -> Summary:
    """The right global record over rows of a version."""
    if version == "1.0":
        return statistics_v1.global_record(rows, total)
    return statistics_v2.global_record(rows, total)


def _differences(right: Summary, claimed: Mapping[str, Any]) -> Iterator[str]:
    """The scores come first: a list of problems is cut at its end."""
    groups = ["scores_mean", "scores", "scores_std_dev", "infractions", "meta"]
    for group in groups:
        said = claimed.get(group)
        for key, number in right.get(group, {}).items():
            claim = said.get(key) if isinstance(said, dict) else None
            if isinstance(number, list) or (isinstance(number, str) and claim == number):
                continue
            name = f"{group}/{key}"
            if isinstance(claim, bool) or not isinstance(claim, (int, float)):
                yield f"has no number at {name}"
            elif isinstance(number, str) or abs(claim - number) > _SLACK * max(1.0, abs(number)):
                yield f"says {name} {claim:.9g}, its records give {number:.9g}"
