"""The keys of k9s' log view, each tried: what a user of it presses does here what it does there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from fakes.log_views import GrowingLog
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from textual.pilot import Pilot

from console.operations.ports.recorder import LogLine
from console.tui.screens.log_spans import why_nothing
from console.tui.screens.logs import LogsScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.widgets.container_tabs import ContainerTabs
from console.tui.widgets.header import Header
from console.tui.widgets.key_line import KeyLine

MINUTES = 120


def minute(ago: float) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=ago):%Y-%m-%dT%H:%M:%S.%f}000Z"


def since(name: str, *, attempts: int = 1) -> list[LogLine]:
    """One line a minute up to now; each attempt has an equal part."""
    lines: list[LogLine] = []
    for ago in range(MINUTES, 0, -1):
        restarts = (MINUTES - ago) * attempts // MINUTES
        if lines and restarts != lines[-1].restarts:
            told = f"the container started again (attempt {restarts + 1})"
            lines.append(LogLine("", told, True, restarts, "p"))
        lines.append(LogLine(minute(ago - 0.5), f"{name} {ago} minutes ago", False, restarts, "p"))
    return lines


@pytest.fixture
def minutes(backend: FakeBackend) -> FakeBackend:
    backend.logs["simulator-1"] = GrowingLog(since("sim", attempts=3))  # type: ignore[assignment]
    backend.logs["agent-1"] = GrowingLog(since("agt"))  # type: ignore[assignment]
    for name in ("simulator-2", "agent-2", "simulator-3", "agent-3", "simulator-4", "agent-4"):
        backend.logs[name] = GrowingLog([])  # type: ignore[assignment]
    for name in ("logcopy", "private-contents"):
        backend.logs[name] = GrowingLog([])  # type: ignore[assignment]
    return backend


@asynccontextmanager
async def logs(
    backend: FakeBackend, size: tuple[int, int] = (120, 24)
) -> AsyncIterator[tuple[LogsScreen, Pilot[None]]]:
    async with opened(backend, size) as (app, pilot):
        await shows(pilot, "n New")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        screen = app.screen
        assert isinstance(screen, LogsScreen)
        await until(pilot, lambda: screen.pane.counted)
        yield screen, pilot


def first_row(screen: LogsScreen) -> str:
    return screen.pane.rows[0] if screen.pane.rows else ""


@pytest.mark.parametrize(("key", "span"), [("4", 15), ("5", 30), ("6", 60)])
async def test_a_digit_shows_the_log_from_the_last_minutes_on(
    minutes: FakeBackend, key: str, span: int
) -> None:
    async with logs(minutes, (120, 16)) as (screen, pilot):
        await pilot.press(key)
        await until(pilot, lambda: first_row(screen) == f"sim {span} minutes ago")
        await shows(pilot, "‖ paused")


@pytest.mark.parametrize("key", ["2", "3"])
async def test_what_has_room_at_the_end_is_followed(minutes: FakeBackend, key: str) -> None:
    async with logs(minutes, (120, 24)) as (_, pilot):
        await pilot.press("1", key)
        await shows(pilot, "sim 5 minutes ago", "sim 1 minutes ago", "● following")


async def test_zero_is_the_end_and_one_the_begin(minutes: FakeBackend) -> None:
    async with logs(minutes) as (screen, pilot):
        await pilot.press("1")
        await until(pilot, lambda: first_row(screen) == "sim 120 minutes ago")
        await shows(pilot, "‖ paused")
        await pilot.press("0")
        await shows(pilot, "sim 1 minutes ago", "● following")


async def test_a_log_that_said_nothing_lately_says_so(minutes: FakeBackend) -> None:
    old = [LogLine(minute(90), "long ago", False, 0, "p")] * 3
    minutes.logs["simulator-1"] = GrowingLog(old)  # type: ignore[assignment]
    async with logs(minutes) as (_, pilot):
        await shows(pilot, "long ago")
        await pilot.press("3")
        await shows(pilot, "No line is of the last 5 minutes.")


def test_what_the_console_says_at_the_end_of_a_log_hides_no_age_of_it() -> None:
    """The last line of an ended log may be one of ours, which has no time."""
    ours = LogLine("", "the container started again (attempt 2)", True, 1, "p")
    old, new = (LogLine(at, "said", False, 0, "p") for at in ("2026-11-22T10", "2026-11-22T12"))
    since = "2026-11-22T11"
    assert why_nothing([old, ours], since, "minute") == "No line is of the last minute."
    assert why_nothing([old, new, ours], since, "minute") == ""
    assert why_nothing([ours], since, "minute") == "When these lines were written is not known."


async def test_a_digit_that_moves_nothing_says_why(minutes: FakeBackend) -> None:
    minutes.logs["simulator-1"] = GrowingLog(since("sim")[-3:])  # type: ignore[assignment]
    async with logs(minutes) as (_, pilot):
        await shows(pilot, "sim 1 minutes ago")
        await pilot.press("3")
        await shows(pilot, "All of the last 5 minutes is on the screen.")


async def test_a_is_all_containers_and_the_one_again(minutes: FakeBackend) -> None:
    async with logs(minutes) as (_, pilot):
        await pilot.press("a")
        await shows(pilot, "all by time", "sim1 sim 1 minutes ago", "agt1 agt 1 minutes ago")
        await pilot.press("a")
        await shows(pilot, "122 lines", "sim 1 minutes ago")


async def test_p_is_the_end_of_the_attempt_before_and_of_the_one_before_that(
    minutes: FakeBackend,
) -> None:
    async with logs(minutes) as (screen, pilot):
        pane = screen.pane
        await pilot.press("p")
        await until(pilot, lambda: pane.current_line() == "sim 41 minutes ago")
        await pilot.press("p")
        await until(pilot, lambda: pane.current_line() == "sim 81 minutes ago")
        await pilot.press("p")
        await shows(pilot, "There is no attempt before this one.")


@pytest.mark.parametrize("way", [["p"], ["enter", "p"]])
async def test_p_opens_the_log_of_what_failed_there_from_the_list_and_the_monitor(
    minutes: FakeBackend, way: list[str]
) -> None:
    minutes.logs["simulator-2"] = GrowingLog(since("two", attempts=2))  # type: ignore[assignment]
    async with opened(minutes) as (app, pilot):
        await shows(pilot, "n New")
        for key in way:
            await pilot.press(key)
            await until(pilot, lambda: not isinstance(app.screen, SubmissionsScreen))
            await shows(pilot, "Back")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await shows(pilot, "two 41 minutes ago")


async def test_s_stops_the_scrolling_and_goes_on(minutes: FakeBackend) -> None:
    async with logs(minutes) as (_, pilot):
        await shows(pilot, "● following")
        await pilot.press("s")
        await shows(pilot, "‖ paused")
        await pilot.press("s")
        await shows(pilot, "● following")


async def test_t_shows_the_times_and_w_wraps(minutes: FakeBackend) -> None:
    async with logs(minutes) as (screen, pilot):
        await pilot.press("t")
        await until(pilot, lambda: first_row(screen)[2:3] == ":")
        await pilot.press("w")
        await shows(pilot, "wrap")
        await pilot.press("w")
        await until(pilot, lambda: not screen.pane.wrap)


async def test_f_leaves_nothing_but_the_log_and_escape_brings_the_rest_back(
    minutes: FakeBackend,
) -> None:
    async with logs(minutes) as (screen, pilot):
        before = len(screen.pane.rows)
        await pilot.press("f")
        await until(pilot, lambda: len(screen.pane.rows) == before + 2)
        for hidden in (Header, ContainerTabs, KeyLine):
            assert not screen.query_one(hidden).display
        assert "simulator-1" in seen(screen.app)
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.pane.rows) == before)
        assert isinstance(screen.app.screen, LogsScreen)
        await pilot.press("f")
        await until(pilot, lambda: len(screen.pane.rows) == before + 2)
        await pilot.press("f")
        await shows(pilot, "esc Back")


async def test_shift_c_clears_and_what_comes_is_shown_alone(minutes: FakeBackend) -> None:
    async with logs(minutes) as (screen, pilot):
        await shows(pilot, "122 lines")
        await pilot.press("C")
        await shows(pilot, "cleared: 122 lines before", " 0 lines")
        assert "minutes ago" not in seen(screen.app)
        log = minutes.logs["simulator-1"]
        log.held.append(LogLine(minute(0), "fresh", False, 2, "p"))  # type: ignore[attr-defined]
        await shows(pilot, "fresh", " 1 lines")
        await pilot.press("slash", *"fresh", "enter")
        await shows(pilot, "search 1/1")
        await pilot.press("escape")
        await shows(pilot, "sim 1 minutes ago", "123 lines")
        assert "cleared" not in seen(screen.app)


async def test_a_cleared_log_is_whole_again_on_another_container(minutes: FakeBackend) -> None:
    async with logs(minutes) as (screen, pilot):
        await pilot.press("C")
        await shows(pilot, "cleared: 122 lines before")
        await pilot.press("tab")
        await shows(pilot, "agt 1 minutes ago")
        assert "cleared" not in seen(screen.app)


async def test_brackets_and_minus_go_through_the_views_in_the_logs_too(
    minutes: FakeBackend,
) -> None:
    async with logs(minutes) as (screen, pilot):
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: isinstance(screen.app.screen, SubmissionsScreen))
        await shows(pilot, "n New")
        await pilot.press("minus")
        await until(pilot, lambda: isinstance(screen.app.screen, LogsScreen))


async def test_m_marks_and_c_copies_from_there(minutes: FakeBackend) -> None:
    async with logs(minutes, (120, 16)) as (screen, pilot):
        await pilot.press("1", "m")
        await shows(pilot, "marked from 1")
        await pilot.press("c")
        await shows(pilot, "Copied")
        assert screen.app.clipboard.startswith("sim 120 minutes ago\nsim 119 minutes ago")


async def test_help_tells_of_all_these_keys(minutes: FakeBackend) -> None:
    async with logs(minutes, (160, 60)) as (_, pilot):
        await pilot.press("question_mark")
        await shows(
            pilot,
            "All containers by time",
            "The end of the attempt before",
            "From the last 5 minutes on",
            "Nothing but the log",
            "Only what comes from now on",
            "The view before this one",
        )
