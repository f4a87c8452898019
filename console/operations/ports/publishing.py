"""What a user sets of publishing: where results go, and how often. No HTTP and no token here."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from console.operations.ports.intake import IntakeSettings

EVALAI = "https://eval.ai"
EVERY_SECONDS = 60.0


class EvalAiSettings(msgspec.Struct, frozen=True):
    """One server of EvalAI, and what of ours goes there."""

    token_file: Path
    """Holds the token of a host of the challenges, and is read at each use."""
    challenges: frozenset[int]
    """Only these challenges' submissions are published."""
    server: str = EVALAI
    seconds: float = EVERY_SECONDS
    """At least so long between two partial results of a submission."""
    intake: IntakeSettings = IntakeSettings()
    """What of its queue is launched, and as what."""


class PublishingSettings(msgspec.Struct, frozen=True):
    """What is on: nothing, until a user says so."""

    evalai: EvalAiSettings | None = None


class PublishingFile(Protocol):
    """The user's settings, as they are now."""

    @property
    def file(self) -> Path:
        """Where they stand."""
        ...

    def settings(self) -> PublishingSettings:
        """Reads a file; raises InvalidInput with the mistake's place."""
        ...
