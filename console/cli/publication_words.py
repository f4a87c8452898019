"""What is published of a submission: as launches and `publish` say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from console.cli import narration
from console.operations.submitting.publishing import publishing_plan

if TYPE_CHECKING:
    from console.operations.ports.publishing import PublishingFile


def tell_publishing(publishing: PublishingFile | None, manifest: Mapping[str, Any]) -> None:
    """Narrate where results go, or that nobody gets those for which somebody waits."""
    settings = publishing.settings() if publishing is not None else None
    if publishing is None or settings is None or settings.evalai is None:
        return
    plan = publishing_plan(manifest, settings)
    if plan.place is not None or plan.wanted:
        from console.presentation.publishing import plan_words  # for those whose results are

        told = plan_words(plan, settings, str(publishing.file))
        narration.say(f"{'warning' if plan.wanted else 'note'}: {told}")
