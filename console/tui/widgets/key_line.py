"""The last row of every screen: its keys, and what each does now. Knows no command.

One painted row, where Textual's own footer is a widget for each key, all made anew and laid out
with the whole screen whenever a key is dimmed or the focus moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import msgspec
from textual import events
from textual.content import Content
from textual.screen import Screen

from console.presentation.tones import Line, Span, Tone, width_of
from console.tui.widgets.canvas import Canvas

WAYS_OUT = ("escape", "q")


class ShownKey(msgspec.Struct, frozen=True):
    """A key as the row tells of it."""

    key: str
    display: str
    label: str
    enabled: bool
    help: str
    sensible: bool = False
    """It is what to do next with what is shown."""


@runtime_checkable
class ConsoleSteps(Protocol):
    """A screen that knows what is sensible."""

    def next_steps(self) -> tuple[tuple[str, str], ...]:
        """Actions of keys, and words for them."""
        ...


class KeyLine(Canvas, can_focus=False):
    """The keys of the focused widget, the screen and the app; a click is a press."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $footer-background; }
    KeyLine > .tone--text { color: $footer-description-foreground; }
    KeyLine > .tone--accent { color: $footer-key-foreground; text-style: bold; }
    KeyLine > .tone--ok { color: $text-success; }
    KeyLine > .tone--muted { color: $footer-description-foreground 72%; text-style: none; }
    KeyLine > .tone--rule { color: $footer-key-foreground; text-style: none; }
    KeyLine:ansi > .tone--muted { text-style: dim; }
    KeyLine:ansi > .tone--rule { text-style: dim; }
    KeyLine > .tone--match {
        color: $footer-key-foreground; background: $block-hover-background; text-style: none;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.keys: tuple[ShownKey, ...] = ()
        self._pointed: str | None = None
        self._left_out = 0
        """Of the first keys, where the last ones have no room."""
        self._placed: tuple[ShownKey, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        # After the focus or a reason has changed, not between two such changes.
        if screen.app.app_focus and self.is_attached:
            self.call_after_refresh(self.redraw)

    def draw(self, width: int, height: int) -> list[Line]:
        self.keys = tuple(self._shown())
        self._left_out = min(self._left_out, max(len(self.keys) - 1, 0))
        self._placed = self._fitting(self.keys[self._left_out :], width - 1)
        spans: list[Span] = [(" ", Tone.TEXT)]
        for each in self._placed:
            spans += [*self._spans(each), (" ", Tone.TEXT)]
        return [tuple(spans[:-1])]

    def _fitting(self, keys: Sequence[ShownKey], room: int) -> tuple[ShownKey, ...]:
        """Those that there is room for, each whole; the way out and the last one, which tells of
        all, are kept."""
        others, kept = [*keys[:-1]], [*keys[-1:]]
        out = next((each for each in others if each.key in WAYS_OUT), None)
        if out is not None and self._room(keys) > room and self._room([out, *kept]) <= room:
            others.remove(out)
            kept.insert(0, out)
        while others and self._room([*others, *kept]) > room:
            others.pop()
        return (*others, *kept)

    def _room(self, keys: Sequence[ShownKey]) -> int:
        return sum(width_of(self._spans(each)) for each in keys) + len(keys) - 1

    def _spans(self, key: ShownKey) -> Line:
        if key.key == self._pointed:
            return ((f"{key.display} {key.label}", Tone.MATCH),)
        marked, worded = (Tone.ACCENT, Tone.TEXT) if key.enabled else (Tone.RULE, Tone.MUTED)
        if key.sensible:
            worded = Tone.OK
        return ((key.display, marked), (f" {key.label}", worded))

    def _shown(self) -> Iterator[ShownKey]:
        """What is sensible now comes first, in words of its own."""
        every = [*self._labelled()]
        by_action = dict(every)
        steps = self.screen.next_steps() if isinstance(self.screen, ConsoleSteps) else ()
        sensible = [(by_action[action], words) for action, words in steps if action in by_action]
        for key, words in sensible:
            yield msgspec.structs.replace(key, label=words or key.label, sensible=True)
        told = [key for key, _ in sensible]
        yield from (key for _, key in every if key not in told)

    def _labelled(self) -> Iterator[tuple[str, ShownKey]]:
        """One for each label, by the first of its keys, with its action."""
        labels = set()
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and binding.description not in labels:
                labels.add(binding.description)
                display = self.app.get_key_display(binding)
                shown = ShownKey(binding.key, display, binding.description, enabled, tooltip)
                yield binding.action, shown

    def at(self, x: int) -> ShownKey | None:
        """The key that stands there."""
        left = 1
        for each in self._placed:
            right = left + width_of(self._spans(each))
            if left <= x < right:
                return each
            left = right + 1
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        pressed = self.at(event.x)
        if pressed is not None and pressed.enabled:
            self.app.simulate_key(pressed.key)
        elif pressed is not None:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point(self.at(event.x))

    def on_leave(self) -> None:
        self._point(None)

    def _point(self, at: ShownKey | None) -> None:
        pointed = at.key if at else None
        if pointed != self._pointed:
            self._pointed = pointed
            self.tooltip = Content(at.help) if at and at.help else None
            self.redraw()

    def on_mouse_scroll_down(self) -> None:
        """To the keys that have no room."""
        if len(self._placed) < len(self.keys) - self._left_out:
            self._left_out += 1
            self.redraw()

    def on_mouse_scroll_up(self) -> None:
        self._left_out = max(self._left_out - 1, 0)
        self.redraw()
