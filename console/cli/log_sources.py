"""A container's log from where it is: the pod while there is one, else the recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from console.cli import narration
from console.cli.forgotten_lines import NodesLog, told
from console.cli.interruptions import blocking
from console.cli.line_filter import Patterns
from console.cli.line_times import Began, LineTimes, Zone
from console.cli.line_writer import Colour, LineWriter
from console.cli.log_lines import LineOrigin, PrintedLine, Selection, last, moment, recorded_lines
from console.cli.recorded import say_all
from console.domain.facts import ContainerState, PodFacts
from console.domain.joined_pods import part_with
from console.domain.submission import LOGCOPY, MONITOR, is_logcopy
from console.errors import ConsoleError, InvalidInput, NoSuchContainer, NotFound
from console.operations.ports.cluster import LogRequest
from console.operations.ports.recorder import LogView, Recording
from console.operations.recording.draining import drained
from console.operations.recording.log_runs import began, runs_of
from console.operations.recording.log_times import Times
from console.operations.recording.log_view import containers_of
from console.operations.recording.merged_order import in_order
from console.operations.recording.recorded import recorded_board
from console.operations.recording.route_times import Drive
from console.operations.services import Services
from console.operations.watching.lookup import Wanted, find

if TYPE_CHECKING:
    from console.cli.line_forms import LineForm

NO_ORIGIN = LineOrigin("", "")
MOST_STREAMS = 50
"""Followed at once, as stern has it; one submission has ten."""


class WantedLog(msgspec.Struct, frozen=True):
    """What is to be printed, and how."""

    containers: tuple[str, ...]
    """Those of that name; none for the usual one."""
    every: bool
    """All containers."""
    selection: Selection
    prefix: bool
    times: Times = Times.NONE
    short: bool = False
    """Of a time the day and the second, without its year."""
    patterns: Patterns = Patterns()
    merge: bool = False
    """By time, not one container after the other."""
    pair: int | None = None
    """Both halves of that pair."""
    route: str = ""
    """While it was driven; of the pairs that drove it."""
    excluded: re.Pattern[str] | None = None
    """Of all containers, those whose names have it are left out."""
    submission: str = ""
    """Named on each line, where there are several."""
    zone: Zone | None = None
    form: str = "default"
    template: str | None = None
    colour: Colour = Colour.AUTO
    most_streams: int = MOST_STREAMS
    states: tuple[ContainerState, ...] = ()
    """Of all containers, only those that are in one of them; none: whatever they are in."""
    only_lines: bool = False
    """Nothing is told of what becomes of them."""
    ignores_errors: bool = False
    """Of several containers the others are told where one fails."""

    @property
    def merged(self) -> bool:
        """All lines are in the order of time."""
        return self.merge or self.pair is not None or bool(self.route)

    def chosen(self, known: Iterable[str], whose: str) -> list[str]:
        """Raises NoSuchContainer where what is wanted is none of the known ones."""
        names = list(known)
        if self.pair is not None:
            halves = [f"simulator-{self.pair}", f"agent-{self.pair}"]
            if names and not set(halves) & set(names):
                raise NoSuchContainer(f"There is no pair {self.pair} in {whose}.")
            return halves
        if self.every or (self.merge and not self.containers):
            return self._left_in(names, whose)
        if not self.containers and (several := [name for name in names if is_logcopy(name)]):
            return several
        wanted = self.containers or (MONITOR if MONITOR in names else LOGCOPY,)
        for container in wanted if names else ():
            if container not in names:
                raise NoSuchContainer(
                    f"There is no container {container!r} in {whose}.",
                    fix=f"Choose: {', '.join(names)}",
                )
        return list(dict.fromkeys(wanted))

    def _left_in(self, names: list[str], whose: str) -> list[str]:
        if self.excluded is None:
            return names
        left = [name for name in names if not self.excluded.search(name)]
        if names and not left:
            raise NoSuchContainer(f"--exclude-container leaves no container of {whose}.")
        return left

    def names_in(self, pods: Sequence[PodFacts]) -> list[str]:
        """Of the containers of all of them that are in the wanted state. Raises NoSuchContainer."""
        there = [each for pod in pods for each in pod.containers]
        names = [each.name for each in there if not self.states or each.state in self.states]
        if there and not names:
            wanted = " or ".join(self.states)
            raise NoSuchContainer(f"No container of {whose_logs(pods)} is {wanted}.")
        return names

    def writer(
        self,
        names: list[str],
        began: Began = lambda line: None,
        origin: LineOrigin = NO_ORIGIN,
    ) -> LineWriter:
        """Lines of several containers are told apart."""
        return LineWriter(
            self.prefix or len(names) > 1 or bool(self.submission),
            LineTimes(self.times, began, self.zone, short=self.short),
            self.patterns,
            tuple(names),
            self.colour,
            self.form_of(origin),
            self.submission,
        )

    def form_of(self, origin: LineOrigin) -> LineForm | None:
        if self.form == "default" and self.template is None:
            return None
        from console.cli.line_forms import line_form

        return line_form(self.form, self.template, origin)


async def print_live(services: Services, pods: Sequence[PodFacts], asked: WantedLog) -> None:
    """What there is by now, from the nodes of a submission's present pods, one after the other."""
    pod, whose = pods[0], whose_logs(pods)
    names = asked.chosen(asked.names_in(pods), whose)
    origin = LineOrigin(pod.namespace, pod.job, whose, pod.node if len(pods) == 1 else "")
    live = _PodLogs(services, tuple(pods), asked, asked.writer(names, origin=origin))
    printed = [await live.print(name) for name in names]
    if not any(printed):
        raise NotFound(f"No container of {whose} has a log{asked.selection.kind}.")


