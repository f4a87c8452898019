"""The life of a pair, written down once: phases, events, and what follows from each.

A pair is two halves in two containers that share nothing but a directory of status files and the
network. Each half runs one attempt at a time; Kubernetes restarts a half that exits non-zero, and
never one that exits 0. `console/workers/pair_rules.sh` follows these rules.
Knows no files, no processes and no clock: time limits arrive here as events. Nothing in the console
runs this: it is what the supervisor is held against, in three shells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from console.workers import pair_words


class Half(StrEnum):
    """One of the two containers of a pair."""

    SIMULATOR = "simulator"
    AGENT = "agent"

    @property
    def partner(self) -> Half:
        """The other one."""
        return Half.AGENT if self is Half.SIMULATOR else Half.SIMULATOR

    @property
    def first_phase(self) -> Phase:
        """Where every attempt of this half begins."""
        return Phase.BOOTING if self is Half.SIMULATOR else Phase.WAITING


class Phase(StrEnum):
    """What a running half is doing; the words of its heartbeat."""

    BOOTING = pair_words.BOOTING
    READY = pair_words.READY
    WAITING = pair_words.WAITING
    DRIVING = pair_words.DRIVING


class Event(StrEnum):
    """What a half can notice. Order is priority: of several at once the first one counts."""

    STOP_ASKED = "stop-asked"
    """SIGTERM: the pod is going away."""
    CANCEL_ASKED = "cancel-asked"
    GPU_WRONG = "gpu-wrong"
    """No GPU, another one than the partner's, or another pair's: what was allocated to a pod stays
    so until it is gone, and no restart changes it."""
    PARTNER_DONE = "partner-done"
    """The agent is done for good, so the server is no longer needed."""
    RESULT_COMPLETE = "result-complete"
    """The checkpoint holds a global record: no route is left to drive."""
    SETUP_INVALID = "setup-invalid"
    """The evaluator ended because the agent's sensors were rejected."""
    LOAD_FAILED = "load-failed"
    """The evaluator ended before its first route: its image lacks something that it imports."""
    WORKLOAD_CRASHED = "workload-crashed"
    """Own fault. An evaluator that ends because its server is gone counts as PARTNER_LOST."""
    WORKLOAD_HUNG = "workload-hung"
    BOOT_TIMEOUT = "boot-timeout"
    PARTNER_LOST = "partner-lost"
    """The partner ended this attempt, began a later one, or its heartbeat froze."""
    PARTNER_ABSENT = "partner-absent"
    """The partner was not there within its limit."""
    SERVER_LISTENS = "server-listens"
    PARTNER_READY = "partner-ready"


class Reason(StrEnum):
    """Why an attempt ended. `lost-partner` alone says that the other half is to be asked."""

    DONE = pair_words.DONE
    CRASHED = pair_words.CRASHED
    LOST_PARTNER = pair_words.LOST_PARTNER
    HANG = pair_words.HANG
    NEVER_READY = pair_words.NEVER_READY
    CANCELLED = pair_words.CANCELLED
    TERMINATED = pair_words.TERMINATED
    INVALID_SETUP = pair_words.INVALID_SETUP
    WRONG_GPU = pair_words.WRONG_GPU
    NOT_LOADED = pair_words.NOT_LOADED
    VANISHED = pair_words.VANISHED
    """Killed without a word; recorded by the next life of that half, so no life ends with it."""

    @property
    def exit_status(self) -> int:
        """0 only where nothing is left to do: a container that exits 0 never comes back."""
        if self in (Reason.DONE, Reason.CANCELLED, *LASTING):
            return 0
        return 143 if self is Reason.TERMINATED else 1


LASTING = tuple(Reason(word) for word in pair_words.LASTING)
"""What no restart would change: the pair ends for good, and spends none."""


@dataclass(frozen=True, slots=True)
class Running:
    """A half in the middle of attempt `attempt`, counted from 1."""

    half: Half
    attempt: int
    phase: Phase


@dataclass(frozen=True, slots=True)
class Ended:
    """A half whose attempt is over; `reason.exit_status` is what its container exits with."""

    half: Half
    attempt: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Settled:
    """A restarted half that found the pair done; it begins no attempt and exits 0."""

    half: Half


