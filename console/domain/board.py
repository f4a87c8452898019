"""The board: one submission as one immutable value. Screens and commands show it, nothing else.

How events become a board is `console.domain.folding`; this module only holds the shape, and
`console.domain.pair_board` that of a pair on it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from console.domain.budget import RestartBudget
from console.domain.facts import POD_GONE as POD_GONE
from console.domain.facts import PODS_OVER
from console.domain.pair_board import AT_WORK as AT_WORK
from console.domain.pair_board import FINISHED as FINISHED
from console.domain.pair_board import KNOWN_ENDS as KNOWN_ENDS
from console.domain.pair_board import PAIR_OVER as PAIR_OVER
from console.domain.pair_board import PairBoard as PairBoard
from console.domain.pair_board import PairStatus as PairStatus
from console.domain.pair_board import RouteCell as RouteCell
from console.domain.pair_board import RouteState as RouteState
from console.domain.submission import INIT, is_logcopy

# The list of submissions needs the words below, and is painted before anything else is loaded.
if TYPE_CHECKING:
    from datetime import datetime

    from console.domain.blockage import Blockage, BlockKind
    from console.domain.events import (
        ConsoleActed,
        MergedReported,
        PlanReported,
        ProgressReported,
        StreamState,
    )
    from console.domain.facts import ClusterEvent, ContainerFacts, JobFacts, PodFacts
    from console.domain.pod_records import LostPod, Told
    from console.domain.pod_times import Times
    from console.domain.progress import (
        FinishedRoute,
        MergedResult,
        MergeProblem,
        MergeStatus,
        ProgressReport,
    )

GPU_PROBLEM = "gpu"
"""The kind by which it names pairs that cannot drive on the GPUs that they have."""
SHARED_FAILURE = "shared-failure"
"""The kind of problem by which logcopy names one cause in several pairs."""


CONNECTING = "Connecting."
"""Why nothing is current before anything was."""


class SubmissionStatus(StrEnum):
    """One word for the list; the reason stands beside it."""

    PENDING = "Pending"
    """No container runs yet: queued, scheduling, pulling, init."""
    RUNNING = "Running"
    BLOCKED = "Blocked"
    """It cannot start, or a container of it cannot, and waiting does not help."""
    FAILING = "Failing"
    """The Job is marked as failed, its pod is still ending."""
    FAILED = "Failed"
    COMPLETE = "Complete"
    """The Job completed and the merged result is complete."""
    INCOMPLETE = "Incomplete"
    """The Job completed, but the merged result is not."""
    UNVERIFIED = "Unverified"
    """The Job completed, its result has not been seen by this console."""
    CANCELLED = "Cancelled"
    QUEUED = "Queued"
    """It is suspended until its turn comes, or until Kueue has room for it."""
    SUSPENDED = "Suspended"
    DELETED = "Deleted"
    UNKNOWN = "Unknown"


ENDED = (
    SubmissionStatus.COMPLETE,
    SubmissionStatus.INCOMPLETE,
    SubmissionStatus.UNVERIFIED,
    SubmissionStatus.FAILED,
    SubmissionStatus.CANCELLED,
    SubmissionStatus.DELETED,
)
"""The statuses after which nothing more happens by itself."""


def tally(done: int | None, total: int | None) -> str:
    """`8/20`; `?/20` and `8/?` where nobody can tell one of them, `-` where there is nothing."""
    if done == 0 and not total:
        return "-"
    return f"{'?' if done is None else done}/{total or '?'}"


class BoardSnapshot(msgspec.Struct, frozen=True, gc=False, eq=False):
    """Everything this console knows of one submission at `updated_at`."""

    namespace: str
    name: str
    status: SubmissionStatus = SubmissionStatus.UNKNOWN
    reason: str = ""
    leaderboard: str = ""
    job: JobFacts | None = None
    pod: PodFacts | None = None
    """The one that has its pairs; where each pair has its own, all of these as one."""
    parts: tuple[PodFacts, ...] = ()
    """The newest pod of each pair, where each has its own."""
    pairs: tuple[PairBoard, ...] = ()
    logcopy: ContainerFacts | None = None
    logcopy_line: str = ""
    budget: RestartBudget = RestartBudget.unknown(None)
    merge_status: MergeStatus | None = None
    done: int | None = None
    """How many drives are finished; None where nobody can tell, as without permission for logs."""
    total: int | None = None
    """Drives of a complete result; None while nobody has told which routes the subsets select."""
    records: tuple[FinishedRoute, ...] = ()
    """Every finished route of the present pod seen so far, in pair and route order, each once."""
    told: Told = ()
    """The same of every pod that told any, by its key."""
    earlier: tuple[PodFacts, ...] = ()
    """The last states of the pods before the present one, oldest first."""
    lost: tuple[LostPod, ...] = ()
    """Those pods with what went with them; also the ones of which only events tell."""
    pod_times: Times = ()
    """When each pod that was seen held its node, and when its agents ran and drove."""
    ahead: tuple[ProgressReported | MergedReported, ...] = ()
    """What a pod has told that the cluster's watch has not shown yet."""
    problems: tuple[MergeProblem, ...] = ()
    merged: MergedResult | None = None
    events: tuple[ClusterEvent, ...] = ()
    """Newest last."""
    actions: tuple[ConsoleActed, ...] = ()
    """What consoles of this machine did, newest last."""
    streams: tuple[tuple[str, StreamState, str], ...] = ()
    """(container, state, known gap) of every followed log."""
    live: bool = True
    stale_since: datetime | None = None
    stale_why: str = ""
    updated_at: datetime | None = None
    routes: PlanReported | None = None
    """The route ids, as logcopy read them: see `console.domain.launched_routes`."""
    report: ProgressReport | None = None
    """The newest snapshot of logcopy."""
    report_pod: str = ""
    merged_pod: str = ""
    """Keys of the pods that told them; empty where that is not known."""
    vanished: bool = False
    """The cluster no longer has the Job."""
    logcopy_absent: bool = False
    """The cluster says that logcopy's container is not there yet."""
    blockage: Blockage | None = None
    """What keeps it from starting, while it is blocked."""

    @property
    def blocked_by(self) -> BlockKind | None:
        """The kind of what keeps it from starting, for programs."""
        return self.blockage.kind if self.blockage else None

    @property
    def pod_lives(self) -> bool:
        """Whether some container may still write a log line."""
        return self.pod is not None and self.pod.phase not in PODS_OVER

    @property
    def pods(self) -> tuple[PodFacts, ...]:
        """The present ones as the cluster has them: one, none, or one for each pair."""
        return self.parts or (() if self.pod is None else (self.pod,))

    def pod_of(self, container: str) -> PodFacts | None:
        """The pod that the cluster is to be asked for that container."""
        if not self.parts:
            return self.pod
        from console.domain.joined_pods import part_with  # few submissions have several

        return part_with(self.parts, container)

    @property
    def foreign(self) -> tuple[ContainerFacts, ...]:
        """Containers that the Job does not ask for: put into the pod by the cluster or by hand."""
        plan = self.job.plan if self.job else None
        if self.pod is None or plan is None:
            return ()
        ours = {*plan.containers}
        return tuple(e for e in self.pod.containers if e.asked != INIT and e.name not in ours)

    @property
    def pairs_by_pod(self) -> dict[str, int]:
        """By the name of each pod that has or had one pair alone."""
        pods = (*self.earlier, *self.parts)
        return {each.name: each.pair for each in pods if each.pair is not None}

    @property
    def pod_gone(self) -> bool:
        """The cluster has no pod of it, or none any more."""
        return self.pod is None or self.pod.phase == POD_GONE

    @property
    def unheard(self) -> str:
        """Why nothing is known of its drives; empty while something is, or nothing prevents it."""
        if self.report is not None or self.records or self.merged is not None:
            return ""
        plan = self.job.plan if self.job else None
        if plan is not None and plan.upstream is not None:
            where = f" in {plan.upstream.stored_in}" if plan.upstream.stored_in else ""
            return f"upstream's monitor merges the drives{where}, and no log tells them."
        if self.job is not None and self.job.over and self.pod_gone:
            return "its pod is gone, and nothing of it is recorded here."
        told = (why for name, state, why in self.streams if is_logcopy(name) and state.broken)
        return next(told, "")

    @property
    def shared_failure(self) -> str:
        """What hit several pairs alike, in logcopy's words; the newest of it, empty without."""
        told = (each.text for each in reversed(self.problems) if each.kind == SHARED_FAILURE)
        return next(told, "")

    @property
    def finished(self) -> int | None:
        """How many drives are; None where nobody can tell, as without permission to read logs."""
        return self.done

    @property
    def ended(self) -> bool:
        """Nothing more will happen by itself."""
        return self.status in ENDED

    @property
    def settled(self) -> bool:
        """It has ended, and the cluster too: no container lives and its Job has its last word."""
        if not self.ended or self.pod_lives:
            return False
        job = self.job
        if self.vanished or job is None or job.suspended:
            return True
        return any(job.condition(kind) for kind in ("Complete", "Failed"))
