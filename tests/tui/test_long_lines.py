"""A line of any length: what is sought in it is on the screen, wherever in it that stands."""

from __future__ import annotations

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog
from fakes.sweeps import sweep_rows

from console.operations.ports.recorder import LogLine
from console.tui.widgets.log_pane import LogPane
from console.tui.widgets.sought_place import first_column, rows_passed_over


def lines(*texts: str) -> FakeLog:
    return FakeLog(len(texts), {n: LogLine("", text) for n, text in enumerate(texts)})


FAR = sweep_rows([(3_000, "w"), (90_000, "w"), (90_000, "")], (90_000, "w"), (90_000, ""))


@pytest.mark.parametrize(("before", "wrap"), FAR)
async def test_a_hit_far_to_the_right_is_seen(backend: FakeBackend, before: int, wrap: str) -> None:
    far = "begin " + "x" * before + " needle " + "y" * 9_000
    backend.logs["simulator-1"] = lines(*["short"] * 50, far, *["other"] * 50)
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "other")
        await pilot.press(*wrap, "slash", *"needle", "enter")
        await shows(pilot, "xxx needle yyy", "1/1")


async def test_a_hit_stays_in_sight_when_lines_are_wrapped_and_when_they_are_not(
    backend: FakeBackend,
) -> None:
    far = "x" * 3_040 + " needle " + "y" * 3_000
    backend.logs["simulator-1"] = lines(*["z" * 500] * 50, far, "other")
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "other")
        await pilot.press("slash", *"needle", "enter")
        await shows(pilot, "xxx needle yyy")
        await pilot.press("w")
        await shows(pilot, "wrap", "xxx needle yyy")
        await pilot.press("w")
        await until(pilot, lambda: "wrap" not in seen(pilot.app))
        await shows(pilot, "xxx needle yyy")


async def test_the_next_hit_of_a_short_line_is_seen_from_its_begin(backend: FakeBackend) -> None:
    far = "x" * 3_000 + " needle"
    backend.logs["simulator-1"] = lines("first needle", *["between"] * 50, far)
    async with opened(backend, (80, 24)) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "between")
        await pilot.press("slash", *"needle", "enter")
        await shows(pilot, "xxx needle", "2/2")
        await pilot.press("n")
        await shows(pilot, "first needle", "1/2")


async def test_what_is_left_out_of_a_line_around_its_hit_is_told(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = lines("x" * 90_000 + " needle " + "y" * 90_000)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "xxx")
        await pilot.press("slash", *"needle", "enter")
        await shows(pilot, "xxx needle yyy")
        pane = app.screen.query_one(LogPane)
        pane.scroll_to(x=0, animate=False)
        await shows(pilot, "cut … xxx")
        pane.scroll_to(x=pane.max_scroll_x, animate=False)
        await shows(pilot, "yyy … cut")


def test_what_is_seen_anyway_moves_nothing() -> None:
    assert first_column(70, left=20, width=80) == 20
    assert first_column(10, left=20, width=80) == 0
    assert rows_passed_over(79, width=80, height=10) == 0
    assert rows_passed_over(8000, width=80, height=9) == 97