@dataclass(frozen=True, slots=True)
class PairFiles:
    """What the status files say: attempts are counted at their start, so a kill loses none."""

    attempts: Mapping[Half, int] = field(default_factory=lambda: MappingProxyType({}))
    """The highest attempt that each half has begun."""
    ended: frozenset[tuple[Half, int]] = frozenset()
    done: frozenset[Half] = frozenset()
    cancelled: bool = False
    gpu_wrong: bool = False
    """A half has said that the pair cannot drive on the GPUs that it has."""

    def begun(self, half: Half) -> int:
        """The highest attempt that `half` has begun; 0 before the first."""
        return self.attempts.get(half, 0)

    def after_start(self, half: Half, attempt: int) -> PairFiles:
        """The files once `half` has begun `attempt`."""
        return replace(self, attempts=MappingProxyType({**self.attempts, half: attempt}))

    def after_end(self, ended: Ended) -> PairFiles:
        """The files once that half has recorded its end."""
        for_good = ended.reason in (Reason.DONE, *LASTING)
        done = self.done | {ended.half} if for_good else self.done
        wrong = self.gpu_wrong or ended.reason is Reason.WRONG_GPU
        ends = self.ended | {(ended.half, ended.attempt)}
        return replace(self, ended=ends, done=done, gpu_wrong=wrong)


_ANY_PHASE = {
    Event.STOP_ASKED: Reason.TERMINATED,
    Event.CANCEL_ASKED: Reason.CANCELLED,
    Event.GPU_WRONG: Reason.WRONG_GPU,
    Event.PARTNER_LOST: Reason.LOST_PARTNER,
    Event.PARTNER_ABSENT: Reason.LOST_PARTNER,
}
_SERVER_UP = {Event.PARTNER_DONE: Reason.DONE, Event.WORKLOAD_CRASHED: Reason.CRASHED}

_RULES: Mapping[Phase, Mapping[Event, Phase | Reason]] = {
    Phase.BOOTING: {
        **_ANY_PHASE,
        **_SERVER_UP,
        Event.SERVER_LISTENS: Phase.READY,
        Event.BOOT_TIMEOUT: Reason.NEVER_READY,
    },
    Phase.READY: {**_ANY_PHASE, **_SERVER_UP, Event.WORKLOAD_HUNG: Reason.HANG},
    Phase.WAITING: {
        **_ANY_PHASE,
        Event.PARTNER_READY: Phase.DRIVING,
        Event.RESULT_COMPLETE: Reason.DONE,
    },
    Phase.DRIVING: {
        **_ANY_PHASE,
        Event.RESULT_COMPLETE: Reason.DONE,
        Event.SETUP_INVALID: Reason.INVALID_SETUP,
        Event.LOAD_FAILED: Reason.NOT_LOADED,
        Event.WORKLOAD_CRASHED: Reason.CRASHED,
        Event.WORKLOAD_HUNG: Reason.HANG,
    },
}


def next_attempt(own_last: int, partner_last: int, partner_ended: bool) -> int:
    """The number of the attempt that a starting half begins.

    Both halves meet at the same number whatever their back-offs were: nobody falls behind the
    partner, and nobody joins an attempt that the partner has already ended.
    """
    return max(own_last + 1, partner_last + 1 if partner_ended else partner_last)


def start(half: Half, files: PairFiles) -> Running | Settled:
    """What a container of `half` does when Kubernetes (re)starts it."""
    if Half.AGENT in files.done:
        return Settled(half)
    partner_last = files.begun(half.partner)
    partner_ended = (half.partner, partner_last) in files.ended
    attempt = next_attempt(files.begun(half), partner_last, partner_ended)
    return Running(half, attempt, half.first_phase)


def vanished(half: Half, files: PairFiles) -> Ended | None:
    """The end that a starting half records for its earlier life, which had no time to."""
    last = files.begun(half)
    if not last or (half, last) in files.ended or Half.AGENT in files.done:
        return None
    return Ended(half, last, Reason.VANISHED)


def notice(running: Running, files: PairFiles) -> Event | None:
    """The most urgent thing that the status files tell this half."""
    if files.cancelled:
        return Event.CANCEL_ASKED
    if files.gpu_wrong:
        return Event.GPU_WRONG
    if running.half is Half.SIMULATOR and Half.AGENT in files.done:
        return Event.PARTNER_DONE
    partner = running.half.partner
    if files.begun(partner) > running.attempt or (partner, running.attempt) in files.ended:
        return Event.PARTNER_LOST
    return None


def advance(running: Running, event: Event) -> Running | Ended:
    """One step. An event without meaning in this phase changes nothing."""
    match _RULES[running.phase].get(event):
        case Phase() as phase:
            return replace(running, phase=phase)
        case Reason() as reason:
            return Ended(running.half, running.attempt, reason)
        case None:
            return running
