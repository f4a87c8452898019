"""The logs, for the hunt: by time, filtered, graded, jumped through, copied."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.boards import board, pair
from fakes.log_views import GrowingLog, at
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog
from rich.style import Style

from console.domain.progress import EndedAttempt
from console.operations.ports.recorder import LogLine
from console.operations.recording.log_times import Times
from console.presentation.tones import Tone
from console.tui.screens import saving
from console.tui.screens.logs import LogsScreen
from console.tui.widgets.line_face import LineFace, LineSources


def run(name: str, begin: int, count: int, restarts: int = 0) -> list[LogLine]:
    """One line a second."""
    return [
        LogLine(at(begin + 1000 * n), f"{name} {restarts}.{n}", False, restarts, "p")
        for n in range(count)
    ]


def border(restarts: int) -> LogLine:
    told = f"the container started again (attempt {restarts + 1})"
    return LogLine("", told, True, restarts, "p")


@pytest.fixture
def halves(backend: FakeBackend) -> FakeBackend:
    """Pair 1 ran twice: its simulator died after 100 s, and everything began again at 200 s."""
    backend.logs.update(
        {
            f"{half}-1": GrowingLog([
                *run(short, 0 + late, 100), border(1), *run(short, 200_000 + late, 60, 1),
            ])
            for half, short, late in (("simulator", "S", 0), ("agent", "A", 500))
        }
    )  # type: ignore[arg-type]  # fmt: skip
    for name in ("simulator-2", "agent-2", "simulator-3", "agent-3", "simulator-4", "agent-4"):
        backend.logs[name] = GrowingLog([])  # type: ignore[assignment]
    for name in ("logcopy", "private-contents"):
        backend.logs[name] = GrowingLog(run("L", 150_000, 2))  # type: ignore[assignment]
    died = EndedAttempt(
        1, 1, "simulator", "crashed", 139, 11, "", datetime(2026, 11, 22, 0, 1, 40, tzinfo=UTC)
    )
    echo = EndedAttempt(
        1, 1, "agent", "lost-partner", 1, None, "", datetime(2026, 11, 22, 0, 0, 50, tzinfo=UTC)
    )
    backend.shown_board = board(pairs=(pair(1, 3, ended=(died, echo)),))
    return backend


@asynccontextmanager
async def logs(backend: FakeBackend, size: tuple[int, int] = (120, 24)):
    async with opened(backend, size) as (app, pilot):
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await until(pilot, lambda: app.screen.pane.counted)
        yield app.screen, pilot


async def test_both_halves_are_one_log_by_time_with_a_word_for_each(halves: FakeBackend) -> None:
    async with logs(halves) as (screen, pilot):
        await pilot.press("b")
        await shows(pilot, "simulator-1 + partner by time", "322 lines")
        await until(pilot, lambda: screen.pane.rows[-2:] == ["sim1 S 1.59", "agt1 A 1.59"])
        await pilot.press("b")
        await shows(pilot, "all by time", "326 lines")
        await pilot.press("b")
        await shows(pilot, "161 lines", "S 1.59")
        assert "sim1 S" not in seen(screen.app)


async def test_what_is_of_no_pair_is_joined_with_all_at_once(halves: FakeBackend) -> None:
    async with logs(halves) as (_, pilot):
        await pilot.press("shift+tab", "b")
        await shows(pilot, "all by time")


async def test_joined_or_filtered_a_paused_log_stays_at_its_time(halves: FakeBackend) -> None:
    async with logs(halves) as (screen, pilot):
        await pilot.press("at", *"00:00:40", "enter")
        await until(pilot, lambda: screen.pane.rows[0] == "S 0.40")
        await pilot.press("b")
        await shows(pilot, "322 lines", "sim1 S 0.40", "agt1 A 0.40", "‖ paused")
        await pilot.press("ampersand", *"A 0", "enter")
        await shows(pilot, "only A 0", "agt1 A 0.40", "‖ paused")


async def test_a_merged_log_that_grows_is_followed(halves: FakeBackend) -> None:
    async with logs(halves) as (screen, pilot):
        await pilot.press("b")
        await shows(pilot, "322 lines")
        halves.logs["agent-1"].held.append(LogLine(at(400_000), "newest", False, 1, "p"))
        await until(pilot, lambda: screen.pane.rows[-1] == "agt1 newest")


async def test_a_filter_leaves_lines_and_rulers_and_stays_in_view(halves: FakeBackend) -> None:
    async with logs(halves) as (screen, pilot):
        await pilot.press("ampersand", *"[.]7$", "enter")
        await shows(pilot, "only [.]7$", "3 lines")
        await until(pilot, lambda: len(screen.pane.rows) == 3)
        assert [row.strip("─ ") for row in screen.pane.rows] == [
            "S 0.7", "the container started again (attempt 2)", "S 1.7",
        ]  # fmt: skip
        await pilot.press("b")
        await until(pilot, lambda: screen.pane.rows[-1:] == ["agt1 A 1.7"])
        await pilot.press("ampersand", *"!S ", "enter")
        await shows(pilot, "not S")
        await until(pilot, lambda: "sim1 S 1.7" not in screen.pane.rows)
        assert "agt1 A 1.7" in screen.pane.rows
        await pilot.press("escape")
        await shows(pilot, "322 lines")


async def test_what_is_no_expression_filters_by_its_letters(halves: FakeBackend) -> None:
    halves.logs["simulator-1"] = GrowingLog([LogLine("", "f(x"), LogLine("", "y")])  # type: ignore[assignment]
    async with logs(halves) as (screen, pilot):
        await pilot.press("ampersand", *"f(", "enter")
        await until(pilot, lambda: screen.pane.rows == ["f(x"])


async def test_a_search_keeps_the_lines_around_and_its_pattern_in_view(
    halves: FakeBackend,
) -> None:
    async with logs(halves) as (_, pilot):
        await pilot.press("slash", *"0.50", "enter")
        await shows(pilot, "search 1/1", "/0.50", "S 0.49", "S 0.51")


async def test_times_are_the_clusters_since_the_begin_since_the_attempt_or_none(
    halves: FakeBackend,
) -> None:
    async with logs(halves) as (screen, pilot):
        for last in (
            "00:04:19.000  S 1.59",
            " +0:04:19.000  S 1.59",
            " +0:00:59.000  S 1.59",
            "S 1.59",
        ):
            await pilot.press("t")
            await until(pilot, lambda last=last: screen.pane.rows[-1] == last)
        await pilot.press("b", "t", "t", "t")
        await until(pilot, lambda: screen.pane.rows[-1] == " +0:00:59.000  agt1 A 1.59")


async def test_one_goes_from_attempt_to_attempt(halves: FakeBackend) -> None:
    async with logs(halves) as (screen, pilot):
        await pilot.press("left_curly_bracket")
        await shows(pilot, "the container started again (attempt 2)", "‖ paused")
        assert screen.pane.hit == 100
        await pilot.press("left_curly_bracket")
        await until(pilot, lambda: screen.pane.hit == 0)
        await pilot.press("left_curly_bracket")
        await shows(pilot, "There is no attempt above.")
        await pilot.press("right_curly_bracket")
        await until(pilot, lambda: screen.pane.hit == 100)


async def test_one_goes_to_deaths_and_never_to_those_that_they_brought(
    halves: FakeBackend,
) -> None:
    async with logs(halves) as (screen, pilot):
        await pilot.press("b")
        await shows(pilot, "322 lines")
        await pilot.press("D")
        await shows(pilot, "agt1 A 0.99", "sim1 S 0.99")
        died = screen.pane.hit
        await pilot.press("D")
        await shows(pilot, "There is no death that a supervisor told of above.")
        await pilot.press("g", "d")
        await until(pilot, lambda: screen.pane.hit == died)


async def test_the_first_error_is_found_and_said_to_be_missing(halves: FakeBackend) -> None:
    halves.logs["agent-1"].held[30] = LogLine(at(30_500), "ValueError: odd", False, 0, "p")
    halves.logs["agent-1"].held[60] = LogLine(at(60_500), "ERROR: later", False, 0, "p")
    async with logs(halves) as (screen, pilot):
        await pilot.press("e")
        await shows(pilot, "No line of this log tells of an error.")
        await pilot.press("b")
        await shows(pilot, "322 lines")
        await pilot.press("e")
        await shows(pilot, "agt1 ValueError: odd", "sim1 S 0.30")
        assert screen.pane.hit == 61


async def test_a_route_is_gone_to_by_its_number(halves: FakeBackend) -> None:
    told = "\x1b[1m========= Preparing RouteScenario_7 (repetition 0) =========\x1b[0m"
    halves.logs["simulator-1"].held[20] = LogLine(at(20_000), told, False, 0, "p")
    async with logs(halves) as (_, pilot):
        await pilot.press("R", "7", "enter")
        await shows(pilot, "Preparing RouteScenario_7", "search 1/1")


async def test_a_time_is_gone_to_in_a_merged_log(halves: FakeBackend) -> None:
    async with logs(halves) as (screen, pilot):
        await pilot.press("b")
        await shows(pilot, "322 lines")
        await pilot.press("at", *"00:01:10", "enter")
        await until(pilot, lambda: screen.pane.rows[:2] == ["sim1 S 0.70", "agt1 A 0.70"])


async def test_what_is_marked_is_copied_and_saved_with_its_sources(
    halves: FakeBackend, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with logs(halves, (120, 14)) as (screen, pilot):
        copied: list[str] = []
        monkeypatch.setattr(screen.app, "copy_to_clipboard", copied.append)
        await pilot.press("b")
        await shows(pilot, "322 lines")
        await pilot.press("g", "m")
        await shows(pilot, "marked from 1")
        shown = len(screen.pane.rows)
        await pilot.press("c")
        assert copied[0].split("\n")[:2] == ["simulator-1 S 0.0", "agent-1 A 0.0"]
        assert len(copied[0].split("\n")) == shown
        await pilot.press("ctrl+s")
        await until(pilot, lambda: [*tmp_path.glob("*.log")])
        (file,) = tmp_path.glob("*.log")
        assert file.read_text().splitlines()[1] == f"agent-1 {at(500)} A 0.0"


async def test_a_long_filter_can_be_left_for_another(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = FakeLog(200_000)
    async with logs(backend) as (screen, pilot):
        await pilot.press("ampersand", *"frame", "enter", "escape")
        await shows(pilot, "200,000 lines")
        assert not screen.choice.filters


# --- how a line looks


def face() -> LineFace:
    styles = {tone: Style(color=f"color({number})") for number, tone in enumerate(Tone)}
    return LineFace(styles.__getitem__)


def test_errors_and_warnings_have_their_colours_and_ansi_colours_stay() -> None:
    shown = face().text(LogLine("", "ERROR: \x1b[32mgreen\x1b[0m"), 80)
    assert [span.style.color.name for span in shown.spans] == [
        f"color({[*Tone].index(Tone.FAIL)})", "color(2)",
    ]  # fmt: skip
    assert face().text(LogLine("", "all is well"), 80).spans == []


def test_a_bar_that_rewrites_its_line_shows_its_last_state() -> None:
    assert face().text(LogLine("", " 10%|#  | \r 90%|## |\r"), 80).plain == " 90%|## |"


def test_sources_are_told_apart_and_aligned() -> None:
    own = face()
    own.open(LineSources({}, {"simulator-1": "sim1", "logcopy": "copying"}))
    one, two = (
        own.text(LogLine("", "x", container=name), 80) for name in ("simulator-1", "logcopy")
    )
    assert (one.plain, two.plain) == ("sim1    x", "copying x")
    assert one.spans[0].style != two.spans[0].style
    ruler = own.text(LogLine("", "again", True, container="logcopy"), 30).plain
    assert ruler.startswith("copying ── again ─")
    assert len(ruler) == 30


def test_until_the_logs_are_counted_nothing_is_asked_of_them() -> None:
    own = face()
    own.open(LineSources({"": None}))  # type: ignore[dict-item]
    own.times = Times.ATTEMPT
    assert own.text(LogLine(at(1000), "x"), 80).plain.strip() == "x"


async def test_keys_are_answered_while_the_first_error_is_still_looked_for(
    halves: FakeBackend,
) -> None:
    found, log = threading.Event(), halves.logs["simulator-1"]
    held = log.search

    def search(pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        assert found.wait(60)
        yield from held(pattern, ignore_case=ignore_case)

    log.search = search  # type: ignore[method-assign]
    log.held[30] = LogLine(at(30_500), "ValueError: odd", False, 0, "p")
    async with logs(halves) as (screen, pilot):
        await pilot.press("e")
        await shows(pilot, "looking for an error…")
        await pilot.press("g")
        await shows(pilot, "‖ paused", "looking for an error…")
        found.set()
        await shows(pilot, "ValueError: odd")
        assert screen.status.looking == ""


async def test_escape_stops_looking_and_stays_in_the_log(halves: FakeBackend) -> None:
    looked, left, log = threading.Event(), threading.Event(), halves.logs["simulator-1"]
    log.held[30] = LogLine(at(30_500), "ValueError: odd", False, 0, "p")

    def search(pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        looked.set()
        assert left.wait(60)
        yield []
        raise AssertionError("nobody waits for it any more")

    log.search = search  # type: ignore[method-assign]
    async with logs(halves) as (screen, pilot):
        await pilot.press("e")
        await until(pilot, looked.is_set)
        await shows(pilot, "looking for an error…")
        await pilot.press("escape")
        await until(pilot, lambda: "looking" not in seen(screen.app))
        left.set()
        await until(pilot, lambda: all(each.is_finished for each in screen.workers))
        assert screen.is_current
        assert screen.pane.hit is None


async def test_a_file_that_takes_its_time_tells_how_far_it_is_and_escape_stops_it(
    halves: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(saving, "BLOCK", 100)
    going_on, log = threading.Event(), halves.logs["simulator-1"]
    held = log.lines

    def lines(start: int, stop: int) -> list[LogLine]:
        assert start != 100 or going_on.wait(60)
        return held(start, stop)

    async with logs(halves) as (screen, pilot):
        log.lines = lines  # type: ignore[method-assign]
        await pilot.press("ctrl+s")
        await shows(pilot, "saving… 100 lines")
        await pilot.press("escape")
        going_on.set()
        await shows(pilot, "Nothing is saved.")
        await until(pilot, lambda: "saving" not in seen(screen.app))
        assert screen.is_current
    assert not [name for name in os.listdir(tmp_path) if name.startswith((".demo", "demo"))]
