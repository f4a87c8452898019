"""The list of submissions in groups or sorted, by keys and by the mouse; marks that stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from fakes.boards import NOW, ROWS, row
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.board import SubmissionStatus
from console.domain.fleet import FleetSnapshot, PairProblem, SubmissionRow, listed_first
from console.tui import kept_choices
from console.tui.app import ConsoleApp
from console.tui.screens.submissions import SubmissionsScreen

ILL = ((2, PairProblem.FAILED), (3, PairProblem.BACKING_OFF))
TEN = tuple(
    row(f"run-{number}", SubmissionStatus.RUNNING, number, created_at=NOW) for number in range(10)
)


def shown(backend: FakeBackend, *rows: SubmissionRow, live: bool = True) -> None:
    backend.shown_fleet = FleetSnapshot(tuple(listed_first(rows)), live, "", datetime.now(UTC))


def listing(app: ConsoleApp) -> SubmissionsScreen:
    assert isinstance(app.screen, SubmissionsScreen)
    return app.screen


def names(app: ConsoleApp) -> list[str]:
    return [each.split()[0] for each in listing(app).table.rows]


def marked(app: ConsoleApp) -> list[str]:
    return sorted(name for _, name, _ in listing(app).table.marks)  # type: ignore[misc]


async def test_what_needs_somebody_stands_first_under_a_heading_with_its_count(
    backend: FakeBackend,
) -> None:
    shown(backend, *ROWS, row("ill", SubmissionStatus.RUNNING, 3, pair_problems=ILL))
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "failed or failing 1", "P2 failed", "running 1", "ended 3")
        rows = seen(app).splitlines()
        assert "failed or failing" in rows[2]
        assert "ill" in rows[3]


async def test_headings_cost_no_key_and_the_first_row_s_comes_back_into_sight(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (80, 12)) as (app, pilot):
        await shows(pilot, "running 1")
        screen, visited = listing(app), []
        for _ in ROWS:
            visited.append(screen.candidate())
            await pilot.press("j")
        assert [name for _, name in filter(None, visited)] == [each.name for each in ROWS]
        await pilot.press("G", "g")
        await shows(pilot, "running 1", "▌demo")


async def test_the_cursor_stays_on_a_submission_that_changes_its_group(
    backend: FakeBackend,
) -> None:
    shown(backend, *TEN)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "running 10")
        await pilot.press("j", "j", "j", "j", "j")
        assert listing(app).candidate() == ("leaderboard", "run-5")
        shown(backend, *TEN[:5], replace(TEN[5], status=SubmissionStatus.BLOCKED), *TEN[6:])
        await shows(pilot, "blocked 1", "running 9")
        assert listing(app).candidate() == ("leaderboard", "run-5")
        assert listing(app).table.cursor == 0


@pytest.mark.parametrize(
    ("key", "title", "first"),
    [("N", "SUBMISSION↑", "baseline-nightly"), ("A", "AGE↑", "demo"), ("S", "STATUS↑", "demo")],
)
async def test_a_key_sorts_and_again_the_other_way_and_escape_groups_again(
    backend: FakeBackend, key: str, title: str, first: str
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "running 1")
        await pilot.press(key)
        await shows(pilot, title, "not by need")
        assert names(app)[0] == first
        one_way = names(app)
        await pilot.press(key)
        await until(pilot, lambda: names(app) != one_way)
        await pilot.press("O")
        await until(pilot, lambda: names(app) == one_way)
        await pilot.press("escape")
        await shows(pilot, "running 1", "ended 3")


async def test_every_column_is_reached_and_after_the_last_the_groups(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "running 1")
        met = []
        for _ in listing(app).titles():
            await pilot.press("shift+right")
            order = listing(app).order
            assert order is not None
            met.append(order.title)
        assert met == [*listing(app).titles()]
        await pilot.press("shift+left")
        assert listing(app).order != order
        await pilot.press("shift+right", "shift+right")
        assert listing(app).order is None


async def test_a_click_on_a_title_sorts_and_the_wheel_scrolls(backend: FakeBackend) -> None:
    many = [replace(TEN[0], name=f"run-{n:03}", uid=f"{n}") for n in range(100)]
    shown(backend, *many)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "run-000")
        await pilot.click("LineTable", offset=(3, 0))
        await shows(pilot, "SUBMISSION↑")
        await pilot.click("LineTable", offset=(3, 0))
        await shows(pilot, "SUBMISSION↓", "run-099")
        table = listing(app).table
        before = table.cursor
        table._on_mouse_scroll_down(_wheel(pilot))
        await until(pilot, lambda: table.scroll_offset.y > 0)
        assert table.cursor == before


def _wheel(pilot: Pilot[None]) -> object:
    from textual.events import MouseScrollDown

    table = pilot.app.screen.query_one("LineTable")
    return MouseScrollDown(table, 3, 3, 0, 1, 0, False, False, False)


async def test_the_sorting_and_the_width_are_found_again(backend: FakeBackend) -> None:
    async with opened(backend) as (_, pilot):
        await shows(pilot, "running 1")
        await pilot.press("A", "ctrl+w")
        await until(pilot, lambda: kept_choices.recall().lists.get("submissions"))
        await until(pilot, lambda: kept_choices.recall().lists["submissions"].wide)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "AGE↑", "not by need")
        assert listing(app).wide


async def test_a_disk_that_takes_nothing_costs_the_memory_and_no_more(
    backend: FakeBackend,
) -> None:
    kept_choices.file().mkdir(parents=True)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "running 1")
        await pilot.press("A")
        await shows(pilot, "AGE↑")
        await until(pilot, lambda: not any(w.name == "keep look" for w in app.workers))
        assert isinstance(app.screen, SubmissionsScreen)
        app.action_themes("frost")
        await until(pilot, lambda: not any(w.name == "keep theme" for w in app.workers))
        assert isinstance(app.screen, SubmissionsScreen)


async def test_wide_tells_team_and_image_where_there_is_no_room_for_all(
    backend: FakeBackend,
) -> None:
    told = [replace(each, team="Team Raven", image="r.io/raven:3") for each in ROWS]
    shown(backend, *told)
    async with opened(backend, (80, 24)) as (app, pilot):
        await shows(pilot, "SCORE")
        assert "Team Raven" not in seen(app)
        await pilot.press("ctrl+w")
        await shows(pilot, "Team Raven")
        await pilot.press("ctrl+w")
        await until(pilot, lambda: "Team Raven" not in seen(app))


async def test_marks_survive_ticks_filters_and_sorting_and_are_told(backend: FakeBackend) -> None:
    shown(backend, *TEN)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "running 10")
        await pilot.press("space", "j", "space")
        await shows(pilot, "◆run-0", "◆run-2", "◆ 2 marked")
        shown(backend, *(replace(each, done=19) for each in TEN))
        await shows(pilot, "19/20")
        await pilot.press("slash", *"run-7", "enter")
        await until(pilot, lambda: "run-2" not in seen(app))
        await pilot.press("space", "escape", "N")
        await shows(pilot, "◆run-0", "◆run-2", "◆run-7", "◆ 3 marked")
        await pilot.press("ctrl+backslash")
        await until(pilot, lambda: "◆" not in seen(app))
        assert marked(app) == []


async def test_a_range_is_marked_from_the_last_mark_and_a_second_space_takes_one_back(
    backend: FakeBackend,
) -> None:
    shown(backend, *TEN)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "running 10")
        await pilot.press("j", "space", "j", "j", "ctrl+@")
        assert marked(app) == ["run-1", "run-2", "run-3", "run-4"]
        await pilot.press("k", "k", "space")
        assert marked(app) == ["run-1", "run-3", "run-4"]


async def test_what_is_deleted_or_launched_anew_under_its_name_is_marked_no_more(
    backend: FakeBackend,
) -> None:
    shown(backend, *TEN)
    async with opened(backend) as (app, pilot):
        await shows(pilot, "running 10")
        await pilot.press("space", "space", "space")
        anew = replace(TEN[1], uid="another")
        shown(backend, anew, *TEN[2:])
        await until(pilot, lambda: marked(app) == ["run-2"])


async def test_of_two_quick_sorts_the_newer_is_kept_whichever_thread_is_last(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(backend, *TEN)
    changes: list[Callable[[kept_choices.Choices], kept_choices.Choices]] = []
    async with opened(backend) as (_, pilot):
        await shows(pilot, "running 10")
        monkeypatch.setattr(kept_choices, "keep", changes.append)
        await pilot.press("N", "A")
        await until(pilot, lambda: len(changes) == 2)
        told = kept_choices.Choices()
        for change in reversed(changes):
            told = change(told)
        assert told.lists["submissions"].title == "AGE"
