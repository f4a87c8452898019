"""`logs`: what a container printed, live from the cluster or from this console's recording."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from console.cli.connection import chosen_by, submission_name, with_services
from console.cli.filter_flags import add_filter_flags, pattern, patterns_of, refuse_alone, together
from console.cli.flags import add_connection_flags, add_selector_flag
from console.cli.interruptions import blocking
from console.cli.line_writer import Colour
from console.cli.log_flags import (
    ALL,
    SHORT,
    STATES,
    add_form_flags,
    add_time_flags,
    count,
    number,
    states,
)
from console.cli.log_lines import Selection
from console.cli.log_sources import WantedLog, print_live, print_recorded
from console.cli.recorded import add_recording_flags, wanted_of
from console.cli.refusing import given, refuse_all, refuse_empty, refuse_together
from console.domain.facts import PodFacts
from console.domain.joined_pods import present
from console.domain.submission import LOGCOPY
from console.errors import InvalidInput, NotFound
from console.operations.recording.log_times import Times
from console.operations.services import Services
from console.operations.watching.lookup import Wanted, is_present

OF_RECORDINGS = ("--merge", "--pair", "--attempt", "--route")
"""A cluster keeps the last two runs of a container; a recording has them all."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("logs")
    parser.add_argument("submission", nargs="?", help="its name; none beside -l")
    add_selector_flag(parser)
    add_connection_flags(parser)
    add_recording_flags(parser, "from this console's recording, all runs stitched")
    _add_container_flags(parser)
    parser.add_argument(
        "-f", "--follow", action="store_true", help="run after run, until the submission has ended"
    )
    parser.add_argument(
        "--no-follow", dest="follow", action="store_false", help="as it is anyway; stern's"
    )
    parser.add_argument("-p", "--previous", action="store_true", help="the run before the last")
    parser.add_argument("--merge", action="store_true", help="all, or each -c, by time; recorded")
    parser.add_argument("--pair", metavar="N", type=number, help="both halves, by time; recorded")
    parser.add_argument("--attempt", metavar="N", type=number, help="only that one; recorded")
    parser.add_argument("--route", metavar="ROUTE", help="while it was driven; recorded")
    parser.add_argument("--tail", metavar="N", type=count, help="only the last N lines; -1: all")
    add_time_flags(parser)
    add_form_flags(parser)
    add_filter_flags(parser)
    parser.set_defaults(run=run)


def _add_container_flags(parser: argparse.ArgumentParser) -> None:
    """Which of them."""
    parser.add_argument(
        "-c",
        "--container",
        metavar="NAME",
        action="append",
        help=f"may be repeated; default: {LOGCOPY}",
    )
    parser.add_argument(
        "--all-containers", action="store_true", help="one after the other; followed: by time"
    )
    parser.add_argument(
        "-E",
        "--exclude-container",
        metavar="PATTERN",
        type=pattern,
        action="append",
        help="all containers whose names have none of these",
    )
    parser.add_argument(
        "--container-state",
        choices=STATES,
        help="all containers that are in it; several by commas",
    )
    parser.add_argument(
        "--ignore-errors", action="store_true", help="where one log fails, go on with the others"
    )
    parser.add_argument(
        "--only-log-lines",
        action="store_true",
        help="followed: no word between runs, nor on what is waited for",
    )


def run(options: argparse.Namespace) -> int:
    _refuse(options)
    options.recorded |= any(given(options, flag) for flag in OF_RECORDINGS)
    if options.selector is not None:
        return _run_selected(options)
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> None:
        wanted = wanted_of(options, namespace, name)
        pods = () if wanted.recorded else await _present_pods(services, wanted)
        if options.follow and await _followed(services, wanted, pods, _asked(options)):
            return
        if pods:
            await print_live(services, pods, _asked(options))
            return
        gone = None if wanted.recorded else await _what_is_gone(services, wanted)
        with blocking():
            print_recorded(services, wanted, gone, _asked(options))

    with_services(options, work)
    return 0


def _run_selected(options: argparse.Namespace) -> int:
    """Of each that has the labels."""
    from console.cli.selected_logs import print_selected

    chooses, asked = chosen_by(options.selector), _asked(options)

    async def work(services: Services, namespace: str) -> None:
        await print_selected(services, namespace, chooses, asked, follow=options.follow)

    with_services(options, work)
    return 0


