"""A form of labelled one-row fields with the error beneath each. Judges nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive, reactive
from textual.strip import Strip
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static

from console.domain.hostile_text import neutralise
from console.presentation.tones import Line, Span, Tone
from console.tui.drafts import FormField
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.ordered_input import OrderedInput


class Choice(Canvas, can_focus=True):
    """One of a few words, all visible: left and right choose."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    Choice:focus { background: $foreground 10%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l,space", "step(1)", show=False),
    ]
    value: reactive[str] = reactive("", init=False)

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, choices: tuple[str, ...], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.choices = choices
        self.set_reactive(Choice.value, value)

    def draw(self, width: int, height: int) -> list[Line]:
        if sum(len(word) + 5 for word in self.choices) > width + 3:
            place = self.choices.index(self.value) + 1 if self.value in self.choices else 0
            hint = f"   ‹ {place} of {len(self.choices)} ›"
            return [(("● ", Tone.ACCENT), (self.value, Tone.STRONG), (hint, Tone.MUTED))]
        spans: list[Span] = []
        for word in self.choices:
            chosen = word == self.value
            spans.append(("● " if chosen else "○ ", Tone.ACCENT if chosen else Tone.MUTED))
            spans += [(word, Tone.STRONG if chosen else Tone.MUTED), ("   ", Tone.TEXT)]
        return [tuple(spans)]

    def action_step(self, step: int) -> None:
        here = self.choices.index(self.value) if self.value in self.choices else 0
        self.value = self.choices[(here + step) % len(self.choices)]

    def on_click(self, event: events.Click) -> None:
        position = 0
        for word in self.choices:
            position += len(word) + 5
            if event.x < position:
                self.value = word
                return

    def watch_value(self) -> None:
        self.redraw()
        self.post_message(self.Changed(self))


