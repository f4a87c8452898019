"""Is this merged document the complete result of what was launched? Takes nobody's word for it.

Pure. Its own records are held against the plan, and what it says of them against the records.
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from msgspec.structs import replace

from console.domain.driven_again import why_not_counted
from console.domain.events import PlanReported
from console.domain.launched_routes import launched_routes
from console.domain.progress import MergedResult
from console.domain.submission import SubmissionPlan
from console.results import eligibility, jsontext
from console.results.checkpoint import checkpoint_of
from console.results.plan import PairRoutes, Plan
from console.results.quoting import MISSING, shown
from console.results.raw_record import Refused
from console.results.report import HARMLESS, GlobalStatistics, MergeReport, statistics_of
from console.results.review import review
from console.workers import protocol

ROUTES_UNKNOWN = "Nobody has told which routes the subsets select: only logcopy reads the file."
PLAN_UNKNOWN = "The Job does not tell what was launched, so nothing can be checked."
SLACK = 1e-3
"""2.x rounds its means; a claim further off than this is not what the records give."""


class MergeVerdict(msgspec.Struct, frozen=True):
    """What was found; `report` is this console's own merge of the document's records.

    `eligible` and the entry status are those of a final document: both its own and what its
    records give.
    """

    final: bool
    why_not: str = ""
    report: MergeReport | None = None
    eligible: bool | None = None
    why_not_eligible: str = ""

    @property
    def entry_status(self) -> str | None:
        """The Leaderboard's word for a final result."""
        return self.report.entry_status if self.final and self.report else None

    @property
    def driving_score(self) -> float | None:
        """The mean of a final result, as its records give it."""
        found = self.report.statistics if self.final and self.report else None
        return found.means.composed if found else None


def launched_plan(plan: SubmissionPlan, told: PlanReported | None) -> Plan | None:
    """The launched drives, with ids as logcopy read them; None where nobody knows them all."""
    routes = launched_routes(plan, told)
    pairs = tuple(PairRoutes(pair, own) for pair, own in routes.items() if own is not None)
    if len(pairs) < len(plan.pairs):
        return None
    return Plan(plan.drives, pairs)


def checked(plan: SubmissionPlan | None, told: PlanReported | None, document: str) -> MergedResult:
    """A merged document, whoever gave it, with what this console finds of it."""
    digest = protocol.digest_of(document)
    if plan is None:
        return MergedResult(digest, document, False, PLAN_UNKNOWN)
    verdict = judged(plan, told, document)
    return MergedResult(
        digest,
        document,
        verdict.final,
        verdict.why_not,
        verdict.entry_status,
        verdict.eligible,
        verdict.why_not_eligible,
        verdict.driving_score,
    )


def judged(plan: SubmissionPlan, told: PlanReported | None, text: str) -> MergeVerdict:
    """The verdict on the merged document of that launch.

    One that drives what had ended by its agent's own doing again does not count, whatever it says.
    """
    verdict = verify(launched_plan(plan, told), text)
    why = why_not_counted(plan.driven_again)
    if not why or not verdict.final:
        return verdict
    return replace(verdict, eligible=False, why_not_eligible=f"{why}.")


@functools.lru_cache(maxsize=16)
def verify(plan: Plan | None, text: str) -> MergeVerdict:
    """The verdict on one merged document."""
    if plan is None:
        return MergeVerdict(False, ROUTES_UNKNOWN)
    try:
        document = jsontext.bounded(text, partials=len(plan.pairs))
        merged = checkpoint_of(document, plan.leaderboard)
        report = review(plan, merged)
    except (jsontext.UnreadableJson, jsontext.HostileJson, Refused) as refused:
        return MergeVerdict(False, f"The merged document {refused}.")
    if not report.complete:
        worst = next((p for p in report.problems if p.kind not in HARMLESS), None)
        told = f": {worst.text}" if worst else ""
        return MergeVerdict(
            False, f"{report.done} of {report.total} drives are there{told}.", report
        )
    claim = _false_word(document, report) or _false_claim(merged.global_record, report.statistics)
    if claim:
        return MergeVerdict(False, claim, report)
    counts = report.eligible and document["eligible"] is True
    return MergeVerdict(True, "", report, counts, "" if counts else _why_not_eligible(report))


def _false_word(document: dict[str, Any], report: MergeReport) -> str:
    """A sentence if the document's entry status is not what its records give.

    It may be stricter than its records: logcopy knows what the partials claimed.
    """
    progress = document["_checkpoint"]["progress"]
    if progress != [report.total, report.total]:
        return (
            f"The merged document has progress {shown(progress)}; it holds {report.total} drives."
        )
    status, eligible = document.get("entry_status", MISSING), document.get("eligible", MISSING)
    if status == "Started":
        return "The merged document does not say that it is finished."
    if status != report.entry_status:
        right = shown(report.entry_status)
        return f"The merged document has entry_status {shown(status)}; its records give {right}."
    if not isinstance(eligible, bool) or (eligible and not report.eligible):
        right = shown(report.eligible)
        return f"The merged document has eligible {shown(eligible)}; its records give {right}."
    return ""


def _why_not_eligible(report: MergeReport) -> str:
    told = [problem.text for problem in report.problems if problem.kind == eligibility.KIND]
    return f"{told[0]}." if told else "logcopy found claims in a result file that do not hold."


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
