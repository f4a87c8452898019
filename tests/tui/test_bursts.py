"""Keys and clicks that come faster than screens change: a held key, a slow link, a double click."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.boards import board
from fakes.contexts import FakeContexts, backend_in
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from console.domain.board import SubmissionStatus
from console.errors import ConsoleError
from console.tui import meant_input
from console.tui.app import ConsoleApp
from console.tui.backend import Link
from console.tui.navigation import back_to_list
from console.tui.screens.dialogs import ConfirmDialog
from console.tui.screens.events import EventsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.seen_first import SAME_PRESS
from console.tui.whereabouts import EMBEDDED

PLACES: dict[str, tuple[str, ...]] = {
    "list": (),
    "filter": ("slash",),
    "monitor": ("enter",),
    "logs": ("enter", "l"),
    "log search": ("l", "slash"),
    "log time": ("l", "at"),
    "results": ("enter", "r"),
    "events": ("enter", "e"),
    "manifest": ("enter", "y"),
    "compose": ("n",),
    "preflight": ("n", "ctrl+k"),
    "help": ("enter", "question_mark"),
    "line": ("enter", "colon"),
    "palette": ("enter", "ctrl+p"),
    "question": ("enter", "ctrl+d"),
    "resume": ("enter", "R"),
}
BURSTS: tuple[tuple[str, ...], ...] = (
    ("escape",) * 8,
    (*"q12", "enter", "question_mark", "colon", "ctrl+p", "escape", "ctrl+d", *"yRlre", "ctrl+l"),
)


def burst(app: ConsoleApp, *keys: str) -> None:
    """All of them at once, as a slow link delivers them."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        app.post_message(events.Key(name, key if len(key) == 1 else None))


async def settled(pilot: Pilot[None]) -> None:
    """Everything that was asked for is done: no screen comes or goes any more."""
    before = None
    while (now := [*pilot.app.screen_stack]) != before:
        before = now
        await pilot.pause(0.05)


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What went wrong inside, from the console's log."""
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "logs" / "console.log"
    return lambda: log.read_text() if log.exists() else ""


@asynccontextmanager
async def at(backend: FakeBackend, *keys: str) -> AsyncIterator[tuple[ConsoleApp, Pilot[None]]]:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press(*keys)
        await settled(pilot)
        yield app, pilot


@pytest.mark.parametrize("place", sweep(PLACES, "list", "logs", "question"))
async def test_no_burst_of_keys_breaks_a_screen(
    backend: FakeBackend, place: str, faults: Callable[[], str]
) -> None:
    if place == "resume":
        backend.shown_board = board(status=SubmissionStatus.FAILED)
    backend.lost = ("A submission ends.",)
    async with at(backend) as (app, pilot):
        for keys in BURSTS:
            await pilot.press(*PLACES[place])
            await settled(pilot)
            burst(app, *keys)
            await settled(pilot)
            assert not faults(), f"{keys}: {faults()}"
            back_to_list(app)
            await settled(pilot)
            await pilot.press("escape")
            assert isinstance(app.screen, SubmissionsScreen), keys


@pytest.mark.parametrize("key", sweep(["escape", "q"], "q"))
async def test_a_burst_that_closes_a_screen_closes_no_other(backend: FakeBackend, key: str) -> None:
    async with at(backend, "enter") as (app, pilot):
        for place in ("results", "events", "manifest", "logs"):
            await pilot.press(PLACES[place][-1])
            await until(pilot, lambda: not isinstance(app.screen, MonitorScreen))
            await settled(pilot)
            burst(app, *[key] * 20)
            await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
            await settled(pilot)
            assert isinstance(app.screen, MonitorScreen), place
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
        assert not app._exit


@pytest.mark.parametrize("keys", [(), ("i",)], ids=["list", "inspection"])
async def test_a_word_that_comes_together_with_its_colon_is_that_word(
    backend: FakeBackend, keys: tuple[str, ...]
) -> None:
    async with at(backend, *keys) as (app, pilot):
        burst(app, *":events", "enter")
        await until(pilot, lambda: isinstance(app.screen, EventsScreen))


@pytest.mark.parametrize("place", ["list", "logs"])
async def test_what_comes_together_with_a_slash_stands_in_the_line(
    backend: FakeBackend, place: str
) -> None:
    async with at(backend, *PLACES[place]) as (app, pilot):
        before = app.screen
        burst(app, "slash", *"nothing like it")
        await until(pilot, lambda: app.screen.query_one(Input).value == "nothing like it")
        assert app.screen is before


async def test_what_is_typed_behind_a_closed_question_answers_no_second_one(
    backend: FakeBackend,
) -> None:
    async with at(backend) as (app, pilot):
        burst(app, "ctrl+d", "ctrl+d", "ctrl+d")
        await shows(pilot, "Delete leaderboard/demo?")
        await settled(pilot)
        burst(app, "escape", "y", "escape", "y")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
        await settled(pilot)
        assert isinstance(app.screen, SubmissionsScreen)
        assert not [asked for asked in backend.asked if asked[0] == "delete"]


async def test_a_submission_is_launched_once_however_often_the_key_comes(
    backend: FakeBackend,
) -> None:
    async with at(backend, *PLACES["compose"]) as (app, pilot):
        await shows(pilot, "✓ ready")
        burst(app, *["ctrl+l"] * 10)
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await settled(pilot)
        assert [asked[0] for asked in backend.asked].count("launch") == 1


