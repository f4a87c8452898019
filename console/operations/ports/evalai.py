"""What is asked of EvalAI, what it shows, and how it refuses. No HTTP and no token here.

One call is one request: whoever calls decides whether and when it is repeated. Both updates are
whole replacements, so that a repeated one does no harm. The server checks no earlier status: a
partial update after a cancel or a final one undoes it, and that is for the caller to avoid.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import msgspec

from console.errors import ConsoleError, Forbidden


class RemoteStatus(StrEnum):
    """Of a submission, as EvalAI writes it."""

    SUBMITTED = "submitted"
    RUNNING = "running"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RESUMING = "resuming"
    QUEUED = "queued"
    FINISHED = "finished"
    SUBMITTING = "submitting"
    ARCHIVED = "archived"
    PARTIALLY_EVALUATED = "partially_evaluated"


LAUNCHED_FOR = (RemoteStatus.SUBMITTED, RemoteStatus.RESUMING)
"""In which a submission is when its turn comes; upstream launches no other."""


class RemoteSubmission(msgspec.Struct, frozen=True):
    """A submission as EvalAI shows it; None and empty: it does not tell."""

    status: RemoteStatus | None
    """None for a word that we do not know."""
    said: str
    """That word, safe to show."""
    team: int | None = None
    team_name: str = ""
    phase: int | None = None
    job_names: tuple[str, ...] = ()
    touched: str | None = None
    """What is another text after each update that was taken: when the last was, in its words. Empty
    before the first; None where it does not tell."""
    resumed: str = ""
    """When it was told to go on, in EvalAI's words: another text each time. Empty where it never
    was, or that is not told."""


def whole_characters(text: str) -> str:
    """Without halves of characters, which a record's words may hold and no file there can."""
    return text.encode(errors="replace").decode()


class RemoteOutcome(StrEnum):
    """What an update says that has become of a submission: the words on the wire."""

    PARTIALLY_EVALUATED = "PARTIALLY_EVALUATED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def final(self) -> bool:
        return self is not RemoteOutcome.PARTIALLY_EVALUATED

    @property
    def shown(self) -> RemoteStatus:
        """The status by which EvalAI shows that it has taken it."""
        return RemoteStatus(self.value.lower())


class EvalAiUpdate(msgspec.Struct, frozen=True):
    """All that one update replaces. The texts are those of the three files."""

    challenge: int
    phase: int
    submission: int
    outcome: RemoteOutcome
    stdout: str
    result: str
    """Text that holds JSON; not looked at by EvalAI where it failed or was cancelled."""
    metadata: str
    stderr: str = ""


class EvalAiRequest(msgspec.Struct, frozen=True):
    """One request as it is sent, but for the token."""

    method: str
    url: str
    body: str
    """JSON."""


class EvalAiError(ConsoleError):
    """An update or a question that EvalAI has not taken."""


class EvalAiRefused(EvalAiError):
    """It will not take it, however often it is asked."""

    def __init__(self, why: str) -> None:
        super().__init__("EvalAI refuses it.", why=why)


class EvalAiLogin(EvalAiError):
    """It does not take the token, or there is none: in vain until that changes."""

    exit_code = Forbidden.exit_code

    def __init__(self, why: str, fix: str = "") -> None:
        """`fix`: what makes it readable where it is kept."""
        super().__init__(
            "EvalAI is not asked without a token." if fix else "EvalAI does not accept the token.",
            why=why,
            fix=fix or "Give the token of a host of the challenge: its profile at EvalAI shows it.",
        )


class EvalAiBusy(EvalAiError):
    """No answer that settles it: later it may be another one.

    `seconds` is what it asks for before the next try, bounded; None where it does not say.
    `not_taken`: it certainly has not taken it, nor will; else it may have, or may yet for as long
    as one request can be on its way.
    """

    def __init__(self, why: str, seconds: float | None = None, *, not_taken: bool = False) -> None:
        super().__init__("EvalAI gave no answer that settles it.", why=why, fix="Try it later.")
        self.seconds, self.not_taken = seconds, not_taken


class EvalAi(Protocol):
    """One server, by one user's token. Raises only EvalAiError."""

    async def submission(self, number: int) -> RemoteSubmission:
        """As it is now."""
        ...

    async def update(self, update: EvalAiUpdate) -> None:
        """Replace what it shows of the submission; returns when it has taken it."""
        ...

    def requests(self, update: EvalAiUpdate) -> tuple[EvalAiRequest, ...]:
        """What `update` would send, for people to see. Raises EvalAiRefused for one that it would
        not send."""
        ...
