"""What nobody does of what is published, while no recorder runs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from console.operations.ports.deliveries import Delivery, DeliveryStage
from console.operations.ports.publications import Publication
from console.operations.publishing.after_the_end import is_watched

RESULTS_WAIT = "no recorder runs: results wait"
RESUMES_UNSEEN = "no recorder runs: who resumes at EvalAI is not seen"


def left_undone(known: Iterable[Publication | Delivery], cluster: str, now: datetime) -> str:
    """In a few words; empty where nothing of that cluster is left to be done."""
    mine = [each for each in known if each.recording.cluster == cluster]
    if any(_goes_on(each) for each in mine):
        return RESULTS_WAIT
    if any(isinstance(each, Publication) and is_watched(each, now) for each in mine):
        return RESUMES_UNSEEN
    return ""


def _goes_on(known: Publication | Delivery) -> bool:
    if isinstance(known, Publication):
        return known.busy and not known.closed
    return known.stage is DeliveryStage.OPEN
