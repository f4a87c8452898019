"""Publications as a ledger may hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from console.domain.facts import EvalAiPlace, JobFacts
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import Publication, PublicationStage, SentUpdate
from console.operations.ports.recorder import Recording

NOW = datetime(2026, 11, 30, 12, 3, 9, tzinfo=UTC)
PLACE = EvalAiPlace("https://eval.ai", 2098, 4137, 301234)
RECORDING = Recording("lab", "races", "demo", "uid-1")
JOB = JobFacts("demo", "races", "uid-1", NOW - timedelta(hours=1), 8, evalai=PLACE)


def publication(**more: Any) -> Publication:
    """Of that Job; nothing of it is sent yet."""
    facts: dict[str, Any] = {
        "place": PLACE,
        "recording": RECORDING,
        "job_created": JOB.created_at,
        "changed": NOW,
        **more,
    }
    return Publication(**facts)


def sent(outcome: RemoteOutcome, at: datetime = NOW) -> SentUpdate:
    return SentUpdate(outcome, "digest", at)


def published(outcome: RemoteOutcome = RemoteOutcome.FINISHED, **more: Any) -> Publication:
    """EvalAI shows its final result."""
    facts: dict[str, Any] = {
        "stage": PublicationStage.PUBLISHED,
        "final": outcome,
        "taken": sent(outcome),
        "shown": outcome.shown,
        "words": f"EvalAI shows it as {outcome.shown}.",
        **more,
    }
    return publication(**facts)


def resume_asked(**more: Any) -> Publication:
    """It failed, and its host has pressed resume at EvalAI since."""
    return published(RemoteOutcome.FAILED, shown=RemoteStatus.RESUMING, **more)
