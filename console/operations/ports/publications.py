"""What becomes of a submission at EvalAI, and where that is kept so that nothing is forgotten.

A publication is one EvalAI submission and the Job whose results it gets. Knows no HTTP and no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from console.domain.facts import EvalAiPlace
from console.errors import ConsoleError
from console.operations.ports.evalai import EvalAi, EvalAiUpdate, RemoteOutcome, RemoteStatus
from console.operations.ports.ledger import Ledger
from console.operations.ports.recorder import Recording

if TYPE_CHECKING:
    from console.operations.ports.deliveries import Delivery


class PublicationsFailed(ConsoleError):
    """What was and is to be sent cannot be read or written: what the disk said."""


class PublicationStage(StrEnum):
    """How far it is."""

    OPEN = "publishing"
    """What is new is sent while the submission goes on."""
    ENDING = "ending"
    """Its final result is sent until EvalAI shows it."""
    PUBLISHED = "published"
    """EvalAI shows the final result. Nothing is sent any more."""
    REFUSED = "refused"
    """EvalAI will not take it, however often it is sent. Nothing is, until somebody asks for it."""
    HELD = "held"
    """Nothing is sent before a person, or EvalAI, has changed something."""


class SentUpdate(msgspec.Struct, frozen=True):
    """An update by its outcome and the digest of what it said."""

    outcome: RemoteOutcome
    digest: str
    at: datetime
    """When it was begun."""
    before: RemoteStatus | None = None
    touched_before: str | None = None
    """What EvalAI showed then; see `operations.ports.evalai`."""


class Publication(msgspec.Struct, frozen=True):
    """One EvalAI submission and the Job whose results it gets, as it stands now."""

    place: EvalAiPlace
    recording: Recording
    """Of the Job."""
    job_created: datetime | None
    """The latest Job of several for one submission counts."""
    changed: datetime
    stage: PublicationStage = PublicationStage.OPEN
    words: str = ""
    """What happened last, or what is waited for, in one sentence; safe to show."""
    shown: RemoteStatus | None = None
    """What EvalAI showed last; None before the first answer, and for a word that is not known."""
    shown_at: datetime | None = None
    touched: str | None = None
    """By which it tells that an update was taken."""
    taken: SentUpdate | None = None
    """The last update of which is known that EvalAI has taken it."""
    begun: SentUpdate | None = None
    """One that was begun, and whose answer nobody has seen: it may have been taken."""
    begun_is_over: bool = False
    """Who sent that has ended, or waits for no answer: it arrives before `not_before` or never."""
    final: RemoteOutcome | None = None
    """Decided, and kept whole, before it is sent for the first time."""
    as_failed: bool = False
    """A person has said that it has failed, where nobody can know how it ended."""
    our_cancel: bool = False
    """EvalAI still shows the cancel that was sent of the Job from which this one goes on."""
    cancelled_there: bool = False
    cancelled_here: bool = False
    """The Job was told, or needs no more telling."""
    not_before: datetime | None = None
    """Nothing is asked or sent until then: by a failure, or by what EvalAI asks for."""
    rest_until: datetime | None = None
    """The same while nothing urgent is to be sent."""
    tries: int = 0
    """Failures in a row."""
    repeats: int = 0
    """Times that EvalAI has taken its final result again, because it did not show it."""
    failing_since: datetime | None = None
    refused: tuple[str, ...] = ()
    """Digests of partial results that EvalAI does not take."""

    @property
    def key(self) -> EvalAiPlace:
        """By which it is told from others."""
        return self.place

    @property
    def closed(self) -> bool:
        """Nothing is sent any more."""
        return self.stage in (PublicationStage.PUBLISHED, PublicationStage.REFUSED)

    @property
    def busy(self) -> bool:
        """It goes on by itself."""
        return self.stage in (PublicationStage.OPEN, PublicationStage.ENDING)


class AskedAgain(msgspec.Struct, frozen=True):
    """Somebody wants it to be tried anew, while another process has the right to send."""

    place: EvalAiPlace
    as_failed: bool = False

    @property
    def key(self) -> EvalAiPlace:
        """Of which."""
        return self.place


class PublicationLedger(Ledger[EvalAiPlace, Publication, AskedAgain], Protocol):
    """All publications of this user. `put` drops a kept final update where one is published, or
    nothing final is decided: it is sent no more, and may be large."""

    def keep_final(self, place: EvalAiPlace, update: EvalAiUpdate) -> None:
        """The final update to the byte: what is repeated is the same."""
        ...

    def final(self, place: EvalAiPlace) -> EvalAiUpdate | None:
        """As it was kept."""
        ...


class PublicationsSeen(Protocol):
    """That ledger, and the one of files and tables, for who only looks, again and again."""

    def look(self) -> Mapping[str, Publication | Delivery]:
        """All that can be read, by names of the ledger's own: the same values for what has not
        changed since the last look, and the same mapping where nothing has. Reads files; raises
        PublicationsFailed."""
        ...


class PublishingRules(Protocol):
    """What the user has set, as it is now. Each reads a file, and may be called from a thread."""

    @property
    def period(self) -> timedelta:
        """A submission is looked at, and what is new of it is sent, so often at the most."""
        ...

    def allows(self, place: EvalAiPlace) -> bool:
        """Whether the user has named that server and that challenge: a Job's annotation may name
        others."""
        ...

    def evalai(self, server: str) -> EvalAi | None:
        """That server by the user's token; None where nothing is sent to it, or not any more."""
        ...
