"""A ClusterPort in memory. A test sets objects and logs; the port tells of each change."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import uuid
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from fakes.reading import job_facts, pod_facts

from console.domain.events import (
    ClusterEventSeen,
    ConnectionChanged,
    Event,
    JobSeen,
    JobVanished,
    PodSeen,
    PodVanished,
)
from console.domain.facts import ClusterEvent, JobFacts, KueueQueue, PodFacts
from console.domain.node_events import of_stays, stay_of
from console.errors import Conflict, ConsoleError, Forbidden, NotFound
from console.operations.ports.cluster import (
    ClusterDescription,
    Created,
    Kind,
    LinesMissing,
    LogBlock,
    LogLines,
    LogOpened,
    LogRequest,
    Propagation,
)

MOMENT = 0.05


def now() -> datetime:
    return datetime.now(UTC)


def _is_about(event: ClusterEvent, job: str) -> bool:
    kind, _, name = event.about.split()[0].partition("/")
    if kind == "Pod":
        return name.rpartition("-")[0] == job
    return kind == "Job" and name == job


class FakeLog:
    """One container run's log: lines so far, and whether the run has ended."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.ended = False
        self.rotations = 0
        """A stream that is open at one brings nothing more, as some nodes have it."""


class FakeCluster:
    """Objects are JSON as the API has them; `refuse` maps (verb, kind) to an error."""

    def __init__(self) -> None:
        self.description = ClusterDescription("fake", "http://fake", "default")
        self.objects: dict[tuple[Kind, str, str], dict[str, Any]] = {}
        self.logs: dict[tuple[str, str, int], FakeLog] = defaultdict(FakeLog)
        self.refuse: dict[tuple[str, Kind], ConsoleError] = {}
        self.requests: list[LogRequest] = []
        self.cluster_events: list[ClusterEvent] = []
        self.node_refusal: ConsoleError | None = None
        """What is answered to who asks for events of nodes, which are in `cluster_events` too."""
        self.groups = {"batch"}
        """APIs that it has."""
        self.known_queues: dict[tuple[str, str], KueueQueue] = {}
        """Those of Kueue, by namespace and name."""
        self.default_queue = ""
        """The one into which Kueue's webhook puts every new Job that names none."""
        self.known_namespaces: tuple[str, ...] = ("default", "leaderboard", "races", "tests")
        self.secrets: dict[tuple[str, str], dict[str, bytes]] = {}
        """Values by key, of each by namespace and name."""
        self.forbidden: set[tuple[str, str]] = set()
        """What nobody is allowed: (verb, resource)."""
        self.scenes: deque[Callable[[], object]] = deque()
        """What happens one after the other while somebody watches: each when nothing was told for
        a moment, and so what came before has been read. One that is False is tried again."""
        self._changes = 0
        self._watchers: list[asyncio.Queue[tuple[str, str, Event]]] = []

    @property
    def watched(self) -> bool:
        """Somebody looks on."""
        return bool(self._watchers)

    async def version(self, *, lately: bool = False) -> str:
        return "v0.0-fake"

    async def serves(self, group: str) -> bool:
        return group in self.groups

    async def queue(self, namespace: str, name: str) -> KueueQueue:
        if ("get", "localqueues") in self.forbidden:
            raise Forbidden("The cluster does not allow: get localqueues.")
        if (namespace, name) not in self.known_queues:
            raise NotFound(f"Not found: LocalQueue {namespace}/{name}.")
        return self.known_queues[namespace, name]

    async def queues(self, namespace: str) -> tuple[KueueQueue, ...]:
        if ("list", "localqueues") in self.forbidden:
            raise Forbidden("The cluster does not allow: list localqueues.")
        if "kueue.x-k8s.io" not in self.groups:
            raise NotFound("Not found: /apis/kueue.x-k8s.io.")
        return tuple(each for (space, _), each in self.known_queues.items() if space == namespace)

    async def namespaces(self) -> tuple[str, ...]:
        if ("list", "namespaces") in self.forbidden:
            raise Forbidden("The cluster does not allow: list namespaces.")
        return self.known_namespaces

    async def secret(self, namespace: str, name: str, key: str) -> bytes:
        if ("get", "secrets") in self.forbidden:
            raise Forbidden("The cluster does not allow: get secrets.", why="No role allows it.")
        values = self.secrets.get((namespace, name))
        if values is None or key not in values:
            raise NotFound(f"Not found: Secret {namespace}/{name}, key {key}.")
        return values[key]

    async def allowed(self, verb: str, resource: str, namespace: str) -> bool:
        return (verb, resource) not in self.forbidden

    async def close(self) -> None:
        return None

    def _check(self, verb: str, kind: Kind) -> None:
        if error := self.refuse.get((verb, kind)):
            raise error

    async def create(self, manifest: dict[str, Any], *, dry_run: bool = False) -> Created:
        kind, stored = Kind(manifest["kind"]), copy.deepcopy(manifest)
        meta = stored["metadata"]
        meta.setdefault("namespace", "default")
        key = (kind, meta["namespace"], meta["name"])
        self._check("create", kind)
        if key in self.objects:
            raise Conflict(f"{kind} {meta['name']} exists")
        if kind is Kind.JOB and self.default_queue:
            meta.setdefault("labels", {}).setdefault(
                "kueue.x-k8s.io/queue-name", self.default_queue
            )
        meta["uid"] = str(uuid.uuid4())
        meta["creationTimestamp"] = "2026-11-22T10:00:00Z"
        if not dry_run:
            self.put(stored)
        return Created(stored)

    def put(self, stored: dict[str, Any]) -> None:
        """Store an object as it is and tell the watchers."""
        self._changes += 1
        stored = {
            **stored,
            "metadata": {**stored["metadata"], "resourceVersion": f"{self._changes}"},
        }
        meta, kind = stored["metadata"], Kind(stored["kind"])
        self.objects[kind, meta["namespace"], meta["name"]] = copy.deepcopy(stored)
        if told := self._told(kind, stored):
            self.tell(*told)

    @staticmethod
    def version_of(stored: dict[str, Any]) -> str:
        return str(stored["metadata"].get("resourceVersion", ""))

    def _told(self, kind: Kind, stored: dict[str, Any]) -> tuple[str, str, Event] | None:
        meta = stored["metadata"]
        if kind is Kind.JOB:
            return meta["namespace"], meta["name"], JobSeen(now(), job_facts(stored))
        if kind is Kind.POD:
            pod = pod_facts(stored)
            return pod.namespace, pod.job, PodSeen(now(), pod)
        return None

    def drop(self, kind: Kind, namespace: str, name: str) -> None:
        """The object is gone, and the watchers learn it."""
        meta = self._find(kind, namespace, name)["metadata"]
        stored = self.objects.pop((kind, namespace, name))
        if kind is Kind.JOB:
            self.tell(namespace, name, JobVanished(now()))
        elif kind is Kind.POD:
            self.tell(namespace, pod_facts(stored).job, PodVanished(now(), meta["uid"]))

    def tell(self, namespace: str, job: str, event: Event) -> None:
        for queue in self._watchers:
            queue.put_nowait((namespace, job, event))

    def _find(self, kind: Kind, namespace: str, name: str) -> dict[str, Any]:
        if (kind, namespace, name) not in self.objects:
            raise NotFound(f"{kind} {name} not found")
        return self.objects[kind, namespace, name]

    def _all(self, kind: Kind, namespace: str | None) -> list[dict[str, Any]]:
        return [
            obj
            for (k, space, _), obj in self.objects.items()
            if k is kind and namespace in (None, space)
        ]

    async def apply(self, manifest: dict[str, Any]) -> None:
        kind, meta = Kind(manifest["kind"]), manifest["metadata"]
        self._check("patch", kind)
        before = self.objects.get((kind, meta["namespace"], meta["name"]))
        uid = before["metadata"]["uid"] if before else str(uuid.uuid4())
        self.put({**copy.deepcopy(manifest), "metadata": {**meta, "uid": uid}})

    async def read(self, kind: Kind, namespace: str, name: str) -> dict[str, Any]:
        return copy.deepcopy(self._find(kind, namespace, name))

    async def jobs(self, namespace: str | None) -> tuple[JobFacts, ...]:
        return tuple(map(job_facts, self._all(Kind.JOB, namespace)))

    async def job(self, namespace: str, name: str) -> JobFacts:
        return job_facts(self._find(Kind.JOB, namespace, name))

    async def pods(self, namespace: str | None, job: str | None) -> tuple[PodFacts, ...]:
        found = map(pod_facts, self._all(Kind.POD, namespace))
        return tuple(pod for pod in found if job in (None, pod.job))

    async def events(self, namespace: str, job: str) -> tuple[ClusterEvent, ...]:
        return tuple(event for event in self.cluster_events if _is_about(event, job))

    async def node_events(self, pods: Sequence[PodFacts]) -> tuple[ClusterEvent, ...]:
        if self.node_refusal is not None:
            raise self.node_refusal
        stays = [stay for each in pods if (stay := stay_of(each, now())) is not None]
        of_nodes = {
            node: [event for event in self.cluster_events if event.about == f"Node/{node}"]
            for node in {each.node for each in stays}
        }
        return tuple(e for node, told in of_nodes.items() for e in of_stays(told, stays, node))

    async def patch_job(self, namespace: str, name: str, patch: dict[str, Any]) -> JobFacts:
        stored = copy.deepcopy(self._find(Kind.JOB, namespace, name))
        meta = patch.get("metadata", {})
        self._check("patch", Kind.JOB)
        if meta.get("resourceVersion", self.version_of(stored)) != self.version_of(stored):
            raise Conflict(f"{name} has changed meanwhile")
        for part in ("annotations", "labels"):
            told = {**stored["metadata"].get(part, {}), **meta.get(part, {})}
            stored["metadata"][part] = {key: each for key, each in told.items() if each is not None}
        stored["spec"].update(patch.get("spec", {}))
        self.put(stored)
        return await self.job(namespace, name)

    async def delete(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        *,
        propagation: Propagation,
        uid: str = "",
    ) -> None:
        self._check("delete", kind)
        if uid not in ("", self._find(kind, namespace, name)["metadata"]["uid"]):
            raise Conflict(f"{name} is another one")
        self.drop(kind, namespace, name)

    async def watch_submissions(
        self, namespace: str | None
    ) -> AsyncIterator[tuple[str, str, Event]]:
        queue: asyncio.Queue[tuple[str, str, Event]] = asyncio.Queue()
        self._watchers.append(queue)
        try:
            for (kind, space, _), obj in list(self.objects.items()):
                if namespace in (None, space) and (told := self._told(kind, obj)):
                    yield told
            for space, name in [each[1:] for each in self.objects if each[0] is Kind.JOB]:
                for event in await self.events(space, name):
                    yield space, name, ClusterEventSeen(now(), event)
                with contextlib.suppress(Forbidden):
                    for event in await self.node_events(await self.pods(space, name)):
                        yield space, name, ClusterEventSeen(now(), event)
            yield "", "", ConnectionChanged(now(), True)
            while True:
                if (told := await self._next(queue)) is None:
                    continue
                if namespace in (None, told[0]) or not told[0]:
                    yield told
        finally:
            self._watchers.remove(queue)

    async def _next(
        self, queue: asyncio.Queue[tuple[str, str, Event]]
    ) -> tuple[str, str, Event] | None:
        """What is told next; a scene where that takes longer than a moment."""
        if not self.scenes:
            return await queue.get()
        try:
            async with asyncio.timeout(MOMENT):
                return await queue.get()
        except TimeoutError:
            if (scene := self.scenes.popleft())() is False:
                self.scenes.appendleft(scene)
            return None

    async def watch_submission(self, namespace: str, name: str) -> AsyncIterator[Event]:
        if (Kind.JOB, namespace, name) not in self.objects:
            yield JobVanished(now())
        async for _, job, event in self.watch_submissions(namespace):
            if job in (name, ""):
                yield event

    async def log(self, request: LogRequest) -> AsyncIterator[LogBlock]:
        self.requests.append(request)
        pod = pod_facts(self._find(Kind.POD, request.namespace, request.pod))
        facts = next(each for each in pod.containers if each.asked == request.container)
        run = facts.restart_count - request.previous
        if run < 0 or (pod.uid, request.container, run) not in self.logs:
            raise NotFound(f"no log of run {run}", why="is waiting to start")
        log, sent = self.logs[pod.uid, request.container, run], 0
        if request.tail is not None:
            sent = max(len(log.lines) - request.tail, 0)
        rotations = log.rotations
        yield LogOpened()
        after = request.after and request.after.at.encode()
        if request.tell_missing and after and not any(each[:30] == after for each in log.lines):
            yield LinesMissing()
        while True:
            lines = log.lines[sent:] if log.rotations == rotations else []
            sent += len(lines)
            fresh = [
                each for each in lines if not request.after or each[:30].decode() > request.after.at
            ]
            if fresh:
                yield LogLines(b"".join(fresh))
            if not request.follow or log.ended:
                return
            await asyncio.sleep(0.01)
