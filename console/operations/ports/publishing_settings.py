"""What a user sets of publishing: where results go, and how often. No HTTP and no token here."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from console.operations.ports.evalai_queue import IntakeSettings

EVALAI = "https://eval.ai"
EVERY_SECONDS = 60.0


class KeptInFile(msgspec.Struct, frozen=True):
    """A file that holds the token, read at each use."""

    path: Path

    def __str__(self) -> str:
        return f"file {self.path}"


class KeptInSecret(msgspec.Struct, frozen=True):
    """A key of a Kubernetes Secret, in the cluster that is asked for the submissions."""

    namespace: str
    name: str
    key: str

    def __str__(self) -> str:
        return f"Secret {self.namespace}/{self.name}, key {self.key}"


class KeptInKeyring(msgspec.Struct, frozen=True):
    """An entry of the keyring of this user's system."""

    service: str
    user: str

    def __str__(self) -> str:
        return f"keyring entry {self.service} {self.user}"


TokenPlace = KeptInFile | KeptInSecret | KeptInKeyring


class EvalAiSettings(msgspec.Struct, frozen=True):
    """One server of EvalAI, and what of ours goes there."""

    token: TokenPlace
    """Where its owner keeps the token of a host of the challenges."""
    challenges: frozenset[int]
    """Only these challenges' submissions are published."""
    server: str = EVALAI
    seconds: float = EVERY_SECONDS
    """At least so long between two partial results of a submission."""
    intake: IntakeSettings = IntakeSettings()
    """What of its queue is launched, and as what."""


class StorageSettings(msgspec.Struct, frozen=True):
    """One place, and the files of every launch go there."""

    to: str
    """`s3://bucket/prefix`, or the whole path of a directory."""
    seconds: float = EVERY_SECONDS
    """At least so long between two looks at a submission that goes on."""
    endpoint: str | None = None
    """Of a bucket that is not Amazon's."""


class PublishingSettings(msgspec.Struct, frozen=True):
    """What is on: nothing, until a user says so."""

    evalai: EvalAiSettings | None = None
    storage: StorageSettings | None = None
    table: str = ""
    """The DynamoDB table that is told when a submission starts and ends; empty: none."""


class SecretReader(Protocol):
    """A cluster, as far as a token that is kept in it is concerned."""

    async def secret(self, namespace: str, name: str, key: str) -> bytes:
        """The value of one key, with the rights of whoever asks. Raises ConsoleError."""
        ...


class PublishingFile(Protocol):
    """The user's settings, as they are now."""

    @property
    def file(self) -> Path:
        """Where they stand."""
        ...

    def settings(self) -> PublishingSettings:
        """Reads a file; raises InvalidInput with the mistake's place."""
        ...
