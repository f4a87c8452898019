"""Going on from an ended submission: what is kept, what it costs, and the new one's name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from console.domain.facts import EvalAiPlace
from console.domain.hostile_text import neutralise
from console.domain.queues import named_by
from console.errors import ConsoleError
from console.operations.publishing.asked_before import AskedBefore
from console.presentation.before_launch import before_launch
from console.presentation.resume_points import ResumeOffer, points
from console.tui.places import Destination, Place
from console.tui.screens.dialogs import Dialog, words
from console.tui.widgets.form import Choice
from console.tui.widgets.ordered_input import OrderedInput

if TYPE_CHECKING:
    from console.tui.screens.screen import ConsoleScreen

AskEvalAi = Callable[[EvalAiPlace], Awaitable[AskedBefore]]


class ResumeDialog(Dialog):
    """Answers yes with name and queue set to what can be used; nothing has happened yet."""

    DEFAULT_CSS = """
    ResumeDialog.-low VerticalScroll { max-height: 30vh; }
    ResumeDialog #name, ResumeDialog #queue { height: 1; margin: 0; align-horizontal: left; }
    ResumeDialog #name { margin: 1 0 0 0; }
    ResumeDialog #name Static, ResumeDialog #queue Static { width: 10; color: $text-muted; }
    ResumeDialog #name Input { width: 1fr; background: $panel; }
    ResumeDialog #evalai { color: $text-accent; }
    ResumeDialog #wrong { height: auto; padding-left: 10; color: $text-error; }
    """
    # The letters that answer other dialogs belong to the name here.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", key_display="esc", priority=True),
        Binding("enter", "answer(True)", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, subject: str, offer: ResumeOffer, ask: AskEvalAi | None = None) -> None:
        """`ask`: EvalAI, where its results go there; nothing waits for the answer."""
        super().__init__()
        self._subject, self._offer, self._ask = subject, offer, ask
        self.name_wanted = offer.name
        self._queue = offer.queues.usual(offer.queue)

    @property
    def queue_wanted(self) -> str:
        """Of Kueue; empty for none."""
        return named_by(self._queue)

    def compose(self) -> ComposeResult:
        with Vertical():
            again = bool(self._offer.again)
            title = f"Drive routes of {self._subject} again?" if again else None
            yield words(title or f"Go on from {self._subject}?", "title")
            with VerticalScroll(can_focus=False):
                for point in points(self._offer):
                    yield words(f"• {point}", "point")
                if self._offer.place is not None:
                    yield Static("", id="evalai", classes="point", markup=False)
            with Horizontal(id="name"):
                yield Static("New name", markup=False)
                yield OrderedInput(self._offer.name, compact=True, select_on_focus=False)
            if choices := self._offer.queues.choices(self._offer.queue):
                with Horizontal(id="queue"):
                    yield Static("Queue", markup=False)
                    yield Choice(choices, self._queue)
            yield Static("", id="wrong", markup=False)
            with Horizontal():
                yield Button(
                    "Drive again (enter)" if again else "Resume (enter)",
                    id="yes",
                    variant="success",
                    compact=True,
                )
                yield Button("Not now (esc)", id="no", compact=True)

    def on_mount(self) -> None:
        super().on_mount()
        self._judge()
        if self._ask is not None and (place := self._offer.place) is not None:
            asked = f"• EvalAI is asked of submission {place.submission} …"
            self.query_one("#evalai", Static).update(asked)
            self.run_worker(self._tell_there(self._ask, place), exit_on_error=False)

    async def _tell_there(self, ask: AskEvalAi, place: EvalAiPlace) -> None:
        try:
            asked = await ask(place)
        except ConsoleError as error:
            asked = AskedBefore(place, None, f"{error.what} {error.why}".strip())
        told = before_launch(asked, self._offer.team)
        lines = (f"• {told.line}", *(f"! {each.text}" for each in told.mismatches))
        self.query_one("#evalai", Static).update("\n".join(map(neutralise, lines)))

    def on_input_changed(self, event: Input.Changed) -> None:
        self.name_wanted = event.value
        self._judge()

    def on_choice_changed(self, message: Choice.Changed) -> None:
        self._queue = message.choice.value
        self._judge()

    @property
    def _wrong(self) -> str:
        return self._offer.check(self.name_wanted) or self._offer.queues.problem(self._queue)

    def _judge(self) -> None:
        wrong = self._wrong
        self.query_one("#wrong", Static).update(neutralise(f"✗ {wrong}" if wrong else ""))
        self.query_one("#yes", Button).disabled = bool(wrong)

    def on_input_submitted(self) -> None:
        self.action_answer(True)

    def action_answer(self, answer: bool) -> None:
        if not answer or not self._wrong:
            self.dismiss(answer)


async def ask_to_resume(screen: ConsoleScreen) -> None:
    """Ask, launch the submission that goes on, and watch it."""
    chosen = screen.candidate()
    if not chosen:
        return
    backend = screen.backend
    offer = await backend.offer_resume(*chosen)
    dialog = ResumeDialog("/".join(chosen), offer, backend.ask_evalai)
    if not await screen.host.push_screen_wait(dialog):
        return
    if dialog.name_wanted != offer.name:
        offer = await backend.offer_resume(*chosen, dialog.name_wanted)
    await launch_offered(screen, offer, dialog.queue_wanted)


async def launch_offered(screen: ConsoleScreen, offer: ResumeOffer, queue: str) -> None:
    """Into that queue of Kueue or none, and watch it."""
    report = await screen.backend.launch_resumed(offer, queue)
    for warning in report.warnings:
        screen.notify(warning, title="The server warns", severity="warning")
    screen.go(Destination(Place.MONITOR, (report.namespace, report.name), from_list=True))
