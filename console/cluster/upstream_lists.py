"""Submissions of upstream's present shape, asked for: all of a namespace, or one by its name.

Such a name is no Job's, and its pods and events are those of several Jobs. Costs nothing but one
list of the Jobs that have no label of ours; more only where there is such a submission.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.cluster import bounds
from console.cluster.decoding import document
from console.cluster.failures import Asked
from console.cluster.listing import ListSource, pages
from console.cluster.pod_reading import Pods
from console.cluster.request import Carrier, Request
from console.cluster.upstream_joined import joined
from console.cluster.upstream_reading import (
    NOT_OURS,
    OF_ACCOUNT,
    UpstreamJobs,
    UpstreamSeen,
    part_of_upstream,
    upstream_uid,
)
from console.domain.facts import JobFacts, PodFacts
from console.errors import Forbidden
from console.operations.ports.cluster import JsonObject

if TYPE_CHECKING:
    import logging

_SUBMISSION = re.compile(r".+-\d{1,18}")
ByName = dict[str, UpstreamSeen]


def may_be_upstreams(name: str) -> bool:
    """The name ends as one of upstream's submissions does."""
    return _SUBMISSION.fullmatch(name) is not None


class UpstreamLists:
    """Asks one cluster. Remembers which submissions it has met: these are asked for at once."""

    def __init__(self, transport: Carrier) -> None:
        self._transport = transport
        self._reading, self._pod = UpstreamJobs(), Pods()
        self._met: set[tuple[str, str]] = set()
        self._none: set[str | None] = set()
        """Namespaces in which the last list of all had none."""

    def met(self, namespace: str, name: str) -> bool:
        """There was such a submission."""
        return (namespace, name) in self._met

    def jobs_source(self, namespace: str | None) -> ListSource[UpstreamSeen | None]:
        where = f"/namespaces/{namespace}" if namespace else ""
        path = f"/apis/batch/v1{where}/jobs"
        return ListSource(path, "jobs", namespace, self._reading, NOT_OURS)

    def pods_source(self, namespace: str | None) -> ListSource[PodFacts]:
        where = f"/namespaces/{namespace}" if namespace else ""
        path = f"/api/v1{where}/pods"
        return ListSource(
            path, "pods", namespace, self._pod, NOT_OURS, OF_ACCOUNT, field_spares=True
        )

    async def all(self, namespace: str | None) -> tuple[JobFacts, ...]:
        """Each as one Job. None, and a line in the log, where others have too many Jobs."""
        self._none.discard(namespace)
        try:
            found = await self._groups(namespace)
        except bounds.TooMuch as error:
            _logger().warning("Whether upstream has submissions here is not known: %s", error)
            found = {}
        if not found:
            self._none.add(namespace)
        self._met.update(found)
        return tuple(joined(group) for group in found.values())

    async def one(self, namespace: str, name: str) -> JobFacts | None:
        """None where there is no such submission."""
        group = await self._group(namespace, name)
        return joined(group) if group else None

    async def pods(self, namespace: str | None, name: str | None) -> tuple[PodFacts, ...]:
        """Of the one of that name; None: of all, and none where there was no Job for them.

        None, and a line in the log, where others have too many pods and it may well have none.
        """
        if name is None and namespace in self._none:
            return ()
        source, found = self.pods_source(namespace), list[PodFacts]()
        try:
            async for page in pages(self._transport, source):
                found += (facts for _, facts in page.items)
        except bounds.TooMuch as error:
            if name is not None and self.met(namespace or "", name):
                raise
            _logger().warning("Which pods upstream's submissions have is not known: %s", error)
            return ()
        parts = (part_of_upstream(each) for each in found)
        return tuple(each for each in parts if each is not None and name in (None, each.job))

    async def job_names(self, namespace: str, name: str) -> tuple[str, ...]:
        """Of the Jobs that are there of that submission."""
        return tuple(await self._group(namespace, name))

    async def manifest(self, namespace: str, name: str) -> JsonObject | None:
        """Its Jobs as a List, as the cluster has them; None where there is no such submission."""
        jobs = []
        for job in await self.job_names(namespace, name):
            asked = Asked("get", "jobs", namespace, job)
            path = f"/apis/batch/v1/namespaces/{namespace}/jobs/{job}"
            answer = await self._transport.send(Request("GET", path, asked))
            jobs.append(document(answer.body, asked))
        uid = upstream_uid(namespace, name)
        meta = {"name": name, "namespace": namespace, "uid": uid}
        return (
            {"apiVersion": "v1", "kind": "List", "metadata": meta, "items": jobs} if jobs else None
        )

    async def _group(self, namespace: str, name: str) -> ByName:
        if not may_be_upstreams(name):
            return {}
        try:
            found = (await self._groups(namespace)).get((namespace, name), {})
        except (bounds.TooMuch, Forbidden) as error:
            # Who may ask for a Job by its name and for no list hears that there is none so called.
            _logger().info("Whether %s is upstream's is not known: %s", name, error)
            return {}
        if found:
            self._met.add((namespace, name))
        return found

    async def _groups(self, namespace: str | None) -> dict[tuple[str, str], ByName]:
        source = self.jobs_source(namespace)
        found = [facts async for page in pages(self._transport, source) for _, facts in page.items]
        return _by_submission(each for each in found if each is not None)


def _by_submission(found: Iterable[UpstreamSeen]) -> dict[tuple[str, str], ByName]:
    groups: dict[tuple[str, str], ByName] = defaultdict(dict)
    for each in found:
        groups[each.job.namespace, each.told.submission][each.job.name] = each
    return groups


def _logger() -> logging.Logger:
    # Late: hardly a list has a word to log.
    import logging

    return logging.getLogger(__name__)
