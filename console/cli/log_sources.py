"""A container's log from where it is: the pod while there is one, else the recording."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from console.cli import narration
from console.cli.interruptions import telling
from console.cli.line_writer import LineWriter
from console.cli.log_lines import Selection, recorded_lines
from console.cli.recorded import say_all
from console.domain.facts import PodFacts
from console.errors import InvalidInput, NotFound
from console.operations.ports.cluster import LogRequest
from console.operations.ports.recorder import Recording
from console.operations.recording.draining import drained
from console.operations.recording.log_view import containers_of
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.lookup import Wanted, find


class WantedLog(msgspec.Struct, frozen=True):
    """What is to be printed, and how."""

    container: str
    every: bool
    """All containers, whatever `container` says."""
    selection: Selection
    prefix: bool
    timestamps: bool

    def chosen(self, known: Iterable[str], whose: str) -> list[str]:
        """Raises InvalidInput for a container that is none of the known ones."""
        names = list(known)
        if self.every:
            return names
        if names and self.container not in names:
            raise InvalidInput(
                f"There is no container {self.container!r} in {whose}.",
                fix=f"Choose: {', '.join(names)}",
            )
        return [self.container]

    def writer(self, names: list[str]) -> LineWriter:
        """Lines of several containers are told apart."""
        return LineWriter(self.prefix or len(names) > 1, self.timestamps)


async def print_live(services: Services, pod: PodFacts, asked: WantedLog, *, follow: bool) -> None:
    """From the pod's node; followed, several at a time."""
    names = asked.chosen((each.name for each in pod.containers), pod.name)
    live = _PodLogs(services, pod, asked, asked.writer(names), follow)
    if follow:
        with telling(lambda: f"{pod.job} is as it was; its log again: {live.command(names)}"):
            printed = await asyncio.gather(*(live.print(name) for name in names))
    else:
        printed = [await live.print(name) for name in names]
    if not any(printed):
        raise NotFound(f"No container of {pod.name} has a log{asked.selection.kind}.")


class _PodLogs(msgspec.Struct, frozen=True):
    services: Services
    pod: PodFacts
    asked: WantedLog
    writer: LineWriter
    follow: bool

    async def print(self, container: str) -> bool:
        """Whether there is such a log. Of several containers, one may have none."""
        selection = self.asked.selection
        request = LogRequest(
            namespace=self.pod.namespace,
            pod=self.pod.name,
            container=container,
            follow=self.follow,
            previous=selection.previous,
            since=selection.since,
            tail=selection.tail,
        )
        try:
            async for block in drained(self.services, request):
                self.writer.write_block(container, block)
        except NotFound as error:
            if not self.asked.every:
                raise
            narration.say(f"{container}: {error.what}")
            return False
        return True

    def command(self, names: list[str]) -> str:
        """What follows the same log again."""
        which = ("--all-containers",) if self.asked.every else ("-c", *names)
        where = self.services.cluster.description
        words = ("logs", self.pod.job, "-f", *which)
        return carla_console(where, *words, namespace=self.pod.namespace)


def print_recorded(
    services: Services, wanted: Wanted, gone: NotFound | None, asked: WantedLog
) -> None:
    """All recorded runs, one container after the other. Raises NotFound if there is none."""
    found = find(services, wanted, gone)
    say_all(found.remarks)
    there = services.recorder.containers(found.recording)
    names = asked.chosen(_containers(services, found.recording, there), str(wanted))
    writer = asked.writer(names)
    printed = False
    for name in names:
        if name not in there:
            narration.say(f"{name}: nothing of its log is recorded")
            continue
        view = services.recorder.log(found.recording, name)
        try:
            writer.write(recorded_lines(view, name, asked.selection))
            printed = True
        except NotFound as error:
            narration.say(f"{name}: {error.what}")
    if not printed:
        raise NotFound(
            f"No such log{asked.selection.kind} is recorded of {wanted}.",
            why=f"Recorded are: {', '.join(there) or 'none of its logs'}.",
        )


def _containers(services: Services, recording: Recording, there: tuple[str, ...]) -> list[str]:
    """In the Job's order, where the recording tells it; what is recorded besides comes last."""
    board = recorded_board(services, recording)
    known = containers_of(board) if board is not None else ()
    return [*known, *(name for name in there if name not in known)]
