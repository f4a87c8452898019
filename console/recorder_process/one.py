"""`RecorderProcess`: the recorder of one login, found, asked, started and ended."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from console.errors import ConsoleError
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.recorder_process import ProcessState, RecorderList
from console.recorder_process.asking import OtherProtocol, ask
from console.recorder_process.messages import Inquiry, RecorderReply
from console.recorder_process.recorder_folder import ProcessFolder, every

LIST_SECONDS = 2.0
SAW_SECONDS = 8.0
STOP_SECONDS = 20.0


class OneRecorder:
    """See `operations.ports.recorder_process`."""

    def __init__(
        self,
        folder: ProcessFolder,
        where: ClusterDescription,
        arguments: Sequence[str],
        environment: Mapping[str, str],
    ) -> None:
        """`arguments` and `environment` start one where none runs."""
        self._folder = folder
        self.where = where
        """The cluster and the login that were meant."""
        self._arguments, self._environment = arguments, environment

    def listed(self, namespace: str | None) -> RecorderList | None:
        answer = self._ask(Inquiry("list", namespace), LIST_SECONDS)
        return answer.listed if answer else None

    def ensure(self, namespace: str | None) -> ProcessState:
        from console.recorder_process import starting

        asked = Inquiry("follow", namespace)
        try:
            answer = ask(self._folder, asked, seconds=starting.ANSWER_SECONDS)
        except OtherProtocol:
            self.stop()
            answer = None
        if answer is not None and answer.state is not None:
            return answer.state
        starting.start(self._folder, self._arguments, self._environment)
        answer = self._ask(asked, starting.ANSWER_SECONDS)
        if answer is None or answer.state is None:
            raise ConsoleError(
                "The recorder does not answer.",
                why="It was started, and ended or hangs.",
                fix="See what it is: carla-console record status",
            )
        return answer.state

    def saw(self, namespace: str, name: str, uid: str) -> bool:
        answer = self._ask(Inquiry("saw", namespace, name, uid), SAW_SECONDS)
        return answer is not None and answer.saw

    def stop(self) -> bool:
        """One of another version understands a signal; its lock says which process it is."""
        from console.recorder_process.starting import wait_for_end

        if not self._folder.taken:
            return False
        self._folder.end(gently=self._ask(Inquiry("stop"), LIST_SECONDS) is not None)
        if not wait_for_end(self._folder, STOP_SECONDS):
            raise ConsoleError(
                "The recorder does not end.",
                why=f"It was asked to {STOP_SECONDS:.0f} s ago.",
                fix=f"kill -9 {self._folder.pid} loses no line that the cluster still has.",
            )
        return True

    def _ask(self, question: Inquiry, seconds: float) -> RecorderReply | None:
        try:
            return ask(self._folder, question, seconds=seconds)
        except OtherProtocol:
            return None


def running(state: Path) -> tuple[ProcessState, ...]:
    """Every recorder of this user that answers, whatever its login is."""
    from console.recorder_process.starting import state_of

    found = []
    for folder in every(state):
        with contextlib.suppress(
            OtherProtocol
        ):  # a recorder of another version is not ours to read
            if (told := state_of(folder)) is not None:
                found.append(told)
    return tuple(found)
