"""What is published of a submission, in words for screens and commands alike. Pure."""

from __future__ import annotations

from console.operations.ports.publishing import PublishingSettings
from console.operations.submitting.publishing import PublishingPlan


def plan_words(plan: PublishingPlan, settings: PublishingSettings, file: str) -> str:
    """What a launch will do, before it is one. `file`: where the user sets it."""
    if plan.place is None or settings.evalai is None:
        return f"Nothing is published: {plan.why_not} ({file})."
    return (
        f"The recorder sends results to EvalAI's {plan.place}: what is new at most every"
        f" {settings.evalai.seconds:g} s, and the final result until EvalAI shows it. A cancel"
        " there cancels it here. No token enters the pod."
    )
