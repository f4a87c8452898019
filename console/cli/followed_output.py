"""Followed logs on stdout, run after run, and beside them on stderr what is waited for.

Knows no cluster: it is told which run begins, what its stream says, what the watch tells.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from console.cli import narration
from console.cli.followed_words import becomes, no_pod, not_begun, whole_end, with_exit
from console.cli.line_writer import LineWriter
from console.cli.log_lines import LineOrigin, PrintedLine
from console.cli.log_sources import WantedLog
from console.cli.time_order import TimeOrder
from console.domain.board import BoardSnapshot
from console.domain.events import (
    ConnectionChanged,
    Event,
    PodSeen,
    PodVanished,
    StreamChanged,
    StreamState,
)
from console.domain.facts import ContainerExit, ContainerState, PodFacts, attempt_of
from console.domain.submission import is_logcopy
from console.errors import ConsoleError
from console.operations.ports.cluster import ResumePoint
from console.operations.recording.newest_stamp import NewestStamp
from console.operations.recording.run_border import run_border


class PrintedRun:
    """See `SpoolWriter`: one run's lines, printed as they come."""

    def __init__(
        self, output: FollowedOutput, writer: LineWriter, container: str, run: int, pod: str
    ) -> None:
        self._output, self._writer = output, writer
        self._container, self._run, self._pod = container, run, pod
        self._newest = NewestStamp()
        self._put = self._print

    def write(self, block: bytes) -> None:
        self._newest.take(block)
        self._output.takes(self._container, block, self._put)

    def _print(self, block: bytes) -> None:
        self._writer.write_block(self._container, block, self._pod, self._run)

    def gap(self, text: str, *, at: str = "") -> None:
        """What is missing is told whatever else is not."""
        self.tell(text)

    def tell(self, text: str) -> None:
        """A line of ours among those of the container."""
        line = PrintedLine(self._container, "", text.encode(), True, self._pod, self._run)
        self._output.between(self._writer, line)

    def resume_point(self) -> ResumePoint | None:
        return self._newest.point

    def close(self) -> None:
        """Nothing is held."""


class FollowedOutput:
    """See `LogReceiver`. Of one submission; `names`: the containers that are wanted by now."""

    def __init__(
        self, name: str, asked: WantedLog, names: list[str], order: TimeOrder | None = None
    ) -> None:
        """`order`: of the lines of several logs, None where there is one."""
        self._name, self._asked, self._names, self._order = name, asked, names, order
        writer = asked.writer(names)
        # Of all containers another one may come.
        self._writer = replace(writer, prefix=writer.prefix or asked.every)
        self._last: dict[str, tuple[str, int]] = {}
        """The key of the pod and the number of the last run, by container."""
        self._broken: dict[str, str] = {}
        """What failed, in a sentence, while it is tried again: by container, the watch's without
        one. What fails them all alike is said once."""
        self.wrote = self.opened = False

    def wants(self, container: str) -> bool:
        """Of all containers, those that come later too."""
        asked = self._asked
        if container in self._names:
            return True
        if asked.states:
            return False
        if asked.every:
            return asked.excluded is None or not asked.excluded.search(container)
        return not asked.containers and is_logcopy(container)

    def opens(
        self, container: str, run: int, pod: PodFacts, before: ContainerExit | None
    ) -> PrintedRun:
        origin = LineOrigin(pod.namespace, pod.job, pod.name, pod.node)
        writer = replace(self._writer, form=self._asked.form_of(origin))
        printed = PrintedRun(self, writer, container, run, pod.key)
        if container in self._last and not self._asked.only_lines:
            key, last = self._last[container]
            ended = f"attempt {attempt_of(last)} ended{with_exit(before)}" if before else ""
            printed.tell("; ".join(filter(None, (run_border(run, pod.key, key), ended))))
        self._last[container] = pod.key, run
        self.opened = True
        if self._order is not None:
            self._order.opens((self._name, container))
        return printed

    def takes(self, container: str, block: bytes, put: Callable[[bytes], None]) -> None:
        """Lines that are to be printed so."""
        self.wrote = True
        if self._order is None:
            put(block)
        else:
            self._order.take((self._name, container), block, put)

    def between(self, writer: LineWriter, line: PrintedLine) -> None:
        """Where lines alone are wanted, it is told beside them."""
        if self._asked.only_lines:
            narration.say(f"{self._whose(line.container)}: {line.content.decode()}")
        elif self._order is None:
            writer.write_between(line)
        else:
            source = self._name, line.container
            self._order.between(source, partial(writer.write_between, line))

    def hears(self, event: Event) -> None:
        if not isinstance(event, StreamChanged):
            return
        name, news = event.container, event.why
        if event.state is StreamState.RECONNECTING:
            self._breaks(name, news)
        elif event.state is StreamState.LOST and news:
            self.between(self._writer, PrintedLine(name, "", news.encode(), True))
        elif event.state is not StreamState.WAITING:
            self._heals(name)

    def _breaks(self, container: str, why: str) -> None:
        what = f"{why.partition('. ')[0].rstrip('.')}."
        known = what in self._broken.values()
        self._broken[container] = what
        if not known:
            told = f"{(why if container else what).rstrip('.')}; it is tried again"
            self._note(container, told)

    def _heals(self, container: str) -> None:
        what = self._broken.pop(container, "")
        if what and what not in self._broken.values():
            self._note(
                container, "its log comes again" if container else "the cluster answers again"
            )

    def learns(self, before: BoardSnapshot, after: BoardSnapshot, event: Event) -> None:
        if isinstance(event, ConnectionChanged):
            self._connection(after, event)
        elif isinstance(event, PodSeen):
            self._pod(before, event.pod)
        elif isinstance(event, PodVanished) and not after.ended and not after.vanished:
            gone = next((each for each in before.pods if each.uid == event.uid), None)
            if gone is not None and any(self._goes_on(gone)):
                self._note("", f"the pod {gone.name} is gone; its next one is waited for")

    def _goes_on(self, pod: PodFacts) -> list[bool]:
        return [not each.done for each in pod.containers if self.wants(each.name)]

    def _connection(self, board: BoardSnapshot, event: ConnectionChanged) -> None:
        if not event.live:
            if event.why:
                self._breaks("", event.why)
            return
        if not self._broken and not board.pods and not board.ended:
            self._note("", no_pod(board))
        self._heals("")

    def _pod(self, before: BoardSnapshot, pod: PodFacts) -> None:
        old = next((each for each in before.pods if each.uid == pod.uid), None)
        if old is None:
            self._expects(pod)
            if words := not_begun(pod, self.wants):
                self._note("", words)
            return
        for new in pod.containers:
            words = becomes(old.container(new.name), new) if self.wants(new.name) else ""
            if words:
                self._note(new.name, words)

    def _expects(self, pod: PodFacts) -> None:
        """Before the first of its logs is read: what one tells may be later than another's."""
        if self._order is None:
            return
        for each in pod.containers:
            if each.state is not ContainerState.WAITING and self.wants(each.name):
                self._order.opens((self._name, each.name))

    def fails(self, container: str, error: ConsoleError) -> None:
        narration.say(f"{self._whose(container)}: {error.what}")

    def ends(self, board: BoardSnapshot) -> None:
        """Nothing more comes of the whole submission."""
        if board.ended or board.vanished:
            self._note("", whole_end(board))

    def _note(self, container: str, text: str) -> None:
        if not self._asked.only_lines:
            narration.say(f"note: {self._whose(container)}: {text}")

    def _whose(self, container: str) -> str:
        named = self._asked.submission if container else self._name
        return " ".join(filter(None, (named, container)))
