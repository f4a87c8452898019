"""A pair on the board: what it is doing, its attempts, its routes, and what is known of its GPU."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from console.domain.submission import HangLimits

if TYPE_CHECKING:
    from datetime import datetime

    from console.domain.facts import ContainerFacts
    from console.domain.progress import EndedAttempt, GpuUse, MemoryUse, SeenGpu
    from console.domain.ticks import StageSeen, Tick


class PairStatus(StrEnum):
    """What a pair is doing."""

    WAITING = "waiting"
    BLOCKED = "blocked"
    """A half of it cannot start."""
    BOOTING = "booting"
    RUNNING = "running"
    """Both halves do, and no log that is read here tells more, as with upstream's Jobs."""
    DRIVING = "driving"
    RESETTING = "resetting"
    BACKING_OFF = "backing off"
    DONE = "done"
    STOPPED = "stopped"
    """Ended from outside while it could have gone on: cancelled, or with its Job."""
    FAILED = "failed"
    """Its own failure was the last that it did."""
    UNKNOWN = "unknown"
    """It is over, and nothing that is left tells how it ended."""


KNOWN_ENDS = (PairStatus.DONE, PairStatus.STOPPED, PairStatus.FAILED)
"""Neither half of such a pair runs any more, and how it ended is told."""
PAIR_OVER = (*KNOWN_ENDS, PairStatus.UNKNOWN)
AT_WORK = (PairStatus.BOOTING, PairStatus.RUNNING, PairStatus.DRIVING, PairStatus.RESETTING)


class RouteState(StrEnum):
    """One cell of a pair's route bar."""

    PENDING = "pending"
    DRIVING = "driving"
    PERFECT = "perfect"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Nobody can tell whether it was driven."""


FINISHED = (RouteState.PERFECT, RouteState.COMPLETED, RouteState.FAILED)
"""The states of a drive that has its record."""


class RouteCell(msgspec.Struct, frozen=True, gc=False):
    """One launched (route, repetition) of a pair."""

    route_id: str
    repetition: int
    state: RouteState
    score: float | None = None


class PairBoard(msgspec.Struct, frozen=True, gc=False):
    """One simulator-agent pair on its GPU."""

    number: int
    gpu_asked: int | None
    """The index that the Job tells both halves by hand; None where the cluster chooses."""
    carla_port: int
    traffic_manager_port: int
    routes_subset: str
    status: PairStatus
    attempt: int | None = None
    """Counted from 1, 0 before the first; None where nobody can tell."""
    cells: tuple[RouteCell, ...] = ()
    route: str = ""
    simulator: ContainerFacts | None = None
    agent: ContainerFacts | None = None
    simulator_line: str = ""
    agent_line: str = ""
    ended: tuple[EndedAttempt, ...] = ()
    first_death: EndedAttempt | None = None
    """The first failure of its own, with its route; None without one, or where it is not known."""
    since: datetime | None = None
    """When the present status began; while it drives, when this route did."""
    since_exact: bool = False
    """False: it began then or before, which is as far back as anything known reaches."""
    began: datetime | None = None
    """When its first attempt began."""
    last_sign: datetime | None = None
    """When either half wrote its newest line, by its node's clock; None while none is known."""
    agent_sign: datetime | None = None
    """The same of its agent alone: its silence is what the supervisor counts."""
    tick: Tick | None = None
    """The newest of its present route; None before the first that was seen."""
    paced: tuple[Tick, ...] = ()
    """Earlier ones of that route, by which its present pace is told."""
    stage: StageSeen | None = None
    """Where its present drive is; None where nobody can tell."""
    limits: HangLimits = HangLimits()
    heard: datetime | None = None
    """The newest report of logcopy that names it."""
    not_created: bool = False
    """The cluster says that its containers do not exist yet; a half without facts is otherwise
    one that nobody has seen."""
    done: int | None = None
    """Finished routes, whatever their ending; None where nobody can tell."""
    total: int | None = None
    """Launched drives; None while nobody has told its routes. `cells` are then those seen."""
    blocked: str = ""
    """Why it cannot start, while it is blocked."""
    proven_restarts: tuple[tuple[str, int], ...] = ()
    """By half, what is proven of them where no pod is left that could tell."""
    simulator_gpu: SeenGpu | None = None
    agent_gpu: SeenGpu | None = None
    """What the halves said of their GPUs; None before they have."""
    pod: str = ""
    """The name of its own pod; empty where all pairs share one, or there is none yet."""
    node: str = ""
    """Of its own pod."""
    failed_pods: int | None = None
    """How many it has had; None where all pairs share one."""
    pods_allowed: int | None = None
    """How many may fail and be made anew; None where nobody has told."""
    gpu_use: GpuUse | None = None
    """The last that its simulator's half said of it in this attempt; None where it cannot tell."""
    memory: MemoryUse | None = None
    """The last that it said of its server's; None before it has."""

    @property
    def gpu(self) -> int | None:
        """Index of the GPU that its halves have; None where nobody can tell, or they differ."""
        seen = [half for half in (self.simulator_gpu, self.agent_gpu) if half]
        known = {half.index for half in seen if half.index is not None}
        if self.gpus_differ or len(known) != 1:
            return None
        return known.pop()

    @property
    def gpus_differ(self) -> bool:
        """Both halves have told their GPU, and it is not one."""
        seen = (self.simulator_gpu, self.agent_gpu)
        return len({half.uuid for half in seen if half and half.uuid}) > 1

    @property
    def restarts(self) -> int | None:
        """Container restarts of both halves, as Kubernetes counts them; None where not known. Of a
        pair in a pod of its own, how often that was made anew."""
        if self.failed_pods is not None:
            return self.failed_pods
        halves = [half for half in (self.simulator, self.agent) if half]
        if not halves and not self.not_created:
            return None
        return sum(half.restart_count for half in halves)

    @property
    def restarts_at_least(self) -> int:
        """What is proven of them; all of them where they are known."""
        if self.restarts is not None:
            return self.restarts
        return sum(count for _, count in self.proven_restarts)
