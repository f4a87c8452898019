"""Lines of containers on stdout: as they are into a file or pipe, harmless on a terminal."""

from __future__ import annotations

import re
import sys

import msgspec

from console.cli.interruptions import blocking
from console.cli.log_lines import PrintedLine
from console.domain.hostile_text import neutralise

_STYLE = re.compile(r"\x1b\[([0-9;:]*)m")
_PLAIN = "\x1b[0m"


class LineWriter(msgspec.Struct, frozen=True):
    """What stands before a line."""

    prefix: bool = False
    timestamps: bool = False

    def write(self, line: PrintedLine) -> None:
        """One line; where lines are missing, words that say so."""
        head = f"{line.container} " if self.prefix else ""
        head += f"{line.at} " if self.timestamps and line.at else ""
        content = _gap(line.content) if line.gap else line.content
        with blocking():
            sys.stdout.flush()
            sys.stdout.buffer.write(_shown(head, content) + b"\n")
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