class TextLine(OrderedInput):
    """A text that is typed in. However long it grows, its own size is another's business."""

    # Textual lays out the whole screen again for each letter, which costs more than all the rest.
    # Nor does a scroll bar that takes no row make another layout.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))
    show_horizontal_scrollbar: Reactive[bool] = Reactive(False)

    def __init__(self, text: str, used: tuple[str, ...] = ()) -> None:
        before = SuggestFromList(used) if used else None
        super().__init__(text, compact=True, suggester=before)

    def on_blur(self) -> None:
        """What has room without the cursor's cell is shown from its begin."""
        if cell_len(self.value) <= self.scrollable_content_region.width:
            self.scroll_to(x=0, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """A text that is wider than its line says so: the tag of an image is read to its end."""
        strip, width = super().render_line(y), self.scrollable_content_region.width
        if y or self.has_focus:
            return strip
        begins_before = self.scroll_offset.x > 0
        ends_behind = cell_len(self.value) - self.scroll_offset.x > width
        mark = Strip([Segment("…", self.rich_style)])
        middle = strip.crop(int(begins_before), width - int(ends_behind))
        return Strip.join([*([mark] * begins_before), middle, *([mark] * ends_behind)])


class Field(Widget):
    """Label, value, and beneath them the error or, in a focused field, the help.

    It paints its label itself, and what stands beneath exists once there is a reason to read it:
    dozens of them are opened at once, and each widget costs as much as all its text.
    """

    DEFAULT_CSS = """
    Field { height: auto; padding: 0 1; color: $text-muted; }
    Field:focus-within { color: $text-accent; }
    Field Input { width: 1fr; margin-left: 22; background: $surface; }
    Field Input:focus { background: $panel; }
    Field Choice { margin-left: 22; }
    Field .note { display: none; padding-left: 22; height: auto; color: $text-muted; }
    Field.wrong .note { display: block; color: $text-error; }
    Field.warned .note { display: block; color: $text-warning; }
    Field.hint:focus-within .note { display: block; }
    """

    class Edited(Message):
        """The value of a field is another one now."""

    def __init__(self, field: FormField, text: str) -> None:
        choices = field.choices
        wrong = field.check(text)
        # Given before it is mounted: afterwards each class is a new look at every rule.
        classes = [*(["wrong"] if wrong else []), *(["hint"] if field.help or field.used else [])]
        super().__init__(id="field-" + field.path.replace(".", "-"), classes=" ".join(classes))
        self.field = field
        self._editor = Choice(choices, text) if choices else TextLine(text, field.used)
        self._note = self._words(wrong, "")

    def compose(self) -> ComposeResult:
        yield self._editor
        if self.has_class("wrong"):
            yield Static(self._note, classes="note", markup=False)

    def render(self) -> Text:
        return Text(self.field.label, no_wrap=True)

    @property
    def value(self) -> str:
        """What stands in the field."""
        return self._editor.value

    def complain(self, elsewhere: str, warned: str = "") -> None:
        """Show what is wrong: found by the field's own check, or elsewhere; else a warning."""
        wrong = self.field.check(self.value) or elsewhere
        self.set_class(bool(wrong), "wrong")
        self.set_class(bool(warned and not wrong), "warned")
        note = self._words(wrong, warned)
        if note != self._note:
            self._note = note
            self._write_note()

    def on_descendant_focus(self) -> None:
        self._write_note()

    def _write_note(self) -> None:
        """Beneath the value, where the classes say whether it is seen."""
        for each in self.query(".note").results(Static):
            each.update(self._note)
            return
        if self._note:
            self.mount(Static(self._note, classes="note", markup=False))

    def _words(self, wrong: str, warned: str) -> str:
        """What stands beneath the value."""
        if wrong or warned:
            return neutralise(f"✗ {wrong}" if wrong else f"! {warned}")
        used = (
            f"Used before: {', '.join(self.field.used)} (→ completes)." if self.field.used else ""
        )
        return neutralise(f"{self.field.help} {used}".strip())

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.complain("")
        self.post_message(self.Edited())

    def on_choice_changed(self, message: Choice.Changed) -> None:
        message.stop()
        self.complain("")
        self.post_message(self.Edited())


class Form(VerticalScroll):
    """Fields under their groups' titles."""

    DEFAULT_CSS = """
    Form { scrollbar-size: 1 1; scrollbar-gutter: stable; }
    Form .group { color: $text-muted; text-style: bold; margin-top: 1; padding: 0 1; height: 1; }
    Form Vertical { height: auto; }
    Form > Vertical:first-child > .group { margin-top: 0; }
    Form > #afterwards { display: none; }
    Form > #afterwards.told { display: block; }
    Form > #afterwards > .told { padding: 0 1; height: auto; }
    """

    fields: tuple[Field, ...] = ()
    """Those that are shown; looked at several times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._changing = asyncio.Lock()
        self._told: list[str] = []
        """Beneath the fields, as it stands there."""

    async def show(self, fields: Iterable[FormField], texts: Mapping[str, str]) -> None:
        """Replace all fields; `texts` stand in them instead of their defaults."""
        async with self._changing:
            await self._show(fields, texts)

    async def put(self, field: FormField, text: str, after: str) -> None:
        """Show one more field behind another, or in the place of what it was before."""
        async with self._changing:
            before = next((each for each in self.fields if each.field.path == after), None)
            if before is None or not isinstance(before.parent, Vertical):
                return
            old = [each for each in self.fields if each.field.path == field.path]
            focused = any(each.has_focus_within for each in old)
            rest = [each for each in self.fields if each not in old]
            self.fields = tuple(rest)
            for each in old:
                await each.remove()
            shown = Field(field, text)
            await before.parent.mount(shown, after=before)
            rest.insert(rest.index(before) + 1, shown)
            self.fields = tuple(rest)
            if focused:
                shown.query("Input, Choice").first(Widget).focus()

    async def _show(self, fields: Iterable[FormField], texts: Mapping[str, str]) -> None:
        self.fields, self._told = (), []
        await self.remove_children()
        shown = tuple(Field(each, texts.get(each.path, each.default)) for each in fields)
        groups: dict[str, list[Field]] = {}
        for each in shown:
            groups.setdefault(each.field.group, []).append(each)
        told = Static("", classes="told", markup=False)
        await self.mount_all(
            [
                *(Vertical(_title(name), *group) for name, group in groups.items()),
                Vertical(_title("publishing"), told, id="afterwards"),
            ]
        )
        self.fields = shown

    def tell(self, *publishing: str) -> None:
        """What will be done with the results, beneath the fields, in paragraphs; nothing where they
        are empty."""
        told = [neutralise(each) for each in publishing if each]
        if told == self._told:
            return
        self._told = told
        for each in self.query("#afterwards"):
            each.set_class(bool(told), "told")
            each.query_one(".told", Static).update("\n".join(told))

    @property
    def values(self) -> dict[str, str]:
        """Path -> text of every field."""
        return {each.field.path: each.value for each in self.fields}

    def complain(self, wrong: dict[str, str], warned: dict[str, str]) -> None:
        """Hand every field what was found about its value, by its path."""
        for each in self.fields:
            path = each.field.path
            each.complain(wrong.get(path, ""), warned.get(path, ""))


def _title(name: str) -> Static:
    return Static(name.upper(), classes="group", markup=False)
