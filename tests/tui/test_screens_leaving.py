"""Leaving the console, and keys that do nothing now."""

from __future__ import annotations

import pytest
from fakes.boards import ROWS, board
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace
from textual import events

from console.domain.board import SubmissionStatus
from console.domain.fleet import FleetSnapshot
from console.tui.app import ConsoleApp
from console.tui.screens.dialogs import ConfirmDialog
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.widgets.key_line import KeyLine


def dimmed(app: ConsoleApp) -> set[str]:
    return {key.label for key in app.screen.query_one(KeyLine).keys if not key.enabled}


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_leaving_asks_only_where_a_submission_would_end(
    backend: FakeBackend, key: str
) -> None:
    backend.lost = ("The embedded cluster ends with it: demo (12/20).",)
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press(key)
        await shows(pilot, "Leave the console?", "demo (12/20)", "Stay (esc)")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
        assert app.is_running
        backend.lost = ()
        await pilot.press(key)
        await until(pilot, lambda: app._exit)


async def test_what_goes_on_without_the_console_is_said_on_the_terminal_it_leaves(
    backend: FakeBackend,
) -> None:
    backend.going_on = ("The embedded cluster goes on, and on it: [b]demo\x1b[2J (12/20).",)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
        (told,) = app._exit_renderables
        assert str(told) == "The embedded cluster goes on, and on it: [b]demo (12/20)."


async def test_ctrl_c_pressed_twice_leaves_at_once(backend: FakeBackend) -> None:
    backend.lost = ("Something ends.",)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app._exit)


async def test_a_key_that_comes_when_the_last_screen_has_gone_is_no_fault(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of somebody who types on while the console closes."""
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        with monkeypatch.context() as closing:
            closing.setattr(ConsoleApp, "screen_stack", [])
            await app.on_event(events.Key("j", "j"))
        await until(pilot, lambda: app.is_running)
        assert app.return_code is None


@pytest.mark.parametrize("key", sweep(["ctrl+d", "question_mark", "colon"], "ctrl+d"))
async def test_what_a_dialog_is_about_stays_visible_behind_it(
    backend: FakeBackend, key: str
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press(key)
        await until(pilot, lambda: len(app.screen_stack) == 2)
        picture = app.export_screenshot(simplify=True)
        assert "baseline-nightly" in picture.replace("&#160;", " ")


async def test_a_key_that_does_nothing_now_is_dimmed_and_says_why(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await until(pilot, lambda: app.screen.query_one(KeyLine).keys and not dimmed(app))
        ended = replace(ROWS[0], status=SubmissionStatus.COMPLETE)
        backend.shown_fleet = FleetSnapshot((ended,), True)
        backend.shown_board = board(status=SubmissionStatus.COMPLETE)
        await until(pilot, lambda: dimmed(app) == {"Cancel"})
        await pilot.press("ctrl+k")
        await shows(pilot, "demo has ended: Complete.")
