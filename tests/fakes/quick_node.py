"""A node for the cluster in memory: it runs each Job to its end as soon as somebody looks on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from fakes.cluster import FakeCluster
from fakes.following import line

from console.domain.events import ConnectionChanged, Event

Says = Callable[[str, dict[str, Any]], Iterable[str]]
"""(container, its Job as stored) -> the lines that it logs."""

COMPLETE = {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}
FAILED = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}


class QuickNode:
    """`exits` and `silent` are by the name of a container; `ends` is the Job's status afterwards."""

    def __init__(self, cluster: FakeCluster, says: Says) -> None:
        self.exits: dict[str, int] = {}
        self.silent: set[str] = set()
        self.ends: dict[str, Any] = COMPLETE
        self.states: dict[str, dict[str, Any]] = {}
        """Of containers that never run."""
        self.unplaced = ""
        """The scheduler's words, where no node takes a pod."""
        self._cluster, self._says = cluster, says
        self._waiting: list[dict[str, Any]] = []
        create, patch_job, watch = cluster.create, cluster.patch_job, cluster.watch_submissions

        async def created(manifest: dict[str, Any], **more: Any) -> Any:
            told = await create(manifest, **more)
            if manifest["kind"] == "Job" and not more.get("dry_run"):
                self._begin(told.manifest)
            return told

        async def patched(namespace: str, name: str, patch: dict[str, Any]) -> Any:
            told = await patch_job(namespace, name, patch)
            self._begin(next(each for each in self._jobs() if each["metadata"]["name"] == name))
            return told

        async def watched(namespace: str | None) -> AsyncIterator[tuple[str, str, Event]]:
            async with contextlib.aclosing(watch(namespace)) as events:  # type: ignore[type-var]
                async for told in events:
                    yield told
                    if isinstance(told[2], ConnectionChanged):
                        self._run_all()

        cluster.create, cluster.patch_job = created, patched  # type: ignore[method-assign]
        cluster.watch_submissions = watched  # type: ignore[method-assign]

    def _jobs(self) -> list[dict[str, Any]]:
        return [each for (kind, _, _), each in self._cluster.objects.items() if kind == "Job"]

    def _begin(self, job: dict[str, Any]) -> None:
        """A suspended one waits until somebody lets it go."""
        if not job["spec"].get("suspend"):
            self._waiting.append(job)
        if self._cluster.watched:
            asyncio.get_running_loop().call_soon(self._run_all)

    def _run_all(self) -> None:
        while self._waiting:
            self._run(self._waiting.pop(0))

    def _run(self, job: dict[str, Any]) -> None:
        meta, spec = job["metadata"], job["spec"]["template"]["spec"]
        names = [each["name"] for each in spec["containers"]]
        statuses, phase = [], "Pending" if self.states else "Succeeded"
        for name in names:
            log = self._cluster.logs[f"pod-of-{meta['name']}", name, 0]
            told = () if name in self.silent else self._says(name, job)
            log.lines += [line(second % 60, text) for second, text in enumerate(told)]
            log.ended = True
            ended = {"terminated": {"exitCode": self.exits.get(name, 0), "reason": "Completed"}}
            state = self.states.get(name, ended)
            statuses.append({"name": name, "restartCount": 0, "state": state})
        owner = {"kind": "Job", "name": meta["name"], "uid": meta["uid"], "controller": True}
        pod: dict[str, Any] = {
            "kind": "Pod",
            "metadata": {
                "name": f"{meta['name']}-x", "namespace": meta["namespace"],
                "uid": f"pod-of-{meta['name']}", "labels": {"job-name": meta["name"]},
                "ownerReferences": [owner], "creationTimestamp": "2026-11-22T10:00:00Z",
            },
            "spec": {"containers": [{"name": name} for name in names], "nodeName": "n"},
            "status": {"phase": phase, "containerStatuses": statuses},
        }  # fmt: skip
        if self.unplaced:
            refused = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
            pod["spec"]["nodeName"] = ""
            conditions = [{**refused, "message": self.unplaced}]
            pod["status"] = {"phase": "Pending", "conditions": conditions}
            self._cluster.put(pod)
            return
        self._cluster.put(pod)
        self._cluster.put({**job, "status": self.ends})


def preflight_facts(container: str, _: dict[str, Any]) -> tuple[str, ...]:
    """What the containers of a preflight tell where all is well, as far as the tests ask."""
    role = container.partition("-")[0]
    told = {
        "simulator": "preflight: gpu count=1",
        "agent": "preflight: python version=3.8.10",
        "logcopy": "preflight: clock epoch=1795341600.000",
    }
    return told[role], f"preflight: end role={role}"
