"""Two programs write to a container's log: a line of a stand-in is never torn by the other's."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest

from console.localcluster.images.carla.server import Log
from console.localcluster.images.standin.narration import say


class Pipe(io.RawIOBase):
    """What each write brings: as under `python3 -u`, nothing is held back."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.writes.append(bytes(data))  # type: ignore[call-overload]
        return len(self.writes[-1])


@pytest.mark.parametrize("line", [Log("").line, say], ids=["server", "evaluator"])
def test_a_line_is_written_in_one_piece(
    line: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = Pipe()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe, write_through=True))  # type: ignore[type-var]
    line("LogCarla: listening on ports 2100-2102")
    assert pipe.writes == [b"LogCarla: listening on ports 2100-2102\n"]
