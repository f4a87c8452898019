"""The forms of a printed line besides the usual: JSON, the line alone, a template's.

A form gets the line as it may be shown there, and says what is printed of it.
"""

from __future__ import annotations

import json
from typing import Protocol

import msgspec

from console.cli import narration
from console.cli.line_templates import LinePiece, line_template
from console.cli.log_lines import LineOrigin, PrintedLine
from console.domain.facts import attempt_of


class ShownLine(msgspec.Struct, frozen=True):
    """A line as it may be shown where it is printed."""

    message: str
    time: str
    colour: str
    """Of its container; empty where it has none."""
    terminal: bool
    """A terminal reads it."""
    colours: bool


class LineForm(Protocol):
    """What is printed of a line, None: nothing."""

    def of(self, line: PrintedLine, shown: ShownLine) -> str | None: ...


class RawLines:
    """Only what the container said; what is missing is told beside it."""

    def of(self, line: PrintedLine, shown: ShownLine) -> str | None:
        if line.gap:
            narration.say(f"{line.container}: {shown.message}")
            return None
        return shown.message


class JsonLines:
    """An object a line, with stern's keys and a few of ours; null is what nobody can tell."""

    def __init__(self, origin: LineOrigin) -> None:
        self._origin = origin

    def of(self, line: PrintedLine, shown: ShownLine) -> str | None:
        document = {
            "message": line.content.decode(errors="replace"),
            "timestamp": shown.time or line.at or None,
            "namespace": self._origin.namespace,
            "submission": self._origin.submission,
            "podName": self._origin.pod or None,
            "nodeName": self._origin.node or None,
            "containerName": line.container or None,
            "attempt": _attempt(line),
            "missing": line.gap,
        }
        return json.dumps(document, ensure_ascii=shown.terminal)


class TemplateLines:
    """As `--template` says."""

    def __init__(self, template: str, origin: LineOrigin) -> None:
        self._pieces: tuple[LinePiece, ...] = line_template(template)
        self._origin = origin

    def of(self, line: PrintedLine, shown: ShownLine) -> str | None:
        origin, attempt = self._origin, _attempt(line)
        values = {
            "Message": shown.message,
            "Timestamp": shown.time or line.at,
            "Namespace": origin.namespace,
            "Submission": origin.submission,
            "PodName": origin.pod or "?",
            "NodeName": origin.node or "?",
            "ContainerName": line.container,
            "Attempt": "?" if attempt is None else str(attempt),
        }
        filled = [each.filled(values, shown.colour, colours=shown.colours) for each in self._pieces]
        # stern's own examples end with a newline, and a line of ours has one.
        return "".join(filled).removesuffix("\n")


def _attempt(line: PrintedLine) -> int | None:
    """A recording knows it by the run; a pod's log does not say."""
    return attempt_of(line.restarts) if line.pod else None


def line_form(name: str, template: str | None, origin: LineOrigin) -> LineForm:
    """Raises InvalidInput for a template that is not understood."""
    if template is not None:
        return TemplateLines(template, origin)
    return JsonLines(origin) if name == "json" else RawLines()
