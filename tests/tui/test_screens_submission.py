"""Monitor, events, manifest and results of one submission."""

from __future__ import annotations

import pytest
from fakes.boards import CRASH, NOW, board, cells, pair
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog
from fakes.sweeps import sweep
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.progress import EndedAttempt, MergedResult, MergeProblem, MergeStatus
from console.operations.ports.recorder import LogLine
from console.presentation.boards import forecast
from console.presentation.endings import last_ending
from console.presentation.result_tables import routes_csv
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.results import ResultsScreen
from console.tui.widgets.board_parts import PairPanel

ESSENTIAL = (
    "● Running",
    "12/20",
    "2/8 used: pair 2 ×2",
    "2 more resumes can work",
    "driving",
    "RouteScenario_7_rep0",
    "attempt 2",
    "score 75.0",
    "simulator crashed first",
    "(SIGSEGV)",
    "GPU 3",
    "2300",
    "2310",
    "logcopy",
    "merged 12 of 20 records",
    "BackOff",
    "● live",
)


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40), (200, 60)], (80, 24)))
async def test_everything_essential_is_readable_at_every_size(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with opened(backend, size) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, *ESSENTIAL)


async def test_panels_stand_four_by_one_two_by_two_or_as_rows(backend: FakeBackend) -> None:
    async with opened(backend, (200, 60)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))

        def corners() -> tuple[int, int]:
            regions = [panel.region for panel in app.screen.query(PairPanel)]
            return len({r.x for r in regions}), len({r.y for r in regions})

        await until(pilot, lambda: corners() == (4, 1))
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: corners() == (2, 2))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: corners() == (1, 4))
        await shows(pilot, *ESSENTIAL)


MANY = [((80, 24), 8), ((120, 40), 8), ((120, 40), 16), ((200, 60), 8), ((200, 60), 16)]


@pytest.mark.parametrize("many", sweep(MANY, MANY[2]))
async def test_every_pair_of_many_is_seen_at_once(
    backend: FakeBackend, many: tuple[tuple[int, int], int]
) -> None:
    size, pairs = many
    backend.shown_board = board(pairs=tuple(pair(number, 1) for number in range(1, pairs + 1)))
    async with opened(backend, size) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen.query(PairPanel)) == pairs)
        box = app.screen.query_one("#pairs").region
        inside = lambda: [  # noqa: E731
            box.contains_region(panel.region) and panel.content_region.height > 0
            for panel in app.screen.query(PairPanel)
        ]
        await until(pilot, lambda: all(inside()))
        await shows(pilot, "logcopy")


async def test_pairs_beyond_the_digits_are_reached_by_the_arrows(backend: FakeBackend) -> None:
    backend.shown_board = board(pairs=tuple(pair(number, 1) for number in range(1, 17)))
    async with opened(backend, (120, 40)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen.query(PairPanel)) == 16)
        await pilot.press("0", "down", "down")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-12")
        await pilot.press("1", "up")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-16")


async def test_the_monitor_has_a_panel_for_each_pair_once_the_pairs_are_known(
    backend: FakeBackend,
) -> None:
    backend.shown_board = board(pairs=())
    async with opened(backend, (200, 60)) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "pair 4 is not known yet")
        known = tuple(pair(number, 1) for number in (1, 2))
        backend.shown_board = board(pairs=known)
        numbers = lambda: [panel.number for panel in app.screen.query(PairPanel)]  # noqa: E731
        await until(pilot, lambda: numbers() == [1, 2])
        assert isinstance(app.focused, PairPanel)
        await pilot.press("3")
        await shows(pilot, "There is no pair 3.")


async def test_twenty_five_drives_of_a_1_0_pair_have_a_cell_each(backend: FakeBackend) -> None:
    backend.shown_board = board(pairs=(pair(1, 7, cells=cells(1, 7, 25)),))
    async with opened(backend, (80, 24)) as (_app, pilot):
        await pilot.press("enter")
        await shows(pilot, "7/25", "✓~✗✓~✗✓▸" + "·" * 17)


async def test_a_number_focuses_a_pair_and_opens_its_log_when_pressed_again(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await pilot.press("3")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "pair-3")
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await shows(pilot, "agent-3")


async def test_old_data_says_since_when_it_is_old(backend: FakeBackend) -> None:
    why = "no route to host, " + "which is " * 20
    backend.shown_board = board(live=False, stale_since=NOW, stale_why=why)
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "Monitor  demo", f"stale since {NOW:%H:%M:%S}", "no route to host")
        assert all(panel.has_class("stale") for panel in app.screen.query(PairPanel))


