"""What is published of a submission: as launches and `publish` say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from console.cli import narration
from console.operations.submitting.publishing_plan import publishing_plan

if TYPE_CHECKING:
    from console.operations.ports.publications import PublishingRules
    from console.operations.ports.publishing_settings import PublishingFile
    from console.operations.services import Services

    Rules = Callable[[], PublishingRules]


async def tell_there(
    publishing: PublishingFile | None, rules: Rules | None, manifest: Mapping[str, Any]
) -> None:
    """Narrate what EvalAI shows of the submission that this launch is for; nothing where it is for
    none. Whatever it shows, and where it does not tell, the launch goes on."""
    if publishing is None or rules is None or (settings := publishing.settings()).evalai is None:
        return
    plan = publishing_plan(manifest, settings)
    if plan.place is None:
        return
    from console.operations.publishing.asked_before import ask_before  # for those who publish
    from console.presentation.before_launch import before_launch
    from console.specs.publishing_annotations import team_of

    told = before_launch(await ask_before(rules(), plan.place), team_of(manifest))
    narration.say(f"note: {told.line}")
    for each in told.mismatches:
        narration.say(f"warning: {each.text}")


def tell_unasked(
    publishing: PublishingFile,
    manifests: Sequence[Mapping[str, Any]],
    *,
    asked_evalai: bool = False,
) -> None:
    """Narrate whom a dry run of the client does not ask, and which one does: it needs no network.
    Nothing where a launch asks nobody either. `asked_evalai`: for what a message lacks."""
    settings = publishing.settings()
    plans = [publishing_plan(each, settings) for each in manifests]
    whom = {
        "EvalAI": not asked_evalai and any(each.place for each in plans),
        settings.storage.to if settings.storage else "": any(each.storage for each in plans),
        f"table {settings.table}": any(each.table for each in plans),
    }
    if unasked := [name for name, meant in whom.items() if meant]:
        told = f"what {' and '.join(unasked)} would say to it is not asked by --dry-run=client"
        narration.say(f"note: {told}: --dry-run=server asks, and keeps nothing")


async def tell_before(services: Services, manifest: Mapping[str, Any]) -> None:
    """Narrate what all those show of a launch to whom its results would go."""
    await tell_there(services.publishing, services.evalai, manifest)
    await tell_taken(services, manifest)


async def tell_taken(services: Services, manifest: Mapping[str, Any]) -> None:
    """Narrate whose the folder and the row are already to which this launch would go; nothing where
    they are nobody's. The launch goes on all the same."""
    if services.publishing is None or services.delivering is None:
        return
    plan = publishing_plan(manifest, services.publishing.settings())
    if not (plan.storage or plan.table):
        return
    from console.operations.delivering.asked_before import ask_places, names_before  # likewise
    from console.presentation.folders_before import taken_words

    earlier = names_before(services, manifest)
    taken = await ask_places(services.delivering(), plan, earlier)
    for each in taken_words(taken, plan):
        narration.say(f"warning: {each.text}")


def tell_publishing(publishing: PublishingFile | None, manifest: Mapping[str, Any]) -> None:
    """Narrate where results go, or that nobody gets those for which somebody waits."""
    settings = publishing.settings() if publishing is not None else None
    if publishing is None or settings is None:
        return
    plan = publishing_plan(manifest, settings)
    if plan.place is not None or plan.wanted or plan.storage or plan.table:
        from console.presentation.publishing_words import plan_words  # for those whose results are

        told = plan_words(plan, settings, str(publishing.file))
        narration.say(f"{'warning' if plan.wanted else 'note'}: {told}")
