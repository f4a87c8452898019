"""What a cluster said, as values: Jobs, pods, containers, events. No wire format, no judgement.

Times are aware UTC datetimes; None where the cluster has not said it. All text comes from
outside and is hostile: neutralise it before it reaches a terminal.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from console.domain.submission import SubmissionPlan

UID_SHOWN = 8
POD_GONE = "Deleted"
"""The phase of a pod that the cluster no longer has; the rest is its last state."""
PODS_OVER = ("Succeeded", "Failed", POD_GONE)
"""The phases in which no container of a pod lives."""
NEVER_STARTED = ("StartError", "ContainerCannotRun")
"""How a run ends that never began, restarted and counted like any other."""


def pod_key(uid: str) -> str:
    """The beginning of a uid: enough to tell the pods of one Job apart."""
    return uid[:UID_SHOWN]


def attempt_of(restart_count: int) -> int:
    """The number of a container's run as people count it, everywhere: from 1."""
    return restart_count + 1


class ContainerState(StrEnum):
    """The three states that Kubernetes knows."""

    WAITING = "waiting"
    RUNNING = "running"
    TERMINATED = "terminated"


class ContainerExit(msgspec.Struct, frozen=True, gc=False):
    """One ended run of a container. A signal, if one ended it, shows as exit code 128 + n."""

    exit_code: int
    reason: str
    finished_at: datetime | None
    started_at: datetime | None = None
    message: str = ""

    @property
    def signal(self) -> int | None:
        return self.exit_code - 128 if self.exit_code > 128 else None


class ContainerFacts(msgspec.Struct, frozen=True, gc=False):
    """One container of the pod as its status shows it."""

    name: str
    state: ContainerState
    restart_count: int = 0
    reason: str = ""
    message: str = ""
    ready: bool = False
    container_id: str = ""
    started_at: datetime | None = None
    ended: ContainerExit | None = None
    """The exit of the current run, when terminated."""
    previous: ContainerExit | None = None
    """The run before (lastState); the cluster keeps just one."""
    init: bool = False
    sidecar: bool = False
    """An init container that goes on beside the others; the kubelet ends it after them."""
    ephemeral: bool = False
    """Put into the running pod to look around; it keeps no pod from ending."""
    own_name: str = ""
    """As its pod calls it, where `name` tells it from its likes in other pods of the Job."""

    @property
    def asked(self) -> str:
        """The name by which the cluster is asked for it."""
        return self.own_name or self.name

    @property
    def done(self) -> bool:
        """It has ended, and is not started again in its pod."""
        if self.ended is None or self.sidecar:
            return False
        return self.ended.exit_code == 0 or self.ephemeral

    @property
    def holds_pod(self) -> bool:
        """The pod cannot succeed before it has ended well."""
        return not (self.done or self.init or self.sidecar or self.ephemeral)

    def exit_of(self, run: int) -> ContainerExit | None:
        """How that run ended, as far as its pod still tells."""
        if run == self.restart_count:
            return self.previous if self.state is ContainerState.WAITING else self.ended
        return self.previous if run == self.restart_count - 1 else None

    def began(self, run: int) -> datetime | None:
        """When that run did, as far as its pod still tells."""
        if run == self.restart_count and self.started_at is not None:
            return self.started_at
        ended = self.exit_of(run)
        return ended.started_at if ended is not None else None


class PodFacts(msgspec.Struct, frozen=True, gc=False):
    """One pod of a submission; containers in the manifest's order, init containers first."""

    name: str
    namespace: str
    uid: str
    job: str
    phase: str
    containers: tuple[ContainerFacts, ...] = ()
    reason: str = ""
    message: str = ""
    """Why it is not running (unschedulable, evicted ...), if the cluster says."""
    node: str = ""
    created_at: datetime | None = None
    deleting: bool = False
    owner: str = ""
    """The uid of its Job; empty where the cluster does not say."""
    placed_at: datetime | None = None
    """When the scheduler gave it a node, or began to refuse it one."""
    initialized_at: datetime | None = None
    """When its init containers had ended and the others' turn came; while they have not, since
    when."""
    index: int | None = None
    """Which of the pods of an Indexed Job it is, from 0: it has one pair alone. None: it has all
    pairs."""
    failures: int = 0
    """Of the pods that had its index before it, as the Job controller counts them."""

    @property
    def pair(self) -> int | None:
        """The number of the one pair that it has; None where it has all."""
        return None if self.index is None else self.index + 1

    def container(self, name: str) -> ContainerFacts | None:
        """The container of that name, None when the pod has not reported it."""
        for each in self.containers:
            if each.name == name:
                return each
        return None

    @property
    def key(self) -> str:
        """What recordings know of its uid."""
        return pod_key(self.uid)

    @property
    def restarts(self) -> int:
        """The sum the Job controller counts: init and app containers."""
        return sum(self.restarts_by_container.values())

    @property
    def restarts_by_container(self) -> dict[str, int]:
        """What the Job controller counts of each that restarted; debug containers cost nothing."""
        return {
            each.name: each.restart_count
            for each in self.containers
            if each.restart_count and not each.ephemeral
        }


class JobCondition(msgspec.Struct, frozen=True, gc=False):
    """One condition of a Job that is True or was."""

    type: str
    status: bool
    reason: str = ""
    message: str = ""
    since: datetime | None = None


