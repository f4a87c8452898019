"""A key acts once the screen on top can be seen, whichever screens left before they were drawn."""

from __future__ import annotations

import pytest
from fakes.contexts import backend_in
from fakes.pilots import opened, shows, until

from console.tui.input_gate import InputGate
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.textual_stack import replace_lowest


async def test_a_list_that_takes_the_place_of_one_that_was_not_drawn_hears_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on the way from a monitor to another namespace: the list beneath is never seen again."""
    async with opened(backend_in("lab", "default", "raven")) as (app, pilot):
        await shows(pilot, "raven")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 2 and app.gate.is_open)
        monitor = app.screen
        await pilot.press("colon")
        await until(pilot, lambda: len(app.screen_stack) == 3)
        # Textual forgets what it was to call when a screen has left before it was drawn.
        monkeypatch.setattr(monitor, "call_after_refresh", lambda *_: False)
        app.pop_screen()
        app.pop_screen()
        replace_lowest(app, SubmissionsScreen())
        assert not app.gate.is_open
        await shows(pilot, "raven")
        await pilot.press("minus")
        await until(pilot, lambda: len(app.screen_stack) == 2)


def test_what_has_left_itself_opens_nothing() -> None:
    gate = InputGate()
    gate.close()
    first = gate.left
    gate.close()
    gate.open(first, 1.0)
    assert not gate.is_open
    gate.open(gate.left, 2.0)
    assert gate.is_open
