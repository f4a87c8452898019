"""`logs`: what a container printed, live from the cluster or from this console's recording."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta

from console.cli.connection import submission_name, with_services
from console.cli.flags import add_connection_flags
from console.cli.interruptions import blocking
from console.cli.log_lines import Selection
from console.cli.log_sources import WantedLog, print_live, print_recorded
from console.cli.recorded import add_recording_flags, wanted_of
from console.cli.refusing import refuse_together
from console.domain.facts import PodFacts
from console.domain.submission import LOGCOPY
from console.errors import NotFound
from console.operations.services import Services
from console.operations.watching.lookup import Wanted, is_present

_SPAN = re.compile(r"(?:[0-9]+[smhd])+")
_PART = re.compile(r"([0-9]+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST_DIGITS = 5
"""99999 days are not before the first year that a date can have."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("logs")
    parser.add_argument("submission")
    add_connection_flags(parser)
    add_recording_flags(parser, "from this console's recording, all runs stitched")
    parser.add_argument("-c", "--container", metavar="NAME", help=f"default: {LOGCOPY}")
    parser.add_argument("--all-containers", action="store_true")
    parser.add_argument("-f", "--follow", action="store_true")
    parser.add_argument("-p", "--previous", action="store_true", help="the run before the last")
    parser.add_argument("--timestamps", action="store_true")
    parser.add_argument("--prefix", action="store_true", help="name the container on each line")
    parser.add_argument("--since", metavar="SPAN", type=_span, help="for example 90s, 5m, 1h30m")
    parser.add_argument("--tail", metavar="N", type=_count, help="only the last N lines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    refuse_together(options, "--container", "--all-containers")
    refuse_together(options, "--follow", "--previous", why="A run that is over does not go on.")
    refuse_together(options, "--follow", "--recorded", why="A recording is read as it stands.")
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> None:
        wanted = wanted_of(options, namespace, name)
        pod = None if wanted.recorded else await _newest_pod(services, wanted)
        if pod is not None:
            await print_live(services, pod, _asked(options), follow=options.follow)
            return
        gone = None if wanted.recorded else await _what_is_gone(services, wanted)
        with blocking():
            print_recorded(services, wanted, gone, _asked(options))

    with_services(options, work)
    return 0


def _span(text: str) -> timedelta:
    if not _SPAN.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a span of time: write 90s, 5m, 2h or 1d")
    parts = _PART.findall(text)
    if any(len(number) > MOST_DIGITS for number, _ in parts):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is longer than anything is recorded")
    return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines: 0 or more")
    return int(text)


def _asked(options: argparse.Namespace) -> WantedLog:
    since = None if options.since is None else datetime.now(UTC) - options.since
    return WantedLog(
        container=options.container if options.container is not None else LOGCOPY,
        every=options.all_containers,
        selection=Selection(since, options.tail, options.previous),
        prefix=options.prefix,
        timestamps=options.timestamps,
    )


async def _newest_pod(services: Services, wanted: Wanted) -> PodFacts | None:
    pods = await services.cluster.pods(wanted.namespace, wanted.name)
    meant = [pod for pod in pods if pod.owner.startswith(wanted.uid)]
    begin = datetime.min.replace(tzinfo=UTC)
    return max(meant, key=lambda pod: pod.created_at or begin, default=None)


async def _what_is_gone(services: Services, wanted: Wanted) -> NotFound:
    """The Job, or only its pod."""
    try:
        await services.cluster.job(wanted.namespace, wanted.name)
        whose = "" if await is_present(services, wanted) else f" with the uid {wanted.uid}"
    except NotFound as error:
        return NotFound(f"There is no Job {wanted}", why=error.why)
    return NotFound(f"There is no pod of {wanted}{whose}")