def whose_logs(pods: Sequence[PodFacts]) -> str:
    """The pod; of several what they are of."""
    return pods[0].name if len(pods) == 1 else pods[0].job


def refuse_too_many(streams: int, most: int) -> None:
    """Raises InvalidInput; none is followed then, for half of them would look like all."""
    if streams > most:
        raise InvalidInput(
            f"{streams} logs would be followed at once, and --max-log-requests allows {most}.",
            fix=f"Choose containers with -c, or allow them: --max-log-requests {streams}",
        )


class _PodLogs(msgspec.Struct, frozen=True):
    services: Services
    pods: tuple[PodFacts, ...]
    asked: WantedLog
    writer: LineWriter

    async def print(self, container: str) -> bool:
        """Whether there is such a log. Of several containers, one may have none."""
        selection, pod = self.asked.selection, part_with(self.pods, container) or self.pods[0]
        facts = pod.container(container)
        request = LogRequest(
            namespace=pod.namespace,
            pod=pod.name,
            container=facts.asked if facts else container,
            previous=selection.previous,
            since=selection.since,
            tail=selection.tail,
        )
        first = b""
        try:
            async for block in drained(self.services, request):
                first = first or block.partition(b"\n")[0]
                self.writer.write_block(container, block)
        except ConsoleError as error:
            passed_over = isinstance(error, NotFound) or self.asked.ignores_errors
            if not (self.asked.every and passed_over):
                raise
            narration.say(f"{container}: {error.what}")
            return False
        if first and facts is not None and selection.tail is None:
            restarts = facts.restart_count - selection.previous
            log = NodesLog(pod, container, restarts, selection.since, first)
            with blocking():
                forgotten = told(self.services, log)
            if forgotten:
                narration.say(forgotten)
        return True


def print_recorded(
    services: Services, wanted: Wanted, gone: NotFound | None, asked: WantedLog
) -> None:
    """All recorded runs, one container after the other or in the order of time.

    Raises NotFound if there is none. A container that is gone is in no state.
    """
    if gone is not None and asked.states:
        raise gone
    found = find(services, wanted, gone)
    say_all(found.remarks)
    there = services.recorder.containers(found.recording)
    drives = _drives(services, found.recording, asked.route)
    names = _halves(drives) if drives and not asked.containers else []
    names = names or asked.chosen(_containers(services, found.recording, there), str(wanted))
    logs = {name: services.recorder.log(found.recording, name) for name in names if name in there}
    said = _said(names, logs, asked.selection, drives)
    origin = LineOrigin(wanted.namespace, wanted.name)
    writer = asked.writer(names, _began(logs), origin)
    if not _print(writer, _merged(said, asked.selection) if asked.merged else said):
        raise NotFound(
            f"No such log{asked.selection.kind} is recorded of {wanted}.",
            why=f"Recorded are: {', '.join(there) or 'none of its logs'}.",
        )


def _print(writer: LineWriter, said: Iterable[Iterable[PrintedLine]]) -> bool:
    """Whether there was anything, were it without a line."""
    printed = False
    for lines in said:
        writer.write(lines)
        printed = True
    return printed


def _merged(
    said: Iterable[Iterable[PrintedLine]], wanted: Selection
) -> Iterator[Iterable[PrintedLine]]:
    """All in one, in the order of time; none of none."""
    if every := list(said):
        lines = in_order(every)
        yield lines if wanted.tail is None else last(lines, wanted.tail)


def _drives(services: Services, recording: Recording, route: str) -> tuple[Drive, ...]:
    if not route:
        return ()
    # It plays the recording, which no other log needs.
    from console.operations.replay.driven import driven

    return driven(services.recorder, recording, route)


def _said(
    names: Iterable[str],
    logs: Mapping[str, LogView],
    selection: Selection,
    drives: tuple[Drive, ...],
) -> Iterator[Iterable[PrintedLine]]:
    """Of each container that has what is wanted; of the others it is said that they have not."""
    for name in names:
        if name not in logs:
            narration.say(f"{name}: nothing of its log is recorded")
            continue
        own = tuple(each for each in drives if name not in _halves(drives) or name in _pair(each))
        wanted = replace(selection, drives=own) if drives else selection
        try:
            yield recorded_lines(logs[name], name, wanted)
        except NotFound as error:
            narration.say(f"{name}: {error.what}")


def _pair(drive: Drive) -> tuple[str, str]:
    return f"simulator-{drive.pair}", f"agent-{drive.pair}"


def _halves(drives: Iterable[Drive]) -> list[str]:
    return list(dict.fromkeys(name for each in drives for name in _pair(each)))


def _began(logs: Mapping[str, LogView]) -> Began:
    """By the first line of the run that a line is of."""

    def ask(line: PrintedLine) -> datetime | None:
        view = logs[line.container]
        own = (line.pod, line.restarts)
        runs = (each for each in runs_of(view) if (each.pod, each.restarts) == own)
        return next((moment(began(view, each)) for each in runs), None)

    return ask


def _containers(services: Services, recording: Recording, there: tuple[str, ...]) -> list[str]:
    """In the Job's order, where the recording tells it; what is recorded besides comes last."""
    board = recorded_board(services, recording)
    known = containers_of(board) if board is not None else ()
    return [*known, *(name for name in there if name not in known)]
