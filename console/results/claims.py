"""What partials claim about themselves, held against what their records give.

Compares only: it decides neither which records count nor whether a result is complete.
"""

from __future__ import annotations

from console.results import penalty
from console.results.checkpoint import Checkpoint
from console.results.collecting import PartialSource
from console.results.merge_findings import Findings
from console.results.named_tuple import TYPE_CHECKING
from console.results.plan import Plan
from console.results.quoting import shown, wrong
from console.results.report import Record

if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Mapping

    from console.results.collecting import Key

    Summary = Dict[str, Any]

_SLACK = 1e-9
"""Same records, same arithmetic, same order: what is left is the noise of another machine."""
_TEXT_SLACK = 2e-3
"""1.0 writes three decimals: noise before the rounding can tip the last one."""


def check(
    plan: Plan, found: list[PartialSource], taken: Mapping[Key, Record], findings: Findings
) -> None:
    """Note each score of a record and each number of a partial's global record that differs.

    A global record is only looked at where all of its records count: of others nothing is known.
    """
    files = {source.pair: source.file for source in found}
    for record in sorted(taken.values(), key=lambda record: record.index):
        for text in penalty.differences(record, plan.leaderboard):
            told = f"{record.route_id}: {text}"
            findings.add("score-mismatch", record.pair, told, files.get(record.pair, ""))
    for source in found:
        checkpoint = source.checkpoint
        if checkpoint is None or not checkpoint.global_record:
            continue
        own = [record for record in taken.values() if record.pair == source.pair]
        # A pair whose records were refused in part has a global record over others than these.
        if checkpoint.whole and len(own) == len(checkpoint.records):
            right = _summary_of(plan, own)
            for text in _differences(right, checkpoint):
                findings.add("score-mismatch", source.pair, text, source.file)


def _summary_of(plan: Plan, own: list[Record]) -> Summary:
    """The right global record over these records."""
    return plan.leaderboard.global_record([dict(record.raw) for record in own], len(own))


def _differences(right: Summary, checkpoint: Checkpoint) -> Iterator[str]:
    """The scores come first: a list of problems is cut at its end."""
    if _is_older(right, checkpoint):
        yield from _group("scores", right, checkpoint)
        return
    for group in ("scores_mean", "scores", "scores_std_dev", "infractions", "meta"):
        yield from _group(group, right, checkpoint)
    yield from _lists(right, checkpoint)


def _is_older(right: Summary, checkpoint: Checkpoint) -> bool:
    """The first 1.0, which carla_garage still has: no deviations, and other sums of infractions."""
    return "scores" in right and "scores_std_dev" not in checkpoint.global_record


def _group(group: str, right: Summary, checkpoint: Checkpoint) -> Iterator[str]:
    said = checkpoint.global_record.get(group)
    for key, number in right.get(group, {}).items():
        claim = said.get(key) if isinstance(said, dict) else None
        # Lists hold words, which `results.agreement` compares.
        if not isinstance(number, list) and not _same(claim, number):
            limit = f"{shown(number)}, as its records give"
            yield wrong(f"global_record/{group}/{key}", claim, limit)


def _lists(right: Summary, checkpoint: Checkpoint) -> Iterator[str]:
    """`values` and `labels` say in texts what the global record says in numbers."""
    leaderboard = checkpoint.leaderboard
    for name, wanted in (("values", leaderboard.values(right)), ("labels", leaderboard.labels)):
        said = checkpoint.claims[name]
        if not isinstance(said, list) or len(said) != len(wanted):
            yield wrong(name, said, f"a list of {len(wanted)} texts")
            continue
        for place, (claim, text) in enumerate(zip(said, wanted)):
            if not _same_text(claim, text):
                yield wrong(f"{name}[{place}]", claim, repr(text))


def _same(claim: Any, number: Any) -> bool:
    if isinstance(number, str):
        return bool(claim == number)
    # `True` is the number 1 to Python, and to no other reader of the file.
    if isinstance(claim, bool) or not isinstance(claim, (int, float)):
        return False
    return bool(abs(claim - number) <= _SLACK * max(1.0, abs(number)))


def _same_text(claim: Any, text: str) -> bool:
    """A number's text may have other last digits, and 0 may stand for 0.0."""
    if claim == text or not isinstance(claim, str):
        return bool(claim == text)
    try:
        return abs(float(claim) - float(text)) <= _TEXT_SLACK * max(1.0, abs(float(text)))
    except ValueError:
        return False
