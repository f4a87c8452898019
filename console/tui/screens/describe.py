"""One submission as `kubectl describe` would tell of it, from its Job and from what is known."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from console.presentation.description import INDENT, description
from console.presentation.tones import Line
from console.presentation.wrapping import all_wrapped
from console.tui.commands import bindings
from console.tui.screens.about import BACK, EVENTS, LOGS, MANIFEST
from console.tui.screens.text_search import SAVE_TEXT, SEARCHING
from console.tui.screens.whole_text import COPY_ALL, READ_AGAIN, WholeTextScreen


def _parsed(manifest: str) -> Mapping[str, Any]:
    """Without what looks like a credential: a description is shown and passed on."""
    from console.specs.credentials import without_credentials
    from console.specs.tree import parse

    return without_credentials(parse(manifest, "the Job").content)


class DescribeScreen(WholeTextScreen):
    """The Job is read when it opens, and by ctrl+r; the rest is as it is now."""

    TITLE_WORD = "Describe"
    commands = (
        BACK,
        replace(READ_AGAIN, help="Read the Job again"),
        *SEARCHING,
        COPY_ALL,
        SAVE_TEXT,
        EVENTS,
        LOGS,
        MANIFEST,
    )
    BINDINGS = bindings(commands)
    job: Mapping[str, Any] | None = None
    _told: tuple[list[Line], int] = ([], 0)

    @property
    def has_read(self) -> bool:
        return self.job is not None

    async def read(self) -> None:
        self.job = await asyncio.to_thread(_parsed, await self.source().manifest())
        self.tick()

    def whole(self) -> str:
        return "\n".join(self.pane.rows)

    def tick(self) -> None:
        if self.job is None:
            return
        width = self.pane.scrollable_content_region.width
        told = description(self.job, self.board(), self.source().now())
        if (told, width) != self._told:
            self._told = (told, width)
            self.pane.show(all_wrapped(told, width, INDENT))
