"""The dialog that asks where to and in which form something is saved; it says what would happen.

Knows no content: what is saved is made when the answer is given.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from console.domain.hostile_text import neutralise
from console.tui.saving_place import SavingPlace, judged, shortened, write
from console.tui.screens.leaving import LeavesOnce
from console.tui.widgets.form import Choice
from console.tui.widgets.ordered_input import OrderedInput

if TYPE_CHECKING:
    from console.tui.screens.screen import ConsoleScreen


class SaveForm(msgspec.Struct, frozen=True):
    """One form of what is saved."""

    name: str
    suffix: str
    content: Callable[[], str]


def json_form(document: Callable[[], Any]) -> SaveForm:
    """Plain values as JSON."""
    return SaveForm(
        "JSON", ".json", lambda: json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    )


class WhereTo(msgspec.Struct, frozen=True):
    """The answer."""

    place: SavingPlace
    form: SaveForm


class SaveDialog(ModalScreen[WhereTo], LeavesOnce[WhereTo]):
    """A path and a form. The suffix follows the form, and a typed suffix chooses it."""

    DEFAULT_CSS = """
    SaveDialog { align: center middle; background: $background 60%; }
    SaveDialog > Vertical {
        width: 90; max-width: 96%; height: auto; max-height: 90%;
        border: round $border; background: $surface; padding: 0 2;
    }
    SaveDialog .title { text-style: bold; margin-bottom: 1; }
    SaveDialog Choice { margin-bottom: 1; }
    SaveDialog #told { min-height: 2; }
    SaveDialog #told.refused { color: $text-error; }
    SaveDialog #told.asks { color: $text-warning; }
    SaveDialog Horizontal { height: 1; margin: 1 0; align-horizontal: right; }
    SaveDialog Button { margin-left: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Leave", key_display="esc")]
    AUTO_FOCUS = "Input"

    def __init__(self, title: str, stem: str, forms: Sequence[SaveForm], note: str = "") -> None:
        """`stem`: the name that is offered, without suffix; `note`: what is to be known of it."""
        super().__init__()
        self._title, self._forms, self._note = title, tuple(forms), note
        self._stem = neutralise(stem).replace("/", "_")
        self._agreed: SavingPlace | None = None
        """What the user has been asked about."""

    def compose(self) -> ComposeResult:
        first = self._forms[0]
        offered = shortened(Path.cwd() / f"{self._stem}{first.suffix}")
        with Vertical():
            yield Static(neutralise(self._title), classes="title", markup=False)
            yield OrderedInput(offered, compact=True, select_on_focus=False)
            yield Choice(tuple(form.name for form in self._forms), first.name)
            yield Static(neutralise(self._note), id="told", markup=False)
            with Horizontal():
                yield Button("Save (enter)", id="save", variant="primary", compact=True)
                yield Button("Leave (esc)", id="leave", compact=True)

    def on_mount(self) -> None:
        self.app.clear_notifications()

    @property
    def form(self) -> SaveForm:
        """The chosen one."""
        chosen = self.query_one(Choice).value
        return next(form for form in self._forms if form.name == chosen)

    def _of_suffix(self, path: str) -> SaveForm | None:
        fitting = [form for form in self._forms if path.lower().endswith(form.suffix)]
        return max(fitting, key=lambda form: len(form.suffix), default=None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """A typed suffix chooses the form; what was agreed to was another path."""
        self._agreed = None
        self._say(self._note, "")
        found = self._of_suffix(event.value)
        if found is not None and found is not self.form:
            self.query_one(Choice).set_reactive(Choice.value, found.name)
            self.query_one(Choice).redraw()

    def on_choice_changed(self) -> None:
        field = self.query_one(Input)
        found = self._of_suffix(field.value)
        stem = field.value.removesuffix(found.suffix) if found else field.value
        field.value = f"{stem}{self.form.suffix}"

    def on_input_submitted(self) -> None:
        self._try()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self._try()
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)

    def _try(self) -> None:
        """The file system may take its time: asked elsewhere, and one question at a time."""
        judging = self._judge(self.query_one(Input).value)
        self.run_worker(judging, exclusive=True, exit_on_error=False)

    async def _judge(self, typed: str) -> None:
        place = await asyncio.to_thread(judged, typed)
        if place.refused:
            self._say(place.refused, "refused")
        elif place.asks and place != self._agreed:
            self._agreed = place
            self._say(place.asks, "asks")
        else:
            self.dismiss(WhereTo(place, self.form))

    def _say(self, told: str, kind: str) -> None:
        line = self.query_one("#told", Static)
        line.set_classes(kind)
        line.update(neutralise(told))


async def save_asked(screen: ConsoleScreen, dialog: SaveDialog) -> None:
    """Ask, make, write, say where it is. Raises ConsoleError."""
    answer = await screen.host.push_screen_wait(dialog)
    if answer is None:
        return
    content = await asyncio.to_thread(answer.form.content)
    written = await asyncio.to_thread(write, answer.place, content)
    screen.notify(f"Saved to {neutralise(shortened(written))}")