async def test_a_question_asks_once_and_can_be_asked_again(backend: FakeBackend) -> None:
    async with at(backend) as (app, pilot):
        for _ in range(2):
            burst(app, "ctrl+d", "ctrl+d")
            await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
            await settled(pilot)
            assert len(app.screen_stack) == 2
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 1)
            await settled(pilot)


async def test_a_question_that_is_left_by_the_palette_can_be_asked_again(
    backend: FakeBackend,
) -> None:
    async with at(backend, "ctrl+d") as (app, pilot):
        app.run_later("go('submissions')")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await settled(pilot)
        await pilot.press("ctrl+d")
        await shows(pilot, "Delete leaderboard/demo?")


async def test_the_palette_does_a_chosen_thing_once(backend: FakeBackend) -> None:
    async with at(backend, "ctrl+p") as (app, pilot):
        await pilot.press(*"manifest")
        await shows(pilot, ":manifest")
        await settled(pilot)
        burst(app, *["enter"] * 10)
        await shows(pilot, "apiVersion: batch/v1")
        await settled(pilot)
        assert len(app.screen_stack) == 2


async def test_clicks_on_a_button_that_closes_its_dialog_count_once(
    backend: FakeBackend, faults: Callable[[], str]
) -> None:
    async with at(backend, "enter", "ctrl+d") as (app, pilot):
        button = app.screen.query_one("#no")
        x, y = button.region.center
        for _ in range(5):
            for kind in (events.MouseDown, events.MouseUp):
                app.post_message(kind(None, int(x), int(y), 0, 0, 1, False, False, False))
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await settled(pilot)
        assert isinstance(app.screen, MonitorScreen)
        assert not faults()


async def test_keys_are_pressed_again_while_the_cluster_is_tried_again(
    backend: FakeBackend,
) -> None:
    started, go = asyncio.Event(), asyncio.Event()
    contexts = FakeContexts(embedded=backend_in(EMBEDDED))

    async def retry() -> None:
        backend.asked.append(("retry",))
        started.set()
        await go.wait()
        backend.shown_connection = replace(backend.shown_connection, link=Link.CONNECTED)

    backend.retry = retry  # type: ignore[method-assign]
    backend.shown_connection = replace(
        backend.shown_connection, link=Link.UNREACHABLE, problem=ConsoleError("No cluster.")
    )
    async with opened(backend, contexts=contexts) as (app, pilot):
        await shows(pilot, "No cluster.")
        burst(app, "enter", "enter", "r", "e")
        await until(pilot, started.is_set)
        await settled(pilot)
        go.set()
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
    assert [asked[0] for asked in backend.asked].count("retry") == 1
    assert contexts.ways == []


async def test_the_start_screen_closes_itself_beneath_a_dialog_and_not_the_dialog(
    backend: FakeBackend,
) -> None:
    backend.shown_connection = replace(backend.shown_connection, link=Link.UNREACHABLE)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "No cluster can be reached.")
        await pilot.press("question_mark")
        await until(pilot, lambda: len(app.screen_stack) == 3)
        backend.shown_connection = replace(backend.shown_connection, link=Link.CONNECTED)
        await settled(pilot)
        assert len(app.screen_stack) == 3
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


async def test_what_is_typed_behind_a_word_goes_into_the_choice_that_it_opens(
    backend: FakeBackend,
) -> None:
    async with at(backend) as (app, pilot):
        burst(app, "colon", *"theme", "enter", *"frost", "enter")
        await until(pilot, lambda: app.theme == "frost")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


async def test_what_is_typed_while_the_choice_is_being_opened_goes_into_it(
    backend: FakeBackend,
) -> None:
    async with at(backend) as (app, pilot):
        await pilot.press("colon", *"theme")
        await until(pilot, lambda: getattr(app.screen.focused, "value", "") == "theme")
        for key in ("enter", *"frost"):
            burst(app, key)
            await asyncio.sleep(0)
        await until(pilot, lambda: getattr(app.screen.focused, "value", "") == "frost")
        await shows(pilot, "frost")


async def test_what_comes_together_with_the_key_of_the_palette_is_sought_there(
    backend: FakeBackend,
) -> None:
    async with at(backend) as (app, pilot):
        burst(app, "ctrl+p", *"history of")
        await until(pilot, lambda: getattr(app.screen.focused, "value", "") == "history of")


async def test_no_yes_counts_that_was_typed_before_its_question_could_be_read(
    backend: FakeBackend,
) -> None:
    async with at(backend) as (app, pilot):
        asks = events.Key("ctrl+k", None)
        early = [events.Key("y", "y"), events.Key("enter", "\r")]
        app.post_message(asks)
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        for event in early:
            app.post_message(event)
        await settled(pilot)
        assert isinstance(app.screen, ConfirmDialog)
        assert not [asked for asked in backend.asked if asked[0] == "cancel"]
        await pilot.press("y")
        await until(pilot, lambda: [asked for asked in backend.asked if asked[0] == "cancel"])


async def test_a_yes_that_is_held_down_answers_one_question(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meant_input, "SAME_PRESS", SAME_PRESS)
    async with at(backend) as (app, pilot):
        held = None
        for _ in range(2):
            await shows(pilot, "demo")
            await pilot.press("ctrl+k")
            await shows(pilot, "Cancel leaderboard/demo?")
            await settled(pilot)
            before, held = held, events.Key("y", "y")
            held.time = before.time + 0.1 if before else held.time
            app.post_message(held)
            await settled(pilot)
        await shows(pilot, "Cancel leaderboard/demo?")
        assert len([asked for asked in backend.asked if asked[0] == "cancel"]) == 1
        late = events.Key("y", "y")
        late.time = max(late.time, held.time + 1.0)
        app.post_message(late)
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
