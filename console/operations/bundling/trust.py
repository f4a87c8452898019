"""What is believed of a bundle that comes from elsewhere: what this console can check. Pure.

Whoever can write a file can write a score into it. A merged result is held against the plan here,
as one that comes from logcopy is; nobody's word that it is final is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from console.domain.events import Event, JobSeen, MergedReported, PlanReported
from console.domain.submission import SubmissionPlan
from console.operations.outcome.verify import checked


def verified(events: Iterable[Event]) -> Iterator[Event]:
    """The same events; what they say of a result is what this console finds itself."""
    plan: SubmissionPlan | None = None
    told: PlanReported | None = None
    for event in events:
        if isinstance(event, JobSeen):
            plan = event.job.plan or plan
        elif isinstance(event, PlanReported):
            told = event
        elif isinstance(event, MergedReported):
            yield replace(event, result=checked(plan, told, event.result.text))
            continue
        yield event
