"""`logs`: what a container printed, live from the cluster or from this console's recording."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta

from console.cli import narration
from console.cli.connection import add_connection_flags, submission_name, with_services
from console.cli.recordings import recorded_log
from console.domain.facts import PodFacts
from console.domain.hostile_text import neutralise
from console.errors import InvalidInput, NotFound
from console.operations.ports import LogRequest
from console.operations.services import Services

_SPAN = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("logs", help="print the log of one or all containers")
    parser.add_argument("submission")
    add_connection_flags(parser)
    parser.add_argument("-c", "--container", metavar="NAME", help="default: logcopy")
    parser.add_argument("--all-containers", action="store_true")
    parser.add_argument("-f", "--follow", action="store_true")
    parser.add_argument("-p", "--previous", action="store_true", help="the run before the last")
    parser.add_argument("--timestamps", action="store_true")
    parser.add_argument("--prefix", action="store_true", help="name the container on each line")
    parser.add_argument("--since", metavar="SPAN", type=_span, help="for example 90s, 5m, 2h")
    parser.add_argument("--tail", metavar="N", type=int, help="only the last N lines")
    parser.add_argument(
        "--recorded", action="store_true", help="from this console's recording, all runs stitched"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> None:
        pods = () if options.recorded else await services.cluster.pods(namespace, name)
        if pods:
            await _live(services, pods[-1], options)
            return
        if not options.recorded:
            narration.say("the pod is gone; this is what this console recorded")
        _recorded(services, namespace, name, options)

    with_services(options, work)
    return 0


def _span(text: str) -> timedelta:
    if not (match := _SPAN.fullmatch(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a span of time: write 90s, 5m, 2h or 1d")
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def _chosen(pod: PodFacts, options: argparse.Namespace) -> list[str]:
    """The containers to print. Raises InvalidInput for a name that the pod does not have."""
    known = [container.name for container in pod.containers]
    if options.all_containers:
        return known
    wanted = options.container or "logcopy"
    if wanted not in known:
        raise InvalidInput(
            f"There is no container {wanted!r} in {pod.name}.", fix=f"Choose: {', '.join(known)}"
        )
    return [wanted]


async def _live(services: Services, pod: PodFacts, options: argparse.Namespace) -> None:
    names = _chosen(pod, options)
    prefix = options.prefix or len(names) > 1
    streams = [_print(services, pod, name, options, prefix) for name in names]
    if options.follow:
        await asyncio.gather(*streams)
        return
    for stream in streams:
        await stream


async def _print(
    services: Services, pod: PodFacts, container: str, options: argparse.Namespace, prefix: bool
) -> None:
    request = LogRequest(
        namespace=pod.namespace,
        pod=pod.name,
        container=container,
        follow=options.follow,
        previous=options.previous,
        since=datetime.now(UTC) - options.since if options.since else None,
        tail=options.tail,
    )
    head = f"{container} " if prefix else ""
    try:
        async for block in services.cluster.log(request):
            for line in block.decode("utf-8", "replace").split("\n")[:-1]:
                stamp, _, text = line.partition(" ")
                _write(head + (line if options.timestamps and stamp else text))
    except NotFound as error:
        if not options.all_containers:
            raise
        narration.say(f"{container}: {error.what}")


def _recorded(services: Services, namespace: str, name: str, options: argparse.Namespace) -> None:
    container = options.container or "logcopy"
    view = recorded_log(services, namespace, name, container)
    count = view.line_count()
    start = max(count - options.tail, 0) if options.tail is not None else 0
    for line in view.lines(start, count):
        _write(f"{line.at} {line.text}" if options.timestamps and line.at else line.text)


def _write(line: str) -> None:
    """Raw into a file or pipe, harmless on a terminal."""
    shown = neutralise(line, keep_colours=True) if sys.stdout.isatty() else line
    sys.stdout.write(shown + "\n")
    sys.stdout.flush()
