"""Keys of a burst act on a line of text in the order in which they were typed."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical

from console.tui.widgets.ordered_input import OrderedInput


class Around(App[None]):
    """As far from its app as a field of a form is."""

    def compose(self) -> ComposeResult:
        with Vertical(), Vertical():
            yield OrderedInput("heron", select_on_focus=False)


async def test_what_came_as_alt_and_a_letter_or_as_escape_and_it_at_once_writes_none() -> None:
    app = Around()
    async with app.run_test() as pilot:
        app.post_message(events.Key("alt+q", "q"))
        await pilot.press("s")
        assert app.query_one(OrderedInput).value == "herons"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["backspace"] * 5, "swift"),
        (["home", "delete"], "swifteron"),
        (["ctrl+u"], "swift"),
        (["home", "alt+backspace"], "swift"),
    ],
)
async def test_letters_wait_for_what_was_typed_before_them(before: list[str], after: str) -> None:
    app = Around()
    async with app.run_test() as pilot:
        line = app.query_one(OrderedInput)
        line.cursor_position = len(line.value)
        for key in before:
            app.post_message(events.Key(key, None))
        for letter in "swift":
            app.post_message(events.Key(letter, letter))
        await pilot.pause()
        await pilot.pause()
        assert line.value == after
