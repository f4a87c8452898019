"""One submission where it is published: how it stands there, and what EvalAI would be sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from console.presentation.publication_rows import request_text, standing
from console.tui.screens.dialogs import Dialog, words

if TYPE_CHECKING:
    from console.operations.publishing.shown_by_hand import PublicationLook


class PublicationDialog(Dialog):
    """How it stands, and the request; answers yes where it is to be sent."""

    DEFAULT_CSS = "PublicationDialog > Vertical { width: 110; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y,enter", "send", "Publish", show=False)]
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, look: PublicationLook) -> None:
        super().__init__()
        self._look = look

    def compose(self) -> ComposeResult:
        look = self._look
        with Vertical():
            title = f"Where {look.name} is published" if look.targets else f"{look.name} at EvalAI"
            yield words(title, "title")
            with VerticalScroll():
                for each in standing(look, datetime.now(UTC)):
                    yield words(each, "point")
                for request in look.requests:
                    yield words("What EvalAI would be sent now:", "muted")
                    yield words(request_text(request), "point")
            if look.why_not:
                yield words(look.why_not, "fix")
            with Horizontal():
                if look.sendable:
                    yield Button("Publish… (y)", id="yes", variant="success", compact=True)
                yield Button("Close (esc)", id="no", compact=True)

    def action_send(self) -> None:
        """A question follows; where nothing can be sent this closes it."""
        self.dismiss(self._look.sendable)
