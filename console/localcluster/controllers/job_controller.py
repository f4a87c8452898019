"""The loop around the Job decision: watches Jobs and pods, carries the steps out in the store.

Pod changes are batched for a second (times the time factor), as the real controller does; Job
changes are looked at at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.localcluster.changes import condition, parse_time
from console.localcluster.controllers import job_facts as facts
from console.localcluster.controllers import job_steps as steps
from console.localcluster.controllers.agenda import Agenda, changes_or_pause
from console.localcluster.controllers.event_recorder import EventRecorder, EventSource
from console.localcluster.controllers.job_decision import decide
from console.localcluster.controllers.pod_template import pod_of
from console.localcluster.deletion import is_deleted
from console.localcluster.store import (
    Change,
    JsonObject,
    ObjectNotFound,
    Store,
    StoreError,
    timestamp,
)

BATCH_SECONDS = 1.0

_JobKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Failures:
    """Consecutive failed pods of a Job, and when the next may be created."""

    count: int
    not_before: datetime


class JobController:
    """Brings every Job of the store forward until it is over."""

    def __init__(
        self, store: Store, admit: Callable[[JsonObject], None], *, time_factor: float = 1.0
    ) -> None:
        """`admit` gives a pod what the API gives each that is made."""
        self._store, self._admit = store, admit
        self._factor = time_factor
        self._events = EventRecorder(store, EventSource("job-controller"))
        self._agenda: Agenda[_JobKey] = Agenda()
        self._failures: dict[str, _Failures] = {}

    async def run(self) -> None:
        """Works until cancelled."""
        with self._store.subscribe("jobs", "pods") as changes:
            for job in self._store.list("jobs"):
                self._agenda.add(_key(job))
            while True:
                for change in await changes_or_pause(changes, self._agenda.pause()):
                    self._plan(change)
                for key in self._agenda.take_due():
                    self.sync(*key)

    def sync(self, namespace: str, name: str) -> None:
        """One look at one Job."""
        job = self._store.find("jobs", namespace, name)
        if job is None or job["spec"].get("managedBy", "kubernetes.io/job-controller") != (
            "kubernetes.io/job-controller"
        ):
            return
        pods = [pod for pod in self._store.list("pods", namespace) if facts.owned_by(job, pod)]
        failures = self._failures.get(job["metadata"]["uid"])
        now = self._store.now()
        not_before = failures.not_before if failures else None
        decision = decide(job, pods, now, not_before, self._factor)
        for step in decision.steps:
            if not self._carry_out(job, step):
                self._agenda.add((namespace, name), BATCH_SECONDS * self._factor)
                return
        if decision.again_at is not None:
            self._agenda.add((namespace, name), (decision.again_at - now).total_seconds())

    def _plan(self, change: Change) -> None:
        meta = change.obj["metadata"]
        if change.resource == "jobs":
            if change.type == "DELETED":
                self._forget(change.obj)
            self._agenda.add((meta["namespace"], meta["name"]))
            return
        for reference in meta.get("ownerReferences", []):
            if reference.get("controller") and reference.get("kind") == "Job":
                owner = (meta["namespace"], reference["name"])
                self._agenda.add(owner, BATCH_SECONDS * self._factor)
                self._release_orphan(change, reference["uid"])

    def _forget(self, job: JsonObject) -> None:
        self._failures.pop(job["metadata"]["uid"], None)
        self._events.forget(job["metadata"]["uid"])
        for pod in self._store.list("pods", job["metadata"]["namespace"]):
            if facts.owned_by(job, pod):
                self._release(pod["metadata"]["namespace"], pod["metadata"]["name"])

    def _release_orphan(self, change: Change, owner_uid: str) -> None:
        """A pod whose Job is gone is nobody's to count."""
        meta = change.obj["metadata"]
        if change.type == "DELETED" or not facts.is_tracked(change.obj):
            return
        jobs = self._store.list("jobs", meta["namespace"])
        if all(job["metadata"]["uid"] != owner_uid for job in jobs):
            self._release(meta["namespace"], meta["name"])

    def _carry_out(self, job: JsonObject, step: steps.Step) -> bool:
        """False when the rest of the steps must wait."""
        namespace, name = _key(job)
        match step:
            case steps.CreatePod():
                return self._create(job, step)
            case steps.DeletePod(pod_name):
                self._store.mark_deleted("pods", namespace, pod_name)
                message = f"Deleted pod: {pod_name}"
                self._events.emit(job, "Normal", "SuccessfulDelete", message)
            case steps.ReleasePod(pod_name):
                self._release(namespace, pod_name)
            case steps.Emit(kind, reason, message):
                self._events.emit(job, kind, reason, message)
            case steps.WriteStatus(status):
                self._note_failures(job, status)
                self._store.mutate("jobs", namespace, name, lambda o: o.update(status=status))
        return True

    def _create(self, job: JsonObject, step: steps.CreatePod) -> bool:
        try:
            pod = pod_of(job, step.index, step.failures)
            self._admit(pod)
            pod = self._store.create("pods", pod)
        except StoreError as refusal:
            message = f"Error creating: {refusal}"
            self._events.emit(job, "Warning", "FailedCreate", message)
            return False
        message = f"Created pod: {pod['metadata']['name']}"
        self._events.emit(job, "Normal", "SuccessfulCreate", message)
        return True

    def _release(self, namespace: str, pod_name: str) -> None:
        def drop(pod: JsonObject) -> None:
            kept = [
                finalizer
                for finalizer in pod["metadata"].get("finalizers", [])
                if finalizer != facts.TRACKING_FINALIZER
            ]
            pod["metadata"]["finalizers"] = kept

        try:
            self._store.mutate("pods", namespace, pod_name, drop)
        except ObjectNotFound:
            return

    def _note_failures(self, job: JsonObject, status: JsonObject) -> None:
        uid = job["metadata"]["uid"]
        current = self._store.find("jobs", *_key(job)) or job
        before = current.get("status", {})
        if status.get("succeeded", 0) > before.get("succeeded", 0):
            self._failures.pop(uid, None)
        fresh = status.get("failed", 0) - before.get("failed", 0)
        if fresh > 0:
            known = self._failures.get(uid)
            count = fresh + (known.count if known else 0)
            pause = timedelta(seconds=facts.pause_after(count) * self._factor)
            self._failures[uid] = _Failures(count, self._store.now() + pause)


