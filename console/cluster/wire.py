"""What the console reads of Kubernetes objects: typed structs of just those fields."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec


class Wire(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """Unknown fields are skipped without being decoded."""


class Container(Wire, frozen=True):
    name: str
    restart_policy: str = ""
    """`Always` makes an init container a sidecar."""


class OwnerReference(Wire, frozen=True):
    kind: str
    name: str
    uid: str = ""
    controller: bool = False


class Metadata(Wire, frozen=True):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: tuple[OwnerReference, ...] = ()


class Stored(Wire, frozen=True):
    """What every object of an API has."""

    metadata: Metadata


Object = TypeVar("Object")


class Waiting(Wire, frozen=True):
    reason: str = ""
    message: str = ""


class Running(Wire, frozen=True):
    started_at: datetime | None = None


class Terminated(Wire, frozen=True):
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class State(Wire, frozen=True):
    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Wire, frozen=True):
    name: str
    restart_count: int = 0
    ready: bool = False
    state: State = State()
    last_state: State = State()
    container_id: str = msgspec.field(default="", name="containerID")


class Condition(Wire, frozen=True):
    type: str
    status: str = "Unknown"
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None


class PodSpec(Wire, frozen=True):
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    ephemeral_containers: tuple[Container, ...] = ()
    node_name: str = ""


Status = TypeVar("Status", ContainerStatus, msgspec.Raw)
"""Of a container. A list has both for the first time; of what is watched hardly any is new."""


class PodStatus(Wire, Generic[Status], frozen=True):
    phase: str = "Unknown"
    reason: str = ""
    message: str = ""
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[Status, ...] = ()
    init_container_statuses: tuple[Status, ...] = ()
    ephemeral_container_statuses: tuple[Status, ...] = ()


class Pod(Stored, frozen=True):
    spec: PodSpec = PodSpec()
    status: PodStatus[ContainerStatus] = PodStatus()


class WatchedPod(Stored, frozen=True):
    spec: msgspec.Raw = msgspec.Raw(b"{}")
    status: PodStatus[msgspec.Raw] = PodStatus()


class PodOfTemplate(Wire, frozen=True):
    spec: msgspec.Raw = msgspec.Raw(b"{}")
    """The pod's, undecoded."""


class JobSpec(Wire, frozen=True):
    backoff_limit: int = 6
    backoff_limit_per_index: int | None = None
    completion_mode: str = ""
    suspend: bool = False
    parallelism: int = 1
    template: PodOfTemplate = PodOfTemplate()


class UncountedPods(Wire, frozen=True):
    """uids of pods that have ended; the controller adds them to its counts as it lets them go."""

    succeeded: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class JobStatus(Wire, frozen=True):
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    terminating: int = 0
    completed_indexes: str | None = ""
    failed_indexes: str | None = ""
    uncounted_terminated_pods: UncountedPods | None = None
    start_time: datetime | None = None
    completion_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()


class Job(Stored, frozen=True):
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()


class WorkloadSpec(Wire, frozen=True):
    active: bool = True


class WorkloadStatus(Wire, frozen=True):
    conditions: tuple[Condition, ...] = ()


class Workload(Stored, frozen=True):
    """Kueue's own object for a Job, and its word on it."""

    spec: WorkloadSpec = WorkloadSpec()
    status: WorkloadStatus = WorkloadStatus()


class PendingWorkload(Stored, frozen=True):
    position_in_cluster_queue: int
    """From 0."""


class PendingWorkloads(Wire, frozen=True):
    items: tuple[PendingWorkload, ...] | None = ()


class LocalQueueStatus(Wire, frozen=True):
    conditions: tuple[Condition, ...] = ()


class LocalQueue(Stored, frozen=True):
    status: LocalQueueStatus = LocalQueueStatus()


class GroupVersion(Wire, frozen=True):
    version: str


class ApiGroup(Wire, frozen=True):
    preferred_version: GroupVersion


class Reference(Wire, frozen=True):
    kind: str = ""
    name: str = ""
    uid: str = ""
    namespace: str = ""
    field_path: str = ""


class Series(Wire, frozen=True):
    count: int = 0
    last_observed_time: datetime | None = None


class Event(Stored, frozen=True):
    involved_object: Reference = Reference()
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int | None = None
    event_time: datetime | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    series: Series | None = None


class ListMetadata(Wire, frozen=True):
    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")


class Page(Wire, Generic[Object], frozen=True):
    """One page of a list."""

    metadata: ListMetadata = ListMetadata()
    items: tuple[Object, ...] | None = ()


class WatchLine(Wire, Generic[Object], frozen=True):
    """One event of a watch; of an ERROR the object is a Status."""

    type: str
    object: Object


class Version(Wire, frozen=True):
    git_version: str = ""


class SecretData(Wire, frozen=True):
    """A Secret: values in base64, decoded."""

    data: dict[str, bytes] | None = None
