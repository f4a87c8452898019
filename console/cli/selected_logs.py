"""`logs -l`: the same log of each submission of the cluster that has the labels.

Followed side by side, else one after the other in the order of their begin; each line names its
submission. What has no pod any more is read from its recording.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from console.cli import narration
from console.cli.interruptions import blocking
from console.cli.log_sources import WantedLog, print_live, print_recorded, refuse_too_many
from console.domain.facts import JobFacts, PodFacts
from console.errors import ConsoleError, NoSuchContainer, NotFound
from console.operations.services import Services
from console.operations.watching.lookup import Wanted

_BEGIN = datetime.min.replace(tzinfo=UTC)


async def print_selected(
    services: Services,
    namespace: str,
    chooses: Callable[[Mapping[str, str]], bool],
    asked: WantedLog,
    *,
    follow: bool,
) -> None:
    """Raises NotFound where none has the labels, or no log."""
    found = await _chosen(services, namespace, chooses)
    if not found:
        raise NotFound(
            f"No submission in {namespace} has these labels.",
            fix="Which labels there are: carla-console list -o jsonpath='{[*].labels}'",
        )
    printed = 0
    if follow:
        printed = await _follow(services, found, asked)
    else:
        for job, pod in found:
            printed += await _print(services, job, pod, replace(asked, submission=job.name))
    if not printed:
        raise NotFound(f"None of {len(found)} submissions with these labels has such a log.")


def _has_none(submission: str, error: ConsoleError) -> bool:
    """Of several, one may have no such log or container: said, and the others are told."""
    narration.say(" ".join(filter(None, (f"note: {submission}: {error.what}", error.fix))))
    return False


async def _chosen(
    services: Services, namespace: str, chooses: Callable[[Mapping[str, str]], bool]
) -> list[tuple[JobFacts, PodFacts | None]]:
    """Each with its newest pod, the oldest first."""
    jobs = [job for job in await services.cluster.jobs(namespace) if chooses(dict(job.labels))]
    newest: dict[str, PodFacts] = {}
    pods = await services.cluster.pods(namespace, None)
    for pod in sorted(pods, key=lambda each: each.created_at or _BEGIN):
        newest[pod.owner] = pod
    jobs.sort(key=lambda each: (each.created_at or _BEGIN, each.name))
    return [(job, newest.get(job.uid)) for job in jobs]


async def _follow(
    services: Services, found: list[tuple[JobFacts, PodFacts | None]], asked: WantedLog
) -> int:
    """How many had a log. One without a pod has nothing to say yet, or any more."""
    pods = [(job, pod) for job, pod in found if pod is not None]
    for job, pod in found:
        if pod is None:
            narration.say(f"note: {job.name} has no pod to be followed")
    streams = [_streams(asked, pod) for _, pod in pods]
    refuse_too_many(sum(streams), asked.most_streams)
    pods = [each for each, count in zip(pods, streams, strict=True) if count]
    narration.say(f"note: {len(pods)} submissions are followed; what begins later is not")
    each = (
        _live(services, pod, replace(asked, submission=job.name), follow=True) for job, pod in pods
    )
    return sum(await asyncio.gather(*each))


def _streams(asked: WantedLog, pod: PodFacts) -> int:
    try:
        return len(asked.chosen((each.name for each in pod.containers), pod.name))
    except NoSuchContainer as error:
        return int(_has_none(pod.job, error))


async def _print(services: Services, job: JobFacts, pod: PodFacts | None, asked: WantedLog) -> bool:
    if pod is not None:
        return await _live(services, pod, asked, follow=False)
    wanted = Wanted(job.namespace, job.name, job.uid)
    gone = NotFound(f"There is no pod of {wanted}")
    try:
        with blocking():
            print_recorded(services, wanted, gone, asked)
    except (NotFound, NoSuchContainer) as error:
        return _has_none(job.name, error)
    return True


async def _live(services: Services, pod: PodFacts, asked: WantedLog, *, follow: bool) -> bool:
    try:
        await print_live(services, pod, asked, follow=follow)
    except (NotFound, NoSuchContainer) as error:
        return _has_none(pod.job, error)
    return True
