"""What is published of a submission, in words for screens and commands alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console.operations.ports.publishing_settings import PublishingSettings
from console.operations.submitting.publishing_plan import PublishingPlan


def plan_words(plan: PublishingPlan, settings: PublishingSettings, file: str) -> str:
    """What a launch will do, before it is one. `file`: where the user sets it."""
    return " ".join(each for each in (_at_evalai(plan, settings, file), *_to_places(plan)) if each)


def _to_places(plan: PublishingPlan) -> Iterator[str]:
    if plan.storage:
        yield (
            f"Its files go to {plan.storage} while it runs and when it has ended, only what"
            " changed; a folder that holds another submission is left as it is."
        )
        if plan.place is not None:
            yield "What an earlier run of that number has there is kept in a folder beside it."
    if plan.table:
        team, submission = plan.row
        yield (
            f"DynamoDB's table {plan.table} is told when it starts and how it ends"
            f" (team {team}, submission {submission})."
        )


def _at_evalai(plan: PublishingPlan, settings: PublishingSettings, file: str) -> str:
    if plan.place is None or settings.evalai is None:
        if settings.evalai is None and (plan.storage or plan.table):
            return ""
        what = "Nothing goes to EvalAI" if plan.storage or plan.table else "Nothing is published"
        return f"{what}: {plan.why_not} ({file})."
    return (
        f"The recorder sends results to EvalAI's {plan.place}: what is new at most every"
        f" {settings.evalai.seconds:g} s, and the final result until EvalAI shows it. A cancel"
        " there cancels it here. No token enters the pod."
    )
