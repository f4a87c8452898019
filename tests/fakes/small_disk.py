"""A recorder over real files whose disk can be full: every write is refused, and reading goes on."""

from __future__ import annotations

from typing import Any

from console.operations.ports.recorder import RecorderFailed, Recording
from console.recorder.recorder import Recorder

FULL = RecorderFailed("The recording cannot be written.", why="No space left on device")


class SmallDisk:
    """`full` may change at any time."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.full = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    def refuse(self) -> None:
        if self.full:
            raise FULL

    def claim(self, recording: Recording) -> Any:
        self.refuse()
        writer = self._recorder.claim(recording)
        return None if writer is None else _Refusing(writer, self, {"open_spool", "note", "keep"})


class _Refusing:
    def __init__(self, real: Any, disk: SmallDisk, writes: set[str]) -> None:
        self._real, self._disk, self._writes = real, disk, writes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name not in self._writes:
            return found

        def work(*positional: Any, **named: Any) -> Any:
            self._disk.refuse()
            made = found(*positional, **named)
            return _Refusing(made, self._disk, {"write", "gap"}) if name == "open_spool" else made

        return work
