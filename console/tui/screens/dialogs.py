"""Small modal screens: a question before something is lost, an error, the `:` line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Button, Input, Static

from console.domain.hostile_text import neutralise
from console.errors import ConsoleError
from console.presentation.shell_lines import in_lines
from console.tui.screens.leaving import LeavesOnce
from console.tui.seen_first import SeenFirst
from console.tui.typed_ahead import TakesEarly
from console.tui.widgets.ordered_input import LeadingLine, OrderedInput

if TYPE_CHECKING:
    from console.tui.meant_input import MeantInput


def words(text: str, classes: str) -> Static:
    """A paragraph of text from anywhere."""
    lines = (neutralise(line) for line in text.splitlines())
    return Static("\n".join(lines), classes=classes, markup=False)


class ShellLine(Static):
    """A command to be copied, in lines that a shell takes as one."""

    DEFAULT_CSS = "ShellLine { color: $text-muted; }"

    def __init__(self, command: str) -> None:
        self._command = neutralise(command)
        super().__init__(self._command, markup=False)

    def on_resize(self) -> None:
        self.update("\n".join(in_lines(self._command, self.content_size.width)))


class Question(msgspec.Struct, frozen=True):
    """What a confirmation says."""

    title: str
    consequences: tuple[str, ...]
    command: str
    """The same with kubectl, empty where there is none."""
    confirm: str
    keep: str = "Keep it"


class Dialog(ModalScreen[bool], LeavesOnce[bool]):
    """A box in the middle; esc is always the harmless way out."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 90%;
        border: round $border; background: $surface; padding: 0 2; overflow-y: auto;
    }
    Dialog .title { text-style: bold; margin-bottom: 1; }
    Dialog .point { padding-left: 2; }
    Dialog .muted { color: $text-muted; margin-top: 1; }
    Dialog .danger { color: $text-error; }
    Dialog .why { color: $foreground; margin-bottom: 1; }
    Dialog .fix { color: $text-accent; }
    Dialog VerticalScroll { height: auto; max-height: 65vh; scrollbar-size: 1 1; }
    Dialog.-fair VerticalScroll { max-height: 58vh; }
    Dialog.-low VerticalScroll { max-height: 50vh; }
    Dialog Horizontal { height: 1; margin: 1 0; align-horizontal: right; }
    Dialog Button { margin-left: 2; }
    """

    # The question and its answers stay in sight: what is between them scrolls.
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-fair"), (36, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "answer(False)", "No", key_display="esc"),
        Binding("left,right,h,l", "app.focus_next", show=False),
        *(
            Binding(key, f"scroll_by({rows})", show=False)
            for key, rows in (("down", 1), ("up", -1), ("pagedown", 5), ("pageup", -5))
        ),
    ]

    def on_mount(self) -> None:
        """No notice of before lies over what is asked."""
        self.app.clear_notifications()

    def action_scroll_by(self, rows: int) -> None:
        """What is told between question and answers."""
        for each in self.query(VerticalScroll):
            each.scroll_relative(y=rows, animate=False)

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class ConfirmDialog(Dialog, SeenFirst):
    """Says what will be lost; the harmless button has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "answer(True)", "Yes")]
    AUTO_FOCUS = "#no"

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield words(self.question.title, "title danger")
            with VerticalScroll(can_focus=False):
                for consequence in self.question.consequences:
                    yield words(f"• {consequence}", "point")
                if self.question.command:
                    yield words("The same with kubectl:", "muted")
                    yield ShellLine(self.question.command)
            with Horizontal():
                yield Button(
                    f"{self.question.confirm} (y)", id="yes", variant="error", compact=True
                )
                yield Button(f"{self.question.keep} (esc)", id="no", compact=True)


class ErrorDialog(Dialog):
    """What happened, why, and what to do next; scrolls where that is long."""

    DEFAULT_CSS = "ErrorDialog.-low VerticalScroll { max-height: 60vh; }"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "answer(True)", show=False)]

    def __init__(self, error: ConsoleError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        with Vertical():
            with VerticalScroll():
                yield words(self.error.what, "title danger")
                if self.error.why:
                    yield words(self.error.why, "why")
                if self.error.fix:
                    yield words(self.error.fix, "fix")
            with Horizontal():
                yield Button("Close (esc)", id="no", compact=True)


class _Line(ModalScreen[str], TakesEarly[str], LeavesOnce[str]):
    """What was typed, by enter; nothing, by esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]

    def action_close(self) -> None:
        self.dismiss("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class _TypedCommand(LeadingLine):
    def answers(self) -> None:
        cast("MeantInput", self.app).keep_ahead()

    def heard_behind(self, event: events.Key) -> None:
        cast("MeantInput", self.app).heard_behind(event)


class _Completion(Suggester):
    """Asked anew each time: what may follow changes while the line is open."""

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        return self._complete(value)


class CommandLine(_Line):
    """`:` and a word. Tab or right completes it."""

    DEFAULT_CSS = """
    CommandLine { align: left bottom; background: transparent; }
    CommandLine Horizontal { height: 1; background: $panel; }
    CommandLine Static { width: 2; color: $text-accent; }
    CommandLine Input { width: 1fr; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False, priority=True)]

    def __init__(self, complete: Callable[[str], str | None] = lambda _: None) -> None:
        super().__init__()
        self._complete = complete

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(" :", markup=False)
            yield _TypedCommand(compact=True, suggester=_Completion(self._complete))

    def action_complete(self) -> None:
        self.query_one(Input).action_cursor_right()


class AskLine(_Line):
    """One line for a time or a name."""

    DEFAULT_CSS = """
    AskLine { align: left bottom; background: transparent; }
    AskLine Input { width: 1fr; background: $panel; }
    """

    def __init__(self, asked: str = "go to a time (UTC): 14:02 or 14:02:11") -> None:
        super().__init__()
        self._asked = asked

    def compose(self) -> ComposeResult:
        yield OrderedInput(placeholder=self._asked, compact=True)
