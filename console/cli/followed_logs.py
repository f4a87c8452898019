"""`logs -f`: which containers are meant, and their logs until nothing more of them can come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from console.cli.followed_output import FollowedOutput
from console.cli.interruptions import telling
from console.cli.log_sources import WantedLog, refuse_too_many, whose_logs
from console.cli.time_order import TimeOrder
from console.domain.events import ConnectionChanged, Event
from console.domain.facts import JobFacts, PodFacts
from console.errors import NotFound
from console.operations.recording.log_start import LogStart
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.followed_logs import FAILS_ON, FollowedLogs, follow_logs


class LogsToFollow(msgspec.Struct, frozen=True):
    """A submission whose logs are to be followed, and which of them."""

    namespace: str
    name: str
    asked: WantedLog
    names: list[str]


def to_follow(
    job: JobFacts | None, pods: Sequence[PodFacts], asked: WantedLog, name: str, namespace: str
) -> LogsToFollow:
    """Of the containers that there are and will be. Raises NoSuchContainer."""
    known = asked.names_in(pods)
    if job is not None and job.plan is not None and not asked.states and not job.over:
        planned = (*job.plan.preparing, *job.plan.containers)
        known = [*planned, *(each for each in known if each not in planned)]
    return LogsToFollow(
        namespace, name, asked, asked.chosen(known, whose_logs(pods) if pods else name)
    )


async def follow_one(services: Services, wanted: LogsToFollow) -> None:
    """Raises NotFound where it has ended and has no log."""
    name = wanted.name

    async def events() -> AsyncIterator[tuple[str, Event]]:
        async for event in services.cluster.watch_submission(wanted.namespace, name):
            yield ("" if isinstance(event, ConnectionChanged) else name), event

    where = services.cluster.description
    named = [word for each in wanted.names for word in ("-c", each)]
    which = ["--all-containers"] if wanted.asked.every else named
    again = carla_console(where, "logs", name, "-f", *which, namespace=wanted.namespace)
    with telling(lambda: f"{name} is as it was; its log again: {again}"):
        await _follow(services, [wanted], events())


async def follow_several(services: Services, namespace: str, wanted: list[LogsToFollow]) -> int:
    """How many of them had a log."""

    async def events() -> AsyncIterator[tuple[str, Event]]:
        async for _, name, event in services.cluster.watch_submissions(namespace):
            yield name, event

    return await _follow(services, wanted, events())


async def _follow(
    services: Services, wanted: list[LogsToFollow], events: AsyncIterator[tuple[str, Event]]
) -> int:
    refuse_too_many(sum(len(each.names) for each in wanted), wanted[0].asked.most_streams)
    order = _order(wanted)
    outputs = {
        each.name: FollowedOutput(each.name, each.asked, each.names, order) for each in wanted
    }
    followed = {
        each.name: FollowedLogs(
            services, each.namespace, each.name, outputs[each.name], _begins(each.asked)
        )
        for each in wanted
    }
    try:
        await follow_logs(followed, events, order.print_due if order else None)
    except asyncio.CancelledError:
        # What has come is told before the command ends.
        if order is not None:
            order.print_all()
        raise
    if order is not None:
        order.print_all()
    for name, each in followed.items():
        outputs[name].ends(each.board)
    opened = sum(each.opened for each in outputs.values())
    failures = [error for each in followed.values() for error in each.failures.values()]
    if failures and not (wanted[0].asked.ignores_errors and any(o.wrote for o in outputs.values())):
        raise failures[0]
    if not opened:
        raise NotFound(f"No container of {', '.join(followed)} has a log.")
    return opened


def _order(wanted: list[LogsToFollow]) -> TimeOrder | None:
    """Of all containers another one may come."""
    several = len(wanted) > 1 or len(wanted[0].names) > 1 or wanted[0].asked.every
    return TimeOrder(asyncio.get_running_loop().time) if several else None


def _begins(asked: WantedLog) -> LogStart:
    selection = asked.selection
    return LogStart(True, selection.since, selection.tail, FAILS_ON)
