"""What logcopy reported about a run, as values. Knows no wire format and trusts no total.

Scores are the Leaderboard's: route completion and driving score in percent, penalty a factor.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

import msgspec

from console.results import statuses
from console.workers import pair_words

_ALIKE = re.compile(r"pairs (\d+(?:(?:, | and )\d+)*)(?: failed alike|:)", re.IGNORECASE)
"""Both forms in which logcopy names the pairs: by how they ended, and by what the agent is."""


class MergeStatus(StrEnum):
    """How far the merged result can be trusted."""

    RUNNING = "running"
    COMPLETE = "complete"
    """Every launched route is there exactly once, from a settled attempt."""
    INCOMPLETE = "incomplete"
    CANCELLED = "cancelled"


class FinishedRoute(msgspec.Struct, frozen=True, gc=False):
    """One route's record, as far as screens need it; infractions by their list's name."""

    pair: int
    route_id: str
    repetition: int
    status: str
    score_composed: float
    score_route: float
    score_penalty: float
    infractions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    route_length: float = 0.0
    duration_game: float = 0.0
    duration_system: float = 0.0
    scenario: str = ""
    """The kind of what happens on it; empty where its record does not say."""

    @property
    def succeeded(self) -> bool:
        """Driven to the end, and nothing but slow."""
        return statuses.succeeded(self.status, dict(self.infractions))

    @property
    def perfect(self) -> bool:
        """Completed without any infraction."""
        completed = statuses.driven_to_the_end(self.status)
        return completed and not any(messages for _, messages in self.infractions)

    @property
    def failed(self) -> bool:
        """The status does not say that the route was driven to its end, whatever the reason."""
        return not statuses.driven_to_the_end(self.status)


_OWN_FAULTS = (
    *pair_words.AT_FAULT,
    pair_words.NEVER_READY,
    pair_words.INVALID_SETUP,
    *pair_words.LASTING,
    pair_words.VANISHED,
)


class SeenGpu(msgspec.Struct, frozen=True, gc=False):
    """What one half said at its start of the GPU that it has; None is what it could not tell."""

    count: int | None = None
    """How many GPUs it sees: a privileged container sees all of the node."""
    index: int | None = None
    """Its own one's number on the node."""
    uuid: str | None = None
    name: str | None = None
    driver: str | None = None
    told: str | None = None
    """What the container runtime was told: an index, a UUID, `void`."""
    shared: bool = False
    """The Job asks for shares: others on the same GPU are meant to be there."""


class GpuUse(msgspec.Struct, frozen=True, gc=False):
    """How busy a pair's GPU was at one look of its simulator's half; None is what was not told."""

    at: datetime
    util: int | None = None
    """Percent."""
    used: int | None = None
    """Of its memory, MiB."""
    total: int | None = None
    temp: int | None = None
    """Degrees C."""
    power: int | None = None
    """W."""
    idle: int | None = None
    """Seconds since the first of the last looks that all found it at 0 %; 0 where it was busy."""


class MemoryUse(msgspec.Struct, frozen=True, gc=False):
    """What a pair's server held at one look of its half, MiB."""

    at: datetime
    used: int
    first: int
    """When it had begun to listen."""


class EndedAttempt(msgspec.Struct, frozen=True, gc=False):
    """Why one half's attempt ended, as its supervisor recorded it."""

    pair: int
    attempt: int
    half: str
    """`simulator` or `agent`."""
    reason: str
    """done, crashed, lost-partner, hang, never-ready, cancelled, terminated, invalid-setup,
    not-loaded (the evaluator), wrong-gpu (none, not the partner's, or another pair's), vanished
    (killed without a word: its next life recorded it)."""
    exit_code: int | None = None
    signal: int | None = None
    route: str = ""
    at: datetime | None = None
    kubelet: str = ""
    """What the kubelet says of a run that vanished or was killed (`OOMKilled`), if it does."""

    @property
    def initiating(self) -> bool:
        """This half failed by itself, not because its partner did."""
        return self.reason in _OWN_FAULTS


class PairProgress(msgspec.Struct, frozen=True, gc=False):
    """One pair as logcopy sees it in the status files."""

    pair: int
    attempt: int
    simulator: str
    agent: str
    done: int
    total: int | None
    """None where logcopy has no routes file to tell it."""
    route: str = ""
    ended: tuple[EndedAttempt, ...] = ()
    simulator_gpu: SeenGpu | None = None
    agent_gpu: SeenGpu | None = None
    """None before that half has looked."""
    at: datetime | None = None
    """When its logcopy told that, where each pair has its own; None: with the whole report."""
    gpu_use: GpuUse | None = None
    """None where its container cannot tell, and before it has."""
    memory: MemoryUse | None = None
    """None before its half has looked."""


class MergeProblem(msgspec.Struct, frozen=True, gc=False):
    """One thing that keeps the result from being trusted; pair 0 = the whole result."""

    kind: str
    pair: int
    text: str

    @property
    def alike(self) -> frozenset[int]:
        """The pairs that have it in common, as its words begin with them; empty without."""
        found = _ALIKE.match(self.text)
        return frozenset(map(int, re.findall(r"\d+", found[1]))) if found else frozenset()

    @property
    def comes_again(self) -> bool:
        """Whether they have it by what the agent is: each attempt of each of them ends by it."""
        found = _ALIKE.match(self.text)
        return found is not None and found[0].endswith(":")


class ProgressReport(msgspec.Struct, frozen=True, gc=False):
    """One self-contained snapshot from logcopy; newer ones replace it."""

    sequence: int
    at: datetime
    status: MergeStatus
    done: int
    total: int | None
    pairs: tuple[PairProgress, ...]
    problems: tuple[MergeProblem, ...] = ()


class MergedResult(msgspec.Struct, frozen=True, gc=False):
    """The merged document that logcopy published, checksum verified; `text` is its JSON."""

    sha256: str
    text: str
    final: bool = False
    """This console checked it against the launched plan: every drive is there exactly once."""
    why_not: str = ""
    """What keeps it from being final, one sentence."""
    entry_status: str | None = None
    """The Leaderboard's word for the whole entry; None unless `final`."""
    eligible: bool | None = None
    """Whether a final result counts; None unless `final`."""
    why_not_eligible: str = ""
    """Why a final result does not count, one sentence."""
    driving_score: float | None = None
    """The mean of a final result; None unless `final`, and where a recording is older than this."""

    @property
    def entry(self) -> str:
        """Both words for a final result, as every view tells them."""
        return entry_words(self.entry_status, self.eligible)


def entry_words(entry_status: str | None, eligible: bool | None) -> str:
    """`Finished, eligible` or `Rejected, not eligible`; `?` where it is not known yet."""
    if entry_status is None or eligible is None:
        return "?"
    return f"{entry_status}, {'eligible' if eligible else 'not eligible'}"
