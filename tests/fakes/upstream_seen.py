"""Upstream's Jobs and pods as a cluster tells of them, and what its edge makes of these."""

from __future__ import annotations

import json
from typing import Any

from fakes.upstream_jobs import Submission

from console.cluster.pod_reading import Pods
from console.cluster.upstream_reading import UpstreamJobs, UpstreamSeen
from console.cluster.upstream_watch import UpstreamWatch
from console.cluster.watching import Seen
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.events import Event
from console.domain.facts import PodFacts
from console.domain.folding import fold
from console.operations.ports.cluster import JsonObject

AT = "2026-11-30T10:00:00Z"
DONE = {"terminated": {"exitCode": 0, "finishedAt": AT}}
STARTED = {"running": {"startedAt": AT}}
COMPLETE = {"succeeded": 1, "completionTime": AT, "conditions": [
    {"type": "Complete", "status": "True", "lastTransitionTime": AT}]}  # fmt: skip
FAILED = {"failed": 1, "conditions": [
    {"type": "Failed", "status": "True", "lastTransitionTime": AT,
     "reason": "BackoffLimitExceeded",
     "message": "Job has reached the specified backoff limit"}]}  # fmt: skip

_jobs, _pods = UpstreamJobs(), Pods()


def stored(manifest: JsonObject, **status: Any) -> JsonObject:
    """As the server has it: with an uid of its name."""
    name = manifest["metadata"]["name"]
    told = {"name": name, "namespace": "default", "uid": f"uid-{name}", "creationTimestamp": AT}
    return manifest | {"metadata": told, "status": status or {"active": 1}}


def seen(manifest: JsonObject, **status: Any) -> UpstreamSeen:
    found = _jobs.one(json.dumps(stored(manifest, **status)).encode())
    assert found is not None
    return found


def pod_of(
    manifest: JsonObject, phase: str = "Running", restarts: int = 0, **spec: Any
) -> JsonObject:
    """Its pod, all of whose containers run, or wait where it is pending."""
    job, template = manifest["metadata"]["name"], manifest["spec"]["template"]["spec"]
    state = STARTED if phase == "Running" else {"waiting": {"reason": "PodInitializing"}}
    return {
        "metadata": {
            "name": f"{job}-abcde", "namespace": "default", "uid": f"pod-{job}",
            "labels": {"job-name": job}, "creationTimestamp": AT,
            "ownerReferences": [{"kind": "Job", "name": job, "uid": f"uid-{job}"}],
        },
        "spec": {**template, "nodeName": "node-a", **spec},
        "status": {
            "phase": phase,
            "initContainerStatuses": [{"name": "private-contents", "state": DONE}],
            "containerStatuses": [
                {"name": each["name"], "restartCount": restarts, "state": state}
                for each in template["containers"]
            ],
        },
    }  # fmt: skip


def pod_facts(manifest: JsonObject, phase: str = "Running", restarts: int = 0) -> PodFacts:
    return _pods.one(json.dumps(pod_of(manifest, phase, restarts)).encode())


def usual() -> Submission:
    return Submission(team="Blue", number=1234)


class Watched:
    """A board, fed by what watches of upstream's objects say."""

    def __init__(self) -> None:
        self.watch = UpstreamWatch()
        self.board = BoardSnapshot("default", usual().name)
        self.told: list[Event] = []

    def hear(self, change: object) -> None:
        for namespace, name, event in self.watch.told(change):  # type: ignore[arg-type]
            assert (namespace, name) == ("default", usual().name)
            self.told.append(event)
            self.board = fold(self.board, event)

    def jobs(self, *manifests: object, **status: object) -> None:
        for each in manifests:
            self.hear(Seen(seen(each, **status)))  # type: ignore[arg-type]

    def pod(self, manifest: object, phase: str = "Running", restarts: int = 0) -> None:
        self.hear(Seen(pod_facts(manifest, phase, restarts)))  # type: ignore[arg-type]

    @property
    def pairs(self) -> dict[int, PairStatus]:
        return {pair.number: pair.status for pair in self.board.pairs}


def all_running() -> Watched:
    """All its Jobs and pods, running."""
    found = Watched()
    found.jobs(*usual().jobs())
    for each in usual().jobs():
        found.pod(each)
    return found
