"""What has to be set before anything is taken in, and what this user's ledger knows of before."""

from __future__ import annotations

from collections.abc import Callable

from console.domain.facts import EvalAiPlace
from console.errors import NotFound
from console.operations.ports.publications import Publication
from console.operations.ports.publishing import EvalAiSettings, PublishingFile
from console.operations.services import Services

Recorded = Callable[[EvalAiPlace], str]
"""The name under which results for that place were recorded; empty for none. Reads a file."""


def demand_intake(file: PublishingFile, *, queue: bool = True) -> EvalAiSettings:
    """What is set of it; `queue`: messages are taken from one. Raises NotFound, InvalidInput."""
    settings = file.settings().evalai
    if settings is None:
        lacks = "evalai"
    elif not settings.intake.phases:
        lacks = "evalai.phases"
    elif queue and not settings.intake.queue:
        lacks = "evalai.queue"
    else:
        return settings
    raise NotFound(
        "Nothing is launched for EvalAI's messages.",
        why=f"{file.file} does not set {lacks}.",
        fix="The guide has an example of it: Submissions from EvalAI.",
    )


def recorded_by(services: Services, namespace: str) -> Recorded:
    """Of that cluster and namespace; a submission of elsewhere cannot go on here."""
    here = (services.cluster.description.context, namespace)

    def name(place: EvalAiPlace) -> str:
        known = services.publications.look().values() if services.publications else ()
        recordings = (
            each.recording
            for each in known
            if isinstance(each, Publication) and each.place == place
        )
        return next(
            (each.name for each in recordings if (each.cluster, each.namespace) == here), ""
        )

    return name
