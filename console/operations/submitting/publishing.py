"""Whether a launch is published, where, and why it is not. Pure: reads no file, asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from console.domain.facts import EvalAiPlace
from console.specs.published import evalai_number, numbers_of, to_be_published

# Who launches asks for this, and few have such settings.
if TYPE_CHECKING:
    from console.operations.ports.publishing import EvalAiSettings, PublishingSettings
    from console.specs.compose import Composed

PHASE, SUBMISSION = "submission.track_id", "submission.submission_id"
TEAM = "submission.team_id"
"""The values of a launch that say where its results go, and whose they are."""


class PublishingPlan(msgspec.Struct, frozen=True):
    """Where a launch's results go; without a place, why they go nowhere."""

    place: EvalAiPlace | None
    why_not: str = ""
    at: str = ""
    """The value that is to blame, where its challenge is one that is published."""

    @property
    def wanted(self) -> bool:
        """Somebody will wait for results that do not come."""
        return bool(self.at)


def publishing_plan(manifest: Mapping[str, Any], settings: PublishingSettings) -> PublishingPlan:
    """By the numbers that the Job carries."""
    if settings.evalai is None:
        return PublishingPlan(None, "publishing is not set up")
    return _at_evalai(numbers_of(manifest), settings.evalai)


def _at_evalai(told: tuple[str, str, str], settings: EvalAiSettings) -> PublishingPlan:
    challenge, phase, submission = (evalai_number(each) for each in told)
    if challenge is None or challenge not in settings.challenges:
        named = f"challenge {told[0]}" if challenge is not None else "a launch of no challenge"
        return PublishingPlan(None, f"{named} is not among those that are published")
    if phase is None or submission is None:
        what, at = ("phase", PHASE) if phase is None else ("submission", SUBMISSION)
        return PublishingPlan(None, f"its {what} id is no number of EvalAI's", at)
    return PublishingPlan(EvalAiPlace(settings.server, challenge, phase, submission))


def with_place(composed: Composed, settings: PublishingSettings) -> Composed:
    """The Job as it is launched with these settings."""
    place = publishing_plan(composed.manifest, settings).place
    return composed if place is None else to_be_published(composed, place)
