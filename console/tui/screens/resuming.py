"""Going on from an ended submission: what is kept, what it costs, and the new one's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from console.domain.hostile_text import neutralise
from console.presentation.resume_points import ResumeOffer, points
from console.tui.places import Destination, Place
from console.tui.screens.dialogs import Dialog, words
from console.tui.widgets.ordered_input import OrderedInput

if TYPE_CHECKING:
    from console.tui.screens.screen import ConsoleScreen


class ResumeDialog(Dialog):
    """Answers yes with `name` set to a name that can be used; nothing has happened yet."""

    DEFAULT_CSS = """
    ResumeDialog #name { height: 1; margin: 1 0 0 0; align-horizontal: left; }
    ResumeDialog #name Static { width: 10; color: $text-muted; }
    ResumeDialog #name Input { width: 1fr; background: $panel; }
    ResumeDialog #wrong { height: auto; padding-left: 10; color: $text-error; }
    """
    # The letters that answer other dialogs belong to the name here.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", key_display="esc", priority=True)
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, subject: str, offer: ResumeOffer) -> None:
        super().__init__()
        self._subject, self._offer = subject, offer
        self.name_wanted = offer.name

    def compose(self) -> ComposeResult:
        with Vertical():
            yield words(f"Go on from {self._subject}?", "title")
            for point in points(self._offer):
                yield words(f"• {point}", "point")
            with Horizontal(id="name"):
                yield Static("New name", markup=False)
                yield OrderedInput(self._offer.name, compact=True, select_on_focus=False)
            yield Static("", id="wrong", markup=False)
            with Horizontal():
                yield Button("Resume (enter)", id="yes", variant="success", compact=True)
                yield Button("Not now (esc)", id="no", compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.name_wanted = event.value
        wrong = self._offer.check(event.value)
        self.query_one("#wrong", Static).update(neutralise(f"✗ {wrong}" if wrong else ""))
        self.query_one("#yes", Button).disabled = bool(wrong)

    def on_input_submitted(self) -> None:
        self.action_answer(True)

    def action_answer(self, answer: bool) -> None:
        if not answer or not self._offer.check(self.name_wanted):
            self.dismiss(answer)


async def ask_to_resume(screen: ConsoleScreen) -> None:
    """Ask, launch the submission that goes on, and watch it."""
    chosen = screen.candidate()
    if not chosen:
        return
    backend = screen.backend
    offer = await backend.offer_resume(*chosen)
    dialog = ResumeDialog("/".join(chosen), offer)
    if not await screen.host.push_screen_wait(dialog):
        return
    if dialog.name_wanted != offer.name:
        offer = await backend.offer_resume(*chosen, dialog.name_wanted)
    report = await backend.launch_resumed(offer)
    for warning in report.warnings:
        screen.notify(warning, title="The server warns", severity="warning")
    screen.go(Destination(Place.MONITOR, (report.namespace, report.name), from_list=True))