class TimeToLive:
    """Deletes finished Jobs (in the foreground) when their ttlSecondsAfterFinished is over."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._agenda: Agenda[_JobKey] = Agenda()

    async def run(self) -> None:
        """Works until cancelled."""
        with self._store.subscribe("jobs") as changes:
            while True:
                for change in await changes_or_pause(changes, self._agenda.pause()):
                    self._agenda.add(_key(change.obj))
                for key in self._agenda.take_due():
                    self._look_at(*key)

    def _look_at(self, namespace: str, name: str) -> None:
        job = self._store.find("jobs", namespace, name)
        if job is None or is_deleted(job) or not facts.is_over(job):
            return
        seconds = job["spec"].get("ttlSecondsAfterFinished")
        if seconds is None:
            return
        end = condition(job, "Complete") or condition(job, "Failed") or {}
        over = parse_time(end["lastTransitionTime"]) + timedelta(seconds=seconds)
        left = (over - self._store.now()).total_seconds()
        if left > 0:
            self._agenda.add((namespace, name), left)
        else:
            self._store.mark_deleted("jobs", namespace, name, finalizer="foregroundDeletion")


def forget_old_events(store: Store, lifetime: timedelta = timedelta(hours=1)) -> None:
    """Removes the events last seen longer ago than `lifetime`, as an API server does."""
    oldest = timestamp(store.now() - lifetime)
    for event in store.list("events"):
        seen = event.get("lastTimestamp") or event["metadata"]["creationTimestamp"]
        if seen < oldest:
            store.remove("events", event["metadata"]["namespace"], event["metadata"]["name"])


def _key(job: JsonObject) -> _JobKey:
    return (job["metadata"]["namespace"], job["metadata"]["name"])
