"""Driving routes of an ended submission again: which ones, what is replaced, the new name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from console.operations.submitting.rerun import RerunWanted
from console.presentation.again_words import crashed_routes
from console.tui.screens.dialogs import Dialog, words
from console.tui.screens.resuming import ResumeDialog, launch_offered
from console.tui.widgets.form import Choice
from console.tui.widgets.ordered_input import OrderedInput

if TYPE_CHECKING:
    from console.tui.screens.screen import ConsoleScreen

_CRASHED, _FINISHED_TOO = "those that a crash ended", "also what its agent ended"


class RoutesDialog(Dialog):
    """Answers yes with `wanted` set; what that replaces is told by the next question."""

    DEFAULT_CSS = """
    RoutesDialog #routes, RoutesDialog #too { height: 1; margin: 1 0 0 0; align-horizontal: left; }
    RoutesDialog #routes Static, RoutesDialog #too Static { width: 10; color: $text-muted; }
    RoutesDialog #routes Input { width: 1fr; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", key_display="esc", priority=True),
        Binding("enter", "answer(True)", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, subject: str, routes: str) -> None:
        """`routes`: what a crash has ended, as far as the screen knows."""
        super().__init__()
        self._subject, self._routes = subject, routes
        self._offered, self._too = routes, _CRASHED

    @property
    def wanted(self) -> RerunWanted:
        """Untouched, they are chosen from all that is known."""
        typed = "" if self._routes == self._offered else self._routes.strip()
        return RerunWanted(typed, finished_too=self._too == _FINISHED_TOO)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield words(f"Drive which routes of {self._subject} again?", "title")
            yield words("• All others stay as they are, in one result with these.", "point")
            yield words("• Empty: what a crash of simulator or agent has ended.", "point")
            yield words("• What its agent ended itself makes the result not count.", "point")
            with Horizontal(id="routes"):
                yield Static("Routes", markup=False)
                yield OrderedInput(self._offered, compact=True, select_on_focus=False)
            with Horizontal(id="too"):
                yield Static("Take", markup=False)
                yield Choice((_CRASHED, _FINISHED_TOO), self._too)
            with Horizontal():
                yield Button("Go on (enter)", id="yes", variant="success", compact=True)
                yield Button("Not now (esc)", id="no", compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._routes = event.value

    def on_choice_changed(self, message: Choice.Changed) -> None:
        self._too = message.choice.value

    def on_input_submitted(self) -> None:
        self.action_answer(True)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)


async def ask_to_rerun(screen: ConsoleScreen) -> None:
    """Ask which, say what that replaces, launch it, and watch it."""
    chosen = screen.candidate()
    if not chosen:
        return
    backend, subject = screen.backend, "/".join(chosen)
    asked = RoutesDialog(subject, crashed_routes(screen.candidate_board()))
    if not await screen.host.push_screen_wait(asked):
        return
    wanted = asked.wanted
    offer = await backend.offer_rerun(*chosen, wanted)
    dialog = ResumeDialog(subject, offer, backend.ask_evalai)
    if not await screen.host.push_screen_wait(dialog):
        return
    if dialog.name_wanted != offer.name:
        said, offer = offer, await backend.offer_rerun(*chosen, wanted, dialog.name_wanted)
        if offer.again != said.again:
            screen.notify("What is known of it has changed meanwhile: look at it again.")
            return
    await launch_offered(screen, offer, dialog.queue_wanted)
