"""One submission as `kubectl describe` would tell of it, from its Job and from what is known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from textual.widget import Widget

from console.presentation.description import description
from console.presentation.tones import Line
from console.presentation.wrapping import all_wrapped
from console.tui.commands import Command, bindings
from console.tui.screens.about import BACK, EVENTS, LOGS, MANIFEST, SubmissionScreen
from console.tui.widgets.line_pane import LinePane

_INDENT = 20


async def _read(screen: DescribeScreen) -> None:
    screen.job = await asyncio.to_thread(_parsed, await screen.source().manifest())
    screen.tick()


def _parsed(manifest: str) -> Mapping[str, Any]:
    """Without what looks like a credential: a description is shown and passed on."""
    from console.specs.credentials import without_credentials
    from console.specs.tree import parse

    return without_credentials(parse(manifest, "the Job").content)


def _copy(screen: DescribeScreen) -> None:
    told = "\n".join(screen.query_one(LinePane).rows)
    screen.app.copy_to_clipboard(told)
    screen.notify(f"Copied {len(told)} characters.")


def _not_read(screen: DescribeScreen) -> str:
    return "" if screen.job is not None else "It is being read."


class DescribeScreen(SubmissionScreen):
    """The Job is read when it opens, and by ctrl+r; the rest is as it is now."""

    TITLE_WORD = "Describe"
    DEFAULT_CSS = "DescribeScreen LinePane { height: 1fr; padding: 0 1; }"
    commands = (
        BACK,
        Command("refresh", "ctrl+r", "Read again", "Read the Job again", _read),
        Command("copy", "c", "Copy", "Copy all of it", _copy, _not_read),
        EVENTS,
        LOGS,
        MANIFEST,
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "LinePane"
    job: Mapping[str, Any] | None = None
    _told: tuple[list[Line], int] = ([], 0)

    def body(self) -> Iterable[Widget]:
        yield LinePane()

    def on_mount(self) -> None:
        self.action_command("refresh")

    def tick(self) -> None:
        if self.job is None:
            return
        pane = self.query_one(LinePane)
        width = pane.scrollable_content_region.width
        told = description(self.job, self.board(), self.source().now())
        if (told, width) != self._told:
            self._told = (told, width)
            pane.show(all_wrapped(told, width, _INDENT))