def _refuse(options: argparse.Namespace) -> None:
    refuse_empty(options, "--container", "--route", "--selector")
    if (options.submission is None) is (options.selector is None):
        raise InvalidInput(
            "logs needs the name of a submission, or labels by -l, and not both.",
            fix="Write: carla-console logs NAME, or carla-console logs -l key=value",
        )
    for flag in ("--recorded", "--uid", *OF_RECORDINGS):
        refuse_together(options, "--selector", flag, why="Labels are those of the cluster's Jobs.")
    for one in ("--container", "--pair", "--route"):
        refuse_together(options, one, "--all-containers")
    refuse_together(options, "--container", "--pair")
    if len(options.container or ()) < 2:
        refuse_together(options, "--container", "--merge", why="One alone is in that order.")
    for one in ("--container", "--pair", "--route"):
        refuse_together(options, one, "--exclude-container")
        refuse_together(options, one, "--container-state")
    for one in ("--recorded", *OF_RECORDINGS):
        refuse_together(options, one, "--container-state", why="A recording has no container.")
    refuse_together(options, "--merge", "--route", why="A route is of one pair.")
    refuse_together(options, "--pair", "--route", why="A route is of one pair.")
    refuse_together(options, "--attempt", "--previous")
    refuse_together(options, "--timestamps", "--times")
    refuse_together(options, "--since", "--since-time")
    _refuse_forms(options)
    refuse_together(options, "--follow", "--previous", why="A run that is over does not go on.")
    for flag in ("--recorded", *OF_RECORDINGS):
        refuse_together(options, "--follow", flag, why="A recording is read as it stands.")
    refuse_alone(options)


def _refuse_forms(options: argparse.Namespace) -> None:
    """A form says itself what stands in a line."""
    if options.times in ("none", "relative", "attempt"):
        refuse_together(options, "--times", "--timezone", why="That is no time of a clock.")
    if options.output != "default":
        for flag in ("--template", "--prefix"):
            refuse_all(options, (flag,), beside=f"-o {options.output}")
    if options.output == "raw":
        refuse_all(options, ("--timestamps", "--times", "--timezone"), beside="-o raw")
    refuse_together(options, "--template", "--prefix", why="A template says what it prints.")
    if options.template is not None:
        from console.cli.line_templates import line_template

        line_template(options.template)


def _times(options: argparse.Namespace) -> Times:
    """A zone is of times that are shown, as those are of the clock."""
    clock = options.timestamps or options.timezone is not None
    if options.times in (None, SHORT):
        return Times.ABSOLUTE if clock or options.times else Times.NONE
    return Times(options.times)


def _of_some(options: argparse.Namespace) -> bool:
    """All containers but those that a flag leaves out."""
    excluded = options.exclude_container and not options.merge
    return bool(excluded) or options.container_state is not None


def _asked(options: argparse.Namespace) -> WantedLog:
    since = options.since_time
    if options.since is not None:
        since = datetime.now(UTC) - options.since
    return WantedLog(
        containers=tuple(options.container or ()),
        every=options.all_containers or _of_some(options),
        states=states(options.container_state or ALL),
        only_lines=options.only_log_lines,
        ignores_errors=options.ignore_errors,
        excluded=together(options.exclude_container),
        selection=Selection(since, options.tail, options.previous, options.attempt),
        prefix=options.prefix,
        times=_times(options),
        short=options.times == SHORT,
        zone=options.timezone,
        form=options.output,
        template=options.template,
        colour=Colour(options.color),
        most_streams=options.max_log_requests,
        patterns=patterns_of(options),
        merge=options.merge,
        pair=options.pair,
        route=options.route or "",
    )


async def _present_pods(services: Services, wanted: Wanted) -> tuple[PodFacts, ...]:
    pods = await services.cluster.pods(wanted.namespace, wanted.name)
    return present(pod for pod in pods if pod.owner.startswith(wanted.uid))


async def _followed(
    services: Services, wanted: Wanted, pods: tuple[PodFacts, ...], asked: WantedLog
) -> bool:
    """False where the cluster has nothing of it that could say something."""
    from console.cli.followed_logs import follow_one, to_follow

    try:
        job = await services.cluster.job(wanted.namespace, wanted.name)
    except NotFound:
        job = None
    if job is not None and not job.uid.startswith(wanted.uid):
        return False
    if not pods and (job is None or job.over):
        return False
    await follow_one(services, to_follow(job, pods, asked, wanted.name, wanted.namespace))
    return True


async def _what_is_gone(services: Services, wanted: Wanted) -> NotFound:
    """The Job, or only its pod."""
    try:
        await services.cluster.job(wanted.namespace, wanted.name)
        whose = "" if await is_present(services, wanted) else f" with the uid {wanted.uid}"
    except NotFound as error:
        return NotFound(f"There is no Job {wanted}", why=error.why)
    return NotFound(f"There is no pod of {wanted}{whose}")
