"""Escape and a key that a slow link delivers in one read, as a terminal tells Alt and that key."""

from __future__ import annotations

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from textual.widgets import Input

from console.tui.app import ConsoleApp
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import ConfirmDialog
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.textual_keys import EscapeAnd, TellsEscapes


def typed(app: ConsoleApp, told: str) -> None:
    """As a terminal's bytes come."""
    for event in (*(parser := TellsEscapes()).feed(told), *parser.tick()):
        app.post_message(event)


@pytest.mark.parametrize(
    ("told", "usual", "apart"),
    [
        ("\x1bj", "alt+j", "j"),
        ("\x1b/", "slash", "slash"),
        ("\x1b:", "colon", "colon"),
        ("\x1b\r", "enter", "enter"),
        ("\x1b1", "inverted_exclamation_mark", "1"),
        ("\x1bb", "ctrl+left", "b"),
        ("\x1b\x7f", "ctrl+w", "backspace"),
        ("\x1b\x0b", "ctrl+k", "ctrl+k"),
    ],
)
def test_both_ways_to_read_it_are_told(told: str, usual: str, apart: str) -> None:
    (event,) = TellsEscapes().feed(told)
    assert isinstance(event, EscapeAnd)
    assert event.usual.key == event.key == usual
    assert [each.key for each in event.apart] == ["escape", apart]


@pytest.mark.parametrize(
    ("told", "keys"),
    [
        ("\x1b[A", ["up"]),
        ("\x1bOP", ["f1"]),
        ("j\x1b\x1b", ["j", "escape"]),
        ("\x1b[27u", ["escape"]),
    ],
)
def test_what_a_terminal_tells_by_itself_stays_as_it_is(told: str, keys: list[str]) -> None:
    assert [event.key for event in TellsEscapes().feed(told)][: len(keys)] == keys


async def test_a_question_hears_the_escape_and_nothing_hears_the_key(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        for told in ("\x1by", "\x1b\r", "\x1b\x0b"):
            await pilot.press("ctrl+d")
            await shows(pilot, "Delete leaderboard/demo?")
            typed(app, told)
            await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
            await shows(pilot, "demo")
        assert not isinstance(app.screen, ConfirmDialog)
        assert not [asked for asked in backend.asked if asked[0] in ("delete", "cancel")]


async def test_a_filter_is_left_and_the_key_behind_it_acts_on_the_list(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo", "interfuser")
        await pilot.press("slash", *"demo")
        await until(pilot, lambda: "interfuser" not in seen(app))
        typed(app, "\x1b:logs")
        await shows(pilot, " :logs")


async def test_a_field_of_a_form_is_left_unchanged(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.focused, Input))
        field = app.focused
        assert isinstance(field, Input)
        before = field.value
        typed(app, "\x1bx")
        await until(pilot, lambda: not isinstance(app.screen, ComposeScreen))
        assert field.value == before


async def test_alt_and_a_letter_stays_a_key_of_a_line_that_has_one(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("colon", *"two words")
        line = app.screen.query_one(Input)
        await until(pilot, lambda: line.value == "two words")
        typed(app, "\x1bb")
        await until(pilot, lambda: line.cursor_position == 4)
        assert line.value == "two words"
