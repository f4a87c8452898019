"""The submission's Job as the cluster or its recording has it, as YAML."""

from __future__ import annotations

from console.presentation.yaml_lines import highlighted
from console.tui.commands import bindings
from console.tui.screens.about import BACK, DESCRIBE, EVENTS, LOGS
from console.tui.screens.text_search import SAVE_TEXT, SEARCHING
from console.tui.screens.whole_text import COPY_ALL, READ_AGAIN, WholeTextScreen


class ManifestScreen(WholeTextScreen):
    """As it was when it was read."""

    TITLE_WORD = "Manifest"
    SAVED_AS = "yaml"
    commands = (BACK, *SEARCHING, COPY_ALL, SAVE_TEXT, READ_AGAIN, EVENTS, LOGS, DESCRIBE)
    BINDINGS = bindings(commands)
    text = ""

    @property
    def has_read(self) -> bool:
        return bool(self.text)

    async def read(self) -> None:
        self.text = await self.source().manifest()
        self.pane.show(highlighted(self.text))

    def whole(self) -> str:
        return self.text