class IndexedJob(msgspec.Struct, frozen=True, gc=False):
    """What an Indexed Job says of its pods: each index is a pair, from 0."""

    limit: int | None = None
    """How often the pod of an index may fail and be made anew; None where there is no such limit,
    and the Job's own counts for all."""
    completed: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    """For good: no other pod is made."""
    restarts: bool = False
    """Each is a Job of its own, whose pod stays: the limit is of its containers' restarts."""


class Turn(msgspec.Struct, frozen=True, gc=False):
    """A Job's place among many that were launched together, and how many of them may run."""

    batch: str
    place: int
    """From 1."""
    size: int
    at_most: int


class Admission(msgspec.Struct, frozen=True, gc=False):
    """What Kueue says of a Job that waits in a queue of it."""

    why: str = ""
    """Why it has no room; empty where it was not asked, or has not looked yet."""
    place: int | None = None
    """From 1, among all that wait for the same quota; None where it is not told, or in none."""
    inadmissible: bool = False
    """It is not considered at all, as where its queue does not exist."""
    taken_back: str = ""
    """Why it lost the room that it had had; empty where it had none."""
    active: bool = True
    """Somebody may have taken it out of all consideration."""


class KueueQueue(msgspec.Struct, frozen=True, gc=False):
    """A LocalQueue of a namespace."""

    name: str
    trouble: str = ""
    """Why it admits nothing at present; empty where it does."""


class EvalAiPlace(msgspec.Struct, frozen=True, gc=False):
    """Where EvalAI shows a submission, as its launch decided it: whose server, and the numbers."""

    server: str
    """`https://eval.ai`"""
    challenge: int
    phase: int
    submission: int

    def __str__(self) -> str:
        where = f"phase {self.phase}, challenge {self.challenge}, at {self.server}"
        return f"submission {self.submission} of {where}"


class Targets(msgspec.Struct, frozen=True, gc=False):
    """Where a submission goes beside EvalAI, as its launch decided it; each empty without one."""

    storage: str = ""
    """The place of its files: `s3://bucket/prefix`, or a directory."""
    table: str = ""
    """The DynamoDB table that is told of it."""


class JobFacts(msgspec.Struct, frozen=True, gc=False):
    """One submission's Job. `plan` is None where the Job is not a submission of ours."""

    name: str
    namespace: str
    uid: str
    created_at: datetime | None
    backoff_limit: int
    conditions: tuple[JobCondition, ...] = ()
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    """With those that the controller has seen and not added up yet; so for `succeeded`."""
    terminating: int = 0
    suspended: bool = False
    cancelled: bool = False
    """The operator cancelled it: its deadline was set to now, or, by older consoles, it was
    suspended."""
    deleting: bool = False
    started_at: datetime | None = None
    completed_at: datetime | None = None
    leaderboard: str = ""
    plan: SubmissionPlan | None = None
    turn: Turn | None = None
    waits: bool = False
    """It says that it waits for its turn; its start takes that back."""
    queue: str = ""
    """The queue of Kueue that admits it; empty where none does."""
    admission: Admission | None = None
    """Kueue's word, while it waits there; None where nobody has told it."""
    team: str | None = None
    """As lists show it: its name, or `#7`; empty where the Job has neither, None where that is not
    known."""
    labels: tuple[tuple[str, str], ...] = ()
    """Of the Job, by name."""
    evalai: EvalAiPlace | None = None
    """Where its results go; None where they are published by nobody of ours."""
    goes_to: Targets = Targets()
    indexes: IndexedJob | None = None
    """Where each of its pairs has a pod of its own; None where one pod has them all."""

    @property
    def in_line(self) -> bool:
        """It is suspended until its turn comes, and by nobody."""
        return self.suspended and self.waits and self.turn is not None and not self.cancelled

    @property
    def queued(self) -> bool:
        """It is suspended until there is room for it."""
        return self.in_line or (self.suspended and bool(self.queue) and not self.cancelled)

    def condition(self, kind: str) -> JobCondition | None:
        """The condition of that type if it is True."""
        for each in self.conditions:
            if each.type == kind and each.status:
                return each
        return None

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided that it is over or paused; its containers may still be stopping."""
        if self.completed_at is not None:
            return self.completed_at
        paused = self.suspended and not self.queued
        kinds = ("FailureTarget", "Failed", *(("Suspended",) if paused else ()))
        told = (self.condition(kind) for kind in kinds)
        return next((each.since for each in told if each and each.since), None)

    @property
    def ended_at(self) -> datetime | None:
        """When the Job controller called it over; None while it has not, or did not say when."""
        failed = self.condition("Failed")
        return self.decided_at if failed is None else failed.since

    @property
    def over(self) -> bool:
        """It has succeeded, failed or been cancelled."""
        return self.cancelled or bool(self.condition("Complete") or self.condition("Failed"))


class ClusterEvent(msgspec.Struct, frozen=True, gc=False):
    """One Kubernetes event about the Job, its pod, or the node of that."""

    uid: str
    type: str
    reason: str
    message: str
    count: int
    last_seen: datetime | None
    about: str
    """`Job/name`, `Pod/name`, `Pod/name container` or `Node/name`."""
    first_seen: datetime | None = None

    @property
    def of_node(self) -> bool:
        """Whether it is about the node, and so about whatever is on it."""
        return self.about.startswith("Node/")

    def concerns_pod(self, name: str) -> bool:
        """Whether it is about that pod or a container of it."""
        return self.about.partition(" ")[0] == f"Pod/{name}"
