"""The app as far as it hears: which screen a key, a click or a paste counts for, or whether at all.

What each key means is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import monotonic
from typing import Any

from textual import events
from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.widgets import Input as TextInput

from console.tui.input_gate import Input, InputGate
from console.tui.seen_first import SAME_PRESS, SeenFirst, says_yes
from console.tui.textual_keys import EscapeAnd, tell_escapes
from console.tui.textual_paints import TellsPaints
from console.tui.typed_ahead import BeforePanes, TakesEarly, goes_into_a_line, is_text


class MeantInput(TellsPaints):
    """Everything that is typed or clicked comes by `on_event`, before and after its widget."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = InputGate()
        self._ahead: list[events.Key] | None = None
        """What was typed behind the answer of a line, while nobody knows what that opens."""
        self._said_yes = -math.inf
        """When a yes was last typed, to a question or not."""
        tell_escapes(self.driver_class)

    def noticed(self, event: events.Key) -> None:
        """A key was pressed."""
        raise NotImplementedError

    def painted(self, screen: Screen[object]) -> None:
        if isinstance(screen, SeenFirst):
            screen.is_painted()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, EscapeAnd):
            for each in self._meant_by(event):
                await self.on_event(each)
            return
        if isinstance(event, events.Key) and self.screen_stack and self._is_for_a_line(event):
            return
        if isinstance(event, Input) and not self._may_act(event):
            return
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.noticed(event)
        if isinstance(event, events.Key) and event.is_forwarded and await self._comes_first(event):
            return
        await super().on_event(event)

    async def _comes_first(self, event: events.Key) -> bool:
        """Whether it was one of a screen's letters that come before its panes' own."""
        if not isinstance(self.screen, BeforePanes):
            return False
        for binding in self.screen._bindings.key_to_bindings.get(event.key, ()):
            first = binding.id in self.screen.letters_first
            if first and await self.run_action(binding.action, self.screen):
                return True
        return False

    def _meant_by(self, event: EscapeAnd) -> Sequence[events.Key]:
        """The key that Textual takes it for, where that one has a meaning of its own; else Escape
        and the key, where Escape has one."""
        focused = self.focused
        edits = isinstance(focused, TextInput) and event.key in focused._bindings.key_to_bindings
        known = self.screen.active_bindings if self.screen_stack else {}
        chord = edits or (event.key.startswith("alt+") and event.key in known)
        meant = (event.usual,) if chord or "escape" not in known else event.apart
        for each in meant:
            each.set_sender(self)
        return meant

    def _is_for_a_line(self, event: events.Key) -> bool:
        """Whether it was typed for a line of text that was being opened, and is kept for it."""
        if not is_text(event):
            return False
        typed_on = self.gate.typed_on(event) if event.is_forwarded else self.screen
        if typed_on is None:
            return False
        if self._ahead is not None:
            self._ahead.append(event)
            return True
        if event.is_forwarded:
            return goes_into_a_line(event, self.screen, typed_on)
        top = self.screen
        if isinstance(top, TakesEarly) and (top.line is None or not self.gate.is_open):
            top.take(event)
            return True
        return False

    def _may_act(self, event: events.Event) -> bool:
        """What still comes when the last screen has gone is meant for nobody."""
        held = self._is_held(event)
        if not self.screen_stack or not self.gate.admits(event, self.screen):
            return False
        top = self.screen
        if event.is_forwarded or not isinstance(top, SeenFirst):
            return True
        return top.hears(event) and not held

    def _is_held(self, event: events.Event) -> bool:
        """Whether it is the yes of before once more, wherever that one was meant to go."""
        if not isinstance(event, events.Key) or event.is_forwarded or not says_yes(event):
            return False
        before, self._said_yes = self._said_yes, event.time
        return event.time - before < SAME_PRESS

    def pop_screen(self) -> AwaitComplete:
        """Every screen and dialog leaves by this way."""
        done = super().pop_screen()
        self.gate.close()
        self._open_when_drawn()
        return done

    def switch_screen(self, screen: Screen[Any] | str) -> AwaitComplete:
        """One that takes the place of the screen that was to be drawn is drawn instead of it."""
        done = super().switch_screen(screen)
        if not self.gate.is_open:
            self._open_when_drawn()
        return done

    def _open_when_drawn(self) -> None:
        left = self.gate.left
        self.screen.call_after_refresh(lambda: self.gate.open(left, monotonic()))

    def heard_behind(self, event: events.Key) -> None:
        """A key that was typed behind the answer of a line that leads on."""
        if self._ahead is not None:
            self._ahead.append(event)

    def keep_ahead(self) -> None:
        """A line that leads on has its answer."""
        self._ahead = []

    def hand_on(self) -> None:
        """That answer has been acted on: what was typed behind it goes into what it has opened."""
        ahead, self._ahead = self._ahead or [], None
        if self.screen_stack and isinstance(self.screen, TakesEarly):
            for event in ahead:
                self.screen.take(event)
