"""Publications and what stands here beside them, and the step that follows, for the tests of it."""

from __future__ import annotations

from fakes.evalai_model import BEGIN, PLACE
from fakes.published_runs import PERIOD, RECORDING

from console.operations.ports.evalai import RemoteOutcome, RemoteStatus, RemoteSubmission
from console.operations.ports.publications import Publication
from console.operations.publishing import publication_changes
from console.operations.publishing.next_step import Send, StandingHere, Step, next_step

NEW = Publication(PLACE, RECORDING, BEGIN, BEGIN)
RUNNING, NEWS = StandingHere(), StandingHere("drives 1 to 3")
DONE, FAILED = StandingHere(ended=RemoteOutcome.FINISHED), StandingHere(ended=RemoteOutcome.FAILED)
UNSEEN = StandingHere(unknown="no verified result of it has been seen here.")
PARTIAL = Send(RemoteOutcome.PARTIALLY_EVALUATED)
FINISHED, CANCELLED = Send(RemoteOutcome.FINISHED), Send(RemoteOutcome.CANCELLED)


def shows(
    status: RemoteStatus | None, said: str = "", touched: str | None = None
) -> RemoteSubmission:
    return RemoteSubmission(status, said or str(status), touched=touched)


def step(known: Publication, here: StandingHere, status: RemoteStatus | None) -> Step:
    """Right after a look that shows it."""
    there = shows(status)
    return next_step(publication_changes.looked(known, there, BEGIN), here, there, BEGIN, PERIOD)


def sent(outcome: RemoteOutcome, digest: str = "d", *, known: Publication = NEW) -> Publication:
    """Taken by EvalAI."""
    return publication_changes.taken(
        publication_changes.begun(known, outcome, digest, BEGIN), BEGIN, PERIOD
    )