async def test_events_and_manifest_have_screens_of_their_own(backend: FakeBackend) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("e")
        await shows(pilot, "SuccessfulCreate", "Back-off restarting failed container")
        await pilot.press("escape", "y")
        await shows(pilot, "apiVersion: batch/v1", "name: demo")


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40)], (80, 24)))
async def test_results_of_twelve_routes_are_not_called_final(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with opened(backend, size) as (_app, pilot):
        await pilot.press("r")
        await shows(
            pilot, "not final", "12/20", "74.70", "RouteScenario_3_rep0", "✗ Agent timed out"
        )
        await shows(pilot, "collisions vehicle", "hit a car")


async def test_the_log_of_a_route_opens_at_its_agent_where_it_was_driven_last(
    backend: FakeBackend,
) -> None:
    texts = dict.fromkeys(range(400), "frame")
    for attempt, number in ((1, 100), (2, 200)):
        texts[number] = f"========= Preparing RouteScenario_5 (repetition 0) ========= {attempt}"
    made = {n: LogLine("2026-11-22T16:01:07.5Z", words) for n, words in texts.items()}
    backend.logs["agent-2"] = FakeLog(len(made), made)
    async with opened(backend) as (app, pilot):
        await pilot.press("r")
        await shows(pilot, "RouteScenario_5_rep0")
        assert isinstance(app.screen, ResultsScreen)
        await pilot.press(*["down"] * 5, "l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await shows(pilot, "agent-2", "Preparing RouteScenario_5 (repetition 0) ========= 2")


async def test_a_route_that_its_agents_log_does_not_hold_is_said_to_be_missing(
    backend: FakeBackend,
) -> None:
    backend.logs["agent-1"] = FakeLog(50)
    async with opened(backend) as (_app, pilot):
        await pilot.press("r")
        await shows(pilot, "RouteScenario_3_rep0")
        await pilot.press("l")
        await shows(pilot, "No line of this log has: Preparing RouteScenario_0 (repetition 0)")


async def test_there_is_nothing_to_export_before_the_first_route(backend: FakeBackend) -> None:
    backend.shown_board = board(records=())
    async with opened(backend) as (_, pilot):
        await pilot.press("r")
        await shows(pilot, "no score yet")
        await pilot.press("ctrl+s")
        await shows(pilot, "No route is finished yet.")


async def test_hostile_lines_on_the_board_stay_text(backend: FakeBackend) -> None:
    evil = "\x1b]52;c;ZXZpbA==\x07[bold]not bold[/]\x1b[31m\u2066x"
    backend.shown_board = board(pairs=(pair(1, 1, agent_line=evil),), logcopy_line=evil)
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "[bold]not bold[/]")
        assert not set(seen(app)) & {"\x1b", "\x07", "\u2066"}
        assert "ZXZpbA" not in seen(app)


def test_the_half_that_failed_by_itself_is_named_first() -> None:
    assert last_ending(pair(2, 2, ended=CRASH)) == (
        "attempt 1: simulator crashed first (SIGSEGV) on RouteScenario_6_rep0"
    )
    hung = EndedAttempt(2, 2, "agent", "hang", 1, None, "-", NOW)
    assert last_ending(pair(2, 2, ended=(*CRASH, hung))) == "attempt 2: agent hung first (exit 1)"
    assert last_ending(pair(1, 1)) == ""


def test_the_forecast_counts_resumes_that_can_still_work() -> None:
    spent = [RestartBudget.of(8, {"agent-1": n}) for n in (0, 4, 6, 8)]
    assert [forecast(budget) for budget in spent] == [
        "3 more resumes can work",
        "1 more resume can work",
        "no resume is left: the next failure ends the Job",
        "spent: the Job ends",
    ]


def test_a_route_file_has_one_row_a_route_even_without_infractions() -> None:
    text = routes_csv([replace(each, infractions=()) for each in board().records], final=True)
    assert len(text.splitlines()) == 13


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40), (200, 60)], (80, 24)))
async def test_a_long_reason_is_readable_to_its_end(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    why = (
        'The pod cannot be created: pods "demo-x" is forbidden: exceeded quota: gpus, requested 4.'
    )
    backend.shown_board = board(status=SubmissionStatus.PENDING, reason=why)
    async with opened(backend, size) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "◌ Pending", "exceeded quota", "requested 4.", "RouteScenario_7_rep0")


async def test_each_attempt_says_who_failed_first_why_and_where(backend: FakeBackend) -> None:
    hung = EndedAttempt(2, 2, "agent", "hang", None, None, "RouteScenario_7_rep0", NOW)
    backend.shown_board = board(pairs=(pair(1, 3), pair(2, 2, ended=(*CRASH, hung))))
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("e")
        await shows(
            pilot,
            "pair 2  attempt 1: simulator crashed first (SIGSEGV) on RouteScenario_6_rep0",
            "pair 2  attempt 2: agent hung first on RouteScenario_7_rep0",
        )


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40)], (80, 24)))
async def test_a_failure_that_pairs_share_stands_before_other_problems(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    missing = [MergeProblem("missing", 2, f"RouteScenario_{n} is missing") for n in range(5, 9)]
    shared = MergeProblem("shared-failure", 0, "Pairs 1, 2, 3, 4 failed alike: invalid sensors")
    backend.shown_board = board(problems=(*missing, shared))
    async with opened(backend, size) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "Pairs 1, 2, 3, 4 failed alike: invalid sensors", "5 problems (e)")
        await pilot.press("e")
        await shows(pilot, "failed alike", *(f"RouteScenario_{n} is missing" for n in range(5, 9)))


async def test_a_merge_is_complete_only_when_this_console_has_verified_it(
    backend: FakeBackend,
) -> None:
    backend.shown_board = board(merge_status=MergeStatus.COMPLETE)
    async with opened(backend) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "merge said to be complete, not verified here")
        final = MergedResult("0" * 64, "{}", final=True)
        backend.shown_board = board(merge_status=MergeStatus.COMPLETE, merged=final)
        await shows(pilot, "merge complete")


async def test_a_submission_that_has_ended_is_not_called_live(backend: FakeBackend) -> None:
    backend.shown_board = board(status=SubmissionStatus.COMPLETE)
    async with opened(backend) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, "○ ended")
        assert "● live" not in seen(app)
