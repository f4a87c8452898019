"""`ClusterPort` over the REST API of a Kubernetes cluster, whichever kind it is.

What needs a loop is imported where it is used: a list is asked for without one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from console.cluster import decoding, tailing
from console.cluster.failures import Asked
from console.cluster.listing import MOST_EVENTS, ListSource, pages
from console.cluster.pod_reading import Pods
from console.cluster.request import JSON, MERGE_PATCH, VERSION, Answer, Carrier, Request
from console.cluster.upstream_lists import UpstreamLists, may_be_upstreams
from console.domain.events import Event
from console.domain.facts import ClusterEvent, JobFacts, KueueQueue, PodFacts
from console.domain.turns import is_kueues
from console.errors import ConsoleError, NotFound
from console.operations.ports.cluster import (
    MOST_NAMESPACES,
    SUBMISSION_SELECTOR,
    ClusterDescription,
    Created,
    JsonObject,
    Kind,
    LogBlock,
    LogRequest,
    Propagation,
)

if TYPE_CHECKING:
    from console.cluster.admission import Queues
    from console.cluster.concerned import About

RESOURCES = {
    Kind.JOB: ("/apis/batch/v1", "jobs"),
    Kind.POD: ("/api/v1", "pods"),
    Kind.CONFIG_MAP: ("/api/v1", "configmaps"),
    Kind.CLAIM_TEMPLATE: ("/apis/resource.k8s.io/v1", "resourceclaimtemplates"),
}
METHODS = {"get": "GET", "create": "POST", "patch": "PATCH", "delete": "DELETE"}
FIELD_MANAGER = "carla-console"
OF_NODES = "default"
LATELY = 3600.0
"""Seconds for which the version of Kubernetes is taken to be the same."""


class KubernetesCluster:
    """One context of one user. Belongs to the event loop of its first call."""

    def __init__(self, transport: Carrier, description: ClusterDescription) -> None:
        self._transport, self._description = transport, description
        self._job, self._pod = decoding.Jobs(), Pods()
        self._upstream = UpstreamLists(transport)
        self._version: tuple[float, str] | None = None
        """When it was told, and what."""

    @property
    def description(self) -> ClusterDescription:
        return self._description

    async def version(self, *, lately: bool = False) -> str:
        if lately and self._version and time.monotonic() - self._version[0] < LATELY:
            return self._version[1]
        answer = await self._transport.send(VERSION)
        told = decoding.version(answer.body)
        self._version = (time.monotonic(), told)
        return told

    async def create(self, manifest: JsonObject, *, dry_run: bool = False) -> Created:
        """The object as the server stored it, with the warnings it gave."""
        meta = manifest["metadata"]
        namespace = meta.get("namespace") or self._description.namespace
        kind = Kind(manifest["kind"])
        # Strict: a field that is misspelt is refused, where it would be dropped in silence.
        params = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
        if dry_run:
            params["dryRun"] = "All"
        answer = await self._call("create", kind, namespace, meta.get("name", ""), params, manifest)
        asked = Asked("create", RESOURCES[kind][1], namespace, meta.get("name", ""))
        return Created(decoding.document(answer.body, asked), answer.warnings)

    async def apply(self, manifest: JsonObject) -> None:
        meta = manifest["metadata"]
        params, kind = {"fieldManager": FIELD_MANAGER}, Kind(manifest["kind"])
        try:
            await self._call("patch", kind, meta["namespace"], meta["name"], params, manifest)
        except NotFound:
            await self.create(manifest)

    async def read(self, kind: Kind, namespace: str, name: str) -> JsonObject:
        asked = Asked("get", RESOURCES[kind][1], namespace, name)
        try:
            answer = await self._call("get", kind, namespace, name)
        except NotFound:
            jobs = await self._upstream.manifest(namespace, name) if kind is Kind.JOB else None
            if jobs is None:
                raise
            return jobs
        return decoding.document(answer.body, asked)

    async def secret(self, namespace: str, name: str, key: str) -> bytes:
        asked = Asked("get", "secrets", namespace, name)
        request = Request("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}", asked)
        from console.cluster.secrets import secret_value  # for those who keep a token there

        return secret_value((await self._transport.send(request)).body, asked, key)

    async def jobs(self, namespace: str | None) -> tuple[JobFacts, ...]:
        lists = (self._own_jobs(namespace), self._upstream.all(namespace))
        own, upstreams = await self._transport.side_by_side(lists)
        return (*own, *upstreams)

    async def _own_jobs(self, namespace: str | None) -> tuple[JobFacts, ...]:
        found = tuple(await self._all(self._jobs(namespace, label=SUBMISSION_SELECTOR)))
        return await self._admitted(found)

    async def job(self, namespace: str, name: str) -> JobFacts:
        try:
            answer = await self._call("get", Kind.JOB, namespace, name)
        except NotFound:
            if (several := await self._upstream.one(namespace, name)) is None:
                raise
            return several
        return (await self._admitted((self._job.one(answer.body),)))[0]

    async def queue(self, namespace: str, name: str) -> KueueQueue:
        return await self._kueue().queue(namespace, name)

    async def queues(self, namespace: str) -> tuple[KueueQueue, ...]:
        return await self._kueue().queues(namespace)

    def _kueue(self) -> Queues:
        from console.cluster.admission import Queues  # few clusters have one

        return Queues(self._transport)

    async def _admitted(self, jobs: tuple[JobFacts, ...]) -> tuple[JobFacts, ...]:
        """With Kueue's word on those that wait for it."""
        return await self._kueue().with_admission(jobs) if any(map(is_kueues, jobs)) else jobs

    async def pods(self, namespace: str | None, job: str | None) -> tuple[PodFacts, ...]:
        if job is not None and self._upstream.met(namespace or "", job):
            return await self._upstream.pods(namespace, job)
        label = SUBMISSION_SELECTOR if job is None else f"job-name={job}"
        found = await self._all(self._pods(namespace, label=label))
        if job is None or (not found and may_be_upstreams(job)):
            found += await self._upstream.pods(namespace, job)
        return tuple(found)

    async def events(self, namespace: str, job: str) -> tuple[ClusterEvent, ...]:
        """The kept events of the Job and its pods, oldest first; none of an earlier namesake."""
        from console.cluster.concerned import concerns, of_a_namesake

        seen = await self.job(namespace, job)
        names = (
            await self._upstream.job_names(namespace, job)
            if self._upstream.met(namespace, job)
            else ()
        )
        found = [
            facts
            for facts, about in await self._all(self._events(namespace))
            if any(concerns(each, about) for each in names)
            or (concerns(job, about) and (about.kind != "Job" or about.uid in (seen.uid, "")))
            if not of_a_namesake(facts, seen.created_at)
        ]
        return tuple(sorted(found, key=lambda e: (e.last_seen is not None, e.last_seen)))

    async def node_events(self, pods: Sequence[PodFacts]) -> tuple[ClusterEvent, ...]:
        from console.domain.node_events import of_stays, stay_of

        now, found = datetime.now(UTC), []
        stays = [stay for each in pods if (stay := stay_of(each, now)) is not None]
        for node in sorted({each.node for each in stays}):
            told = await self._all(self._of_nodes(f",involvedObject.name={node}"))
            found += of_stays((facts for facts, _ in told), stays, node)
        return tuple(sorted(found, key=lambda e: (e.last_seen is not None, e.last_seen)))

    async def patch_job(self, namespace: str, name: str, patch: JsonObject) -> JobFacts:
        params = {"fieldManager": FIELD_MANAGER}
        answer = await self._call("patch", Kind.JOB, namespace, name, params, patch)
        return self._job.one(answer.body)

    async def delete(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        *,
        propagation: Propagation,
        uid: str = "",
    ) -> None:
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation.value,
            **({"preconditions": {"uid": uid}} if uid else {}),
        }
        await self._call("delete", kind, namespace, name, None, options)

    def watch_submissions(self, namespace: str | None) -> AsyncIterator[tuple[str, str, Event]]:
        from console.cluster import submissions

        sources = submissions.WatchedSources(
            self._jobs(namespace, label=SUBMISSION_SELECTOR),
            self._pods(namespace, label=SUBMISSION_SELECTOR),
            self._events(namespace),
            self._other_nodes(namespace),
            upstream=self._upstream.jobs_source(namespace),
            upstream_pods=self._upstream.pods_source(namespace),
        )
        return submissions.every(self._transport, sources, queues=self._kueue())

    async def watch_submission(self, namespace: str, name: str) -> AsyncIterator[Event]:
        from console.cluster import submissions

        of_upstream = await self._is_upstreams(namespace, name)
        sources = submissions.WatchedSources(
            self._upstream.jobs_source(namespace)
            if of_upstream
            else self._jobs(namespace, field=f"metadata.name={name}"),
            self._upstream.pods_source(namespace)
            if of_upstream
            else self._pods(namespace, label=f"job-name={name}"),
            self._events(namespace),
            self._other_nodes(namespace),
            of_upstream=of_upstream,
        )
        told = submissions.one(self._transport, name, sources, queues=self._kueue())
        async with contextlib.aclosing(told) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    async def _is_upstreams(self, namespace: str, name: str) -> bool:
        """Whether that is a submission of several Jobs. What cannot be asked is watched as one
        Job: the watch itself says why it is not live."""
        if self._upstream.met(namespace, name) or not may_be_upstreams(name):
            return self._upstream.met(namespace, name)
        with contextlib.suppress(ConsoleError):
            await self.job(namespace, name)
        return self._upstream.met(namespace, name)

    def log(self, request: LogRequest) -> AsyncIterator[LogBlock]:
        return tailing.blocks(self._transport, request)

    async def serves(self, group: str) -> bool:
        path = f"/apis/{group}"
        try:
            await self._transport.send(Request("GET", path, Asked("get", path)))
        except NotFound:
            return False
        return True

    async def namespaces(self) -> tuple[str, ...]:
        asked = Asked("list", "namespaces")
        request = Request("GET", "/api/v1/namespaces", asked, {"limit": str(MOST_NAMESPACES)})
        page = decoding.document((await self._transport.send(request)).body, asked)
        items = (each for each in page.get("items") or () if isinstance(each, dict))
        names = (str((each.get("metadata") or {}).get("name") or "") for each in items)
        return tuple(sorted(name for name in names if name))

    async def allowed(self, verb: str, resource: str, namespace: str) -> bool:
        """Whether a role of ours has the verb on that resource (`pods/log`, `jobs`)."""
        group = "batch" if resource == "jobs" else ""
        name, _, sub = resource.partition("/")
        attributes = {
            "namespace": namespace,
            "verb": verb,
            "group": group,
            "resource": name,
            "subresource": sub,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {k: v for k, v in attributes.items() if v}},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        asked = Asked("create", "selfsubjectaccessreviews")
        answer = await self._transport.send(Request("POST", path, asked, None, review))
        return bool(decoding.document(answer.body, asked).get("status", {}).get("allowed"))

    async def close(self) -> None:
        await self._transport.close()

    async def _call(
        self,
        verb: str,
        kind: Kind,
        namespace: str,
        name: str,
        params: dict[str, str] | None = None,
        body: Any = None,
    ) -> Answer:
        base, resource = RESOURCES[kind]
        path = f"{base}/namespaces/{namespace}/{resource}"
        if verb != "create":
            path += f"/{name}"
        asked = Asked(verb, resource, namespace, name)
        content_type = MERGE_PATCH if verb == "patch" else JSON
        return await self._transport.send(
            Request(METHODS[verb], path, asked, params, body, content_type)
        )

    async def _all(self, source: ListSource[Any]) -> list[Any]:
        """Every object of a source, page by page."""
        return [facts async for page in pages(self._transport, source) for _, facts in page.items]

    def _jobs(
        self, namespace: str | None, *, label: str = "", field: str = ""
    ) -> ListSource[JobFacts]:
        path = _path("/apis/batch/v1", namespace, "jobs")
        return ListSource(path, "jobs", namespace, self._job, label, field)

    def _pods(self, namespace: str | None, *, label: str) -> ListSource[PodFacts]:
        return ListSource(_path("/api/v1", namespace, "pods"), "pods", namespace, self._pod, label)

    def _events(self, namespace: str | None) -> ListSource[About]:
        path = _path("/api/v1", namespace, "events")
        return ListSource(path, "events", namespace, decoding.EVENTS, most=MOST_EVENTS)

    def _of_nodes(self, further: str = "") -> ListSource[About]:
        """They are of no namespace, and their events are written into that one."""
        return replace(self._events(OF_NODES), field=f"involvedObject.kind=Node{further}")

    def _other_nodes(self, namespace: str | None) -> ListSource[About] | None:
        """None where the events of that namespace have those of the nodes among them."""
        return None if namespace in (None, OF_NODES) else self._of_nodes()


def _path(base: str, namespace: str | None, resource: str) -> str:
    return f"{base}/namespaces/{namespace}/{resource}" if namespace else f"{base}/{resource}"
