"""What has to be set before anything is taken in, and what this user's ledger knows of before."""

from __future__ import annotations

from console.domain.facts import EvalAiPlace
from console.errors import NotFound
from console.operations.intake.sight import Recorded
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.ports.publishing_settings import EvalAiSettings, PublishingFile
from console.operations.services import Services

_GOES_ON = (PublicationStage.OPEN, PublicationStage.ENDING)


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

    def known(place: EvalAiPlace) -> tuple[str, str]:
        ledger = services.publications.look().values() if services.publications else ()
        found = [each for each in ledger if isinstance(each, Publication) and each.place == place]
        mine = (each.recording.name for each in found if _where(each) == here)
        busy = (_where(each) for each in found if _where(each) != here and each.stage in _GOES_ON)
        words = (f"namespace {space} of {cluster}" for cluster, space in busy)
        return next(mine, ""), next(words, "")

    return known


def _where(known: Publication) -> tuple[str, str]:
    return known.recording.cluster, known.recording.namespace
