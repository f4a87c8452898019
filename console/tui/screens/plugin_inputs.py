"""What a plugin asks for before it runs: a line for each input, and what is wrong with it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Static

from console.domain.hostile_text import neutralise
from console.tui.screens.dialogs import Dialog, words
from console.tui.user_files.added import InputKind, PluginInput, UserPlugin
from console.tui.widgets.ordered_input import OrderedInput


def wrong_with(wanted: PluginInput, text: str) -> str:
    """Why that is no answer, in a sentence; empty where it is one."""
    label = wanted.label or wanted.name
    if not text:
        return f"{label} is needed." if wanted.required else ""
    options = _options(wanted)
    if options and text not in options:
        return f"{label} is one of: {', '.join(options)}."
    if wanted.kind is InputKind.NUMBER and not _is_number(text):
        return f"{label} is a number."
    return ""


def _options(wanted: PluginInput) -> tuple[str, ...]:
    return ("true", "false") if wanted.kind is InputKind.BOOL else wanted.options


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class InputsDialog(Dialog):
    """Answers yes once all can be taken; then `answers` has them."""

    DEFAULT_CSS = """
    InputsDialog .input { height: 1; margin: 0; align-horizontal: left; }
    InputsDialog .input Static { width: 24; color: $text-muted; }
    InputsDialog .input Input { width: 1fr; background: $panel; }
    InputsDialog #wrong { height: auto; color: $text-error; }
    """
    # The letters that answer other dialogs are typed here.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", key_display="esc", priority=True)
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, plugin: UserPlugin) -> None:
        super().__init__()
        self._plugin = plugin
        self.answers = {each.name: each.default for each in plugin.inputs}

    def compose(self) -> ComposeResult:
        with Vertical():
            yield words(self._plugin.description, "title")
            for each in self._plugin.inputs:
                with Horizontal(classes="input"):
                    needed = " *" if each.required else ""
                    label = neutralise(f"{each.label or each.name}{needed}")
                    yield Static(label, markup=False)
                    options = _options(each)
                    yield OrderedInput(
                        each.default,
                        placeholder=neutralise(", ".join(options)),
                        suggester=SuggestFromList(options) if options else None,
                        compact=True,
                        name=each.name,
                    )
            yield Static("", id="wrong", markup=False)
            with Horizontal():
                yield Button("Run (enter)", id="yes", variant="success", compact=True)
                yield Button("Do not (esc)", id="no", compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        assert event.input.name is not None
        self.answers[event.input.name] = event.value
        self.query_one("#wrong", Static).update("")

    def on_input_submitted(self) -> None:
        self.action_answer(True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        told = (wrong_with(each, self.answers[each.name]) for each in self._plugin.inputs)
        if answer and (wrong := next(filter(None, told), "")):
            self.query_one("#wrong", Static).update(neutralise(f"✗ {wrong}"))
        else:
            self.dismiss(answer)
