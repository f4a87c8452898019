"""`logs -l`: the same log of each submission of the cluster that has the labels.

Followed side by side, else one after the other in the order of their begin; each line names its
submission. What has no pod any more is read from its recording.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.cli import narration
from console.cli.interruptions import blocking
from console.cli.log_sources import (
    WantedLog,
    print_live,
    print_recorded,
)
from console.domain.facts import JobFacts, PodFacts
from console.domain.joined_pods import Parts, present
from console.domain.spans import FIRST
from console.errors import ConsoleError, NoSuchContainer, NotFound
from console.operations.services import Services
from console.operations.watching.lookup import Wanted

if TYPE_CHECKING:
    from console.cli.followed_logs import LogsToFollow


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
        for job, own in found:
            printed += await _print(services, job, own, replace(asked, submission=job.name))
    if not printed:
        raise NotFound(f"None of {len(found)} submissions with these labels has such a log.")


def _has_none(submission: str, error: ConsoleError) -> bool:
    """Of several, one may have no such log or container: said, and the others are told."""
    narration.say(" ".join(filter(None, (f"note: {submission}: {error.what}", error.fix))))
    return False


async def _chosen(
    services: Services, namespace: str, chooses: Callable[[Mapping[str, str]], bool]
) -> list[tuple[JobFacts, Parts]]:
    """Each with its present pods, the oldest first."""
    jobs = [job for job in await services.cluster.jobs(namespace) if chooses(dict(job.labels))]
    own: dict[str, list[PodFacts]] = defaultdict(list)
    for pod in await services.cluster.pods(namespace, None):
        own[pod.owner].append(pod)
    jobs.sort(key=lambda each: (each.created_at or FIRST, each.name))
    return [(job, present(own[job.uid])) for job in jobs]


async def _follow(services: Services, found: list[tuple[JobFacts, Parts]], asked: WantedLog) -> int:
    """How many had a log. One that has ended without a pod has nothing to say any more."""
    from console.cli.followed_logs import follow_several

    wanted = [each for job, own in found if (each := _wanted(job, own, asked)) is not None]
    if not wanted:
        return 0
    narration.say(f"note: {len(wanted)} submissions are followed; what is launched later is not")
    return await follow_several(services, found[0][0].namespace, wanted)


def _wanted(job: JobFacts, pods: Parts, asked: WantedLog) -> LogsToFollow | None:
    from console.cli.followed_logs import to_follow

    if not pods and job.over:
        narration.say(f"note: {job.name} has ended and has no pod to be followed")
        return None
    try:
        return to_follow(job, pods, replace(asked, submission=job.name), job.name, job.namespace)
    except NoSuchContainer as error:
        _has_none(job.name, error)
        return None


async def _print(services: Services, job: JobFacts, pods: Parts, asked: WantedLog) -> bool:
    if pods:
        return await _live(services, pods, asked)
    wanted = Wanted(job.namespace, job.name, job.uid)
    gone = NotFound(f"There is no pod of {wanted}")
    try:
        with blocking():
            print_recorded(services, wanted, gone, asked)
    except (NotFound, NoSuchContainer) as error:
        return _has_none(job.name, error)
    return True


async def _live(services: Services, pods: Parts, asked: WantedLog) -> bool:
    try:
        await print_live(services, pods, asked)
    except (NotFound, NoSuchContainer) as error:
        return _has_none(pods[0].job, error)
    return True
