"""Whether a launch is published, where, and why it is not. Pure: reads no file, asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.specs import pod
from console.specs.publishing_annotations import (
    evalai_number,
    folder_of,
    numbers_of,
    row_of,
    to_be_published,
    to_be_stored,
)

# Who launches asks for this, and few have such settings.
if TYPE_CHECKING:
    from console.operations.ports.publishing_settings import EvalAiSettings, PublishingSettings
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
    storage: str = ""
    """The place of its files, and its folder there; empty where they go nowhere."""
    table: str = ""
    """The DynamoDB table that is told of it."""
    row: tuple[str, str] = ("", "")
    """Team and submission, by which that table knows it."""

    @property
    def wanted(self) -> bool:
        """Somebody will wait for results that do not come."""
        return bool(self.at)


def publishing_plan(manifest: Mapping[str, Any], settings: PublishingSettings) -> PublishingPlan:
    """By the numbers that the Job carries."""
    if settings.evalai is None:
        plan = PublishingPlan(None, "publishing is not set up")
    else:
        plan = _at_evalai(numbers_of(manifest), settings.evalai)
    storage = f"{settings.storage.to}/{_folder(manifest, plan.place)}" if settings.storage else ""
    row = row_of(manifest)
    table = settings.table if all(row) else ""
    return replace(plan, storage=storage, table=table, row=row)


def _folder(manifest: Mapping[str, Any], place: EvalAiPlace | None) -> str:
    if place is not None:
        return str(place.submission)
    return folder_of(manifest, str(pod.descend(manifest, ("metadata", "name")) or "?"))


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
    plan = publishing_plan(composed.manifest, settings)
    if plan.place is not None:
        composed = to_be_published(composed, plan.place)
    if settings.storage is None and not plan.table:
        return composed
    return to_be_stored(composed, settings.storage.to if settings.storage else "", plan.table)
