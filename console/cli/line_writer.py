"""Lines of containers on stdout: as they are into a file or pipe, harmless on a terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

import msgspec

from console.cli.interruptions import blocking
from console.cli.log_lines import PrintedLine, lines_of
from console.domain.hostile_text import neutralise

_STYLE = re.compile(r"\x1b\[([0-9;:]*)m")
_PLAIN = "\x1b[0m"
AT_ONCE = 500
"""Lines of a recording in one write: each by itself would be most of the time."""


class LineWriter(msgspec.Struct, frozen=True):
    """What stands before a line."""

    prefix: bool = False
    timestamps: bool = False

    def write(self, lines: Iterable[PrintedLine]) -> None:
        """Some at a time; where lines are missing, words that say so."""
        ready: list[bytes] = []
        try:
            for line in lines:
                ready.append(self._line(line))
                if len(ready) >= AT_ONCE:
                    full, ready = ready, []
                    _put(b"".join(full))
        finally:
            # What was read before it failed is told before the failure is.
            _put(b"".join(ready))

    def write_block(self, container: str, block: bytes) -> None:
        """Whole lines as the cluster sends them, each with its time, in one write."""
        if sys.stdout.isatty():
            _put(b"".join(map(self._line, lines_of(container, block))))
            return
        head = f"{container} ".encode() if self.prefix else b""
        lines = block.split(b"\n")[:-1]
        if not self.timestamps:
            lines = [line.partition(b" ")[2] for line in lines]
        _put(b"".join([head, (b"\n" + head).join(lines), b"\n"]) if lines else b"")

    def _line(self, line: PrintedLine) -> bytes:
        head = f"{line.container} " if self.prefix else ""
        head += f"{line.at} " if self.timestamps and line.at else ""
        content = _gap(line.content) if line.gap else line.content
        return _shown(head, content) + b"\n"


def _put(told: bytes) -> None:
    if told:
        with blocking():
            sys.stdout.flush()
            sys.stdout.buffer.write(told)
            sys.stdout.buffer.flush()


def _gap(told: bytes) -> bytes:
    """As the screens draw it."""
    return "── {} ──".format(told.decode(errors="replace")).encode()


def _shown(head: str, content: bytes) -> bytes:
    if not sys.stdout.isatty():
        return head.encode() + content
    text = neutralise(content.decode(errors="replace"), keep_colours=True)
    return f"{neutralise(head)}{text}{_PLAIN if leaves_style_open(text) else ''}".encode()


def leaves_style_open(text: str) -> bool:
    """Whether colour, concealment or the like would run on into the next line."""
    last = next(reversed(_STYLE.findall(text)), "")
    return last.strip("0;:") != ""
