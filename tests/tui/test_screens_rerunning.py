"""Driving routes of an ended submission again by a key: which, what that replaces, and then."""

from __future__ import annotations

import pytest
from fakes.boards import board
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.widgets import Input

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.progress import MergedResult
from console.errors import Conflict
from console.operations.submitting.rerun import RerunWanted
from console.tui import resume_offers
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.rerunning import RoutesDialog
from console.tui.screens.results import ResultsScreen


def ended(**more: object) -> BoardSnapshot:
    """Complete and final; a crash has ended route 7."""
    shown = board(**{"status": SubmissionStatus.COMPLETE, "pod": None, **more})
    crashed = replace(
        shown.records[0], route_id="RouteScenario_7_rep0", status="Failed - Simulation crashed"
    )
    final = MergedResult("0" * 64, "{}", final=True)
    return replace(shown, records=(crashed, *shown.records[1:]), merged=final)


def test_a_final_result_is_no_reason_against_it_and_a_running_one_is() -> None:
    assert resume_offers.why_no_rerun(ended()) == ""
    assert "not over" in resume_offers.why_no_rerun(board())
    suspended = replace(board(), status=SubmissionStatus.SUSPENDED)
    assert "cancel it first" in resume_offers.why_no_rerun(suspended)


async def test_given_up_routes_are_offered_and_what_is_replaced_is_said_before_the_launch(
    backend: FakeBackend,
) -> None:
    backend.shown_board = ended()
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await pilot.press("D")
        await shows(pilot, "Drive which routes of leaderboard/demo again?")
        assert app.screen.query_one(Input).value == "7"
        await pilot.press("enter")
        await shows(pilot, "Drive routes of leaderboard/demo again?", "a crash ended it")
        await pilot.press("enter")
        await until(pilot, lambda: backend.asked[-1] == ("launch_resumed", "demo-2"))
        assert ("offer_rerun", "leaderboard", "demo", RerunWanted(), "") in backend.asked


async def test_the_monitor_and_the_results_say_what_the_key_drives_again(
    backend: FakeBackend,
) -> None:
    backend.shown_board = ended()
    told = "D drives again what a crash has ended: 1 of 20 drives"
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await shows(pilot, told)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await shows(pilot, told)


async def test_others_can_be_named_and_what_an_agent_ended_is_chosen_apart(
    backend: FakeBackend,
) -> None:
    backend.shown_board = ended()
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, RoutesDialog))
        await pilot.press("ctrl+u", *"3,4", "tab", "right")
        assert isinstance(app.screen, RoutesDialog)
        assert app.screen.wanted == RerunWanted("3,4", finished_too=True)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
    assert not any(each[0] == "offer_rerun" for each in backend.asked)


@pytest.mark.parametrize("place", ["results", "history"])
async def test_the_results_and_the_history_have_the_key_too(place: str) -> None:
    from console.tui.screens.history import HistoryScreen

    screen = {"results": ResultsScreen, "history": HistoryScreen}[place]
    assert "D" in [each.key for each in screen.commands]


async def test_what_prevents_it_is_named(backend: FakeBackend) -> None:
    backend.shown_board = ended()
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, RoutesDialog))
        backend.raises = Conflict("demo has no drive that a crash ended: nothing was given up.")
        await pilot.press("enter")
        await shows(pilot, "nothing was given up")
