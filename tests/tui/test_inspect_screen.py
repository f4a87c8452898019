"""Why did pair 3 die? What the inspection shows, and what its keys do."""

from __future__ import annotations

import pytest
from fakes.failed_pair import OUT_OF_MEMORY, HeldLogs, at, inspecting, of_a_failed_pair, row_of
from fakes.pilots import seen, shows, until
from fakes.sweeps import sweep

from console.tui.screens.logs import LogsScreen


@pytest.fixture
def backend() -> HeldLogs:
    return of_a_failed_pair()


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40), (200, 60)], (80, 24)))
async def test_the_four_answers_are_there_at_once_at_every_size(
    backend: HeldLogs, size: tuple[int, int]
) -> None:
    async with inspecting(backend, size) as (_, pilot, _screen):
        await shows(
            pilot,
            "3 ‼ failed",
            "agent crashed (exit 1) first",
            "owner ",
            "the team's agent",
            "next    ",
            "proof   ",
            "▶",
            "CUDA out of memory",
        )


async def test_the_timeline_is_there_while_the_logs_are_still_read(backend: HeldLogs) -> None:
    backend.ready.clear()
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "reading the logs…", "attempt 2: agent crashed first (exit 1)", "▸12─")
        assert screen.inspection is None
        backend.ready.set()
        await shows(pilot, "owner ")


async def test_both_attempts_are_drawn_with_what_died_first_and_what_followed(
    backend: HeldLogs,
) -> None:
    async with inspecting(backend) as (app, pilot, _):
        await shows(pilot, "▸12─", "proof")
        assert row_of(app, "agent ").count("✗") == 2
        assert row_of(app, "simulator ").count("×") == 2
        assert "╱" in row_of(app, "agent ")


async def test_the_logs_stand_beside_each_other_up_to_the_death_with_the_cause_marked(
    backend: HeldLogs,
) -> None:
    async with inspecting(backend) as (app, pilot, _):
        await shows(pilot, f"▶ {OUT_OF_MEMORY[:30]}", "── 14:04:00 agent crashed (exit 1) first")
        row = row_of(app, "14:04:00   the simulator's last line")
        assert "│  line 240" in row


async def test_the_moment_drives_the_verdict_and_the_logs(backend: HeldLogs) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "attempt 2 on RouteScenario_12")
        await pilot.press("N", "N")
        await shows(pilot, "attempt 1 on RouteScenario_12", "── 14:02:00 agent crashed (exit 1)")
        await pilot.press("n", "n", "n", "n")
        await shows(pilot, "There is no later death.")
        assert screen.looked_at.at == at(241)


async def test_arrows_move_the_moment_and_signs_zoom_around_it(backend: HeldLogs) -> None:
    async with inspecting(backend) as (app, pilot, screen):
        await shows(pilot, "╷14:00:30", "proof")
        await pilot.press("plus", "plus", "plus")
        await shows(pilot, "╷14:03:45")
        assert "14:00:30" not in row_of(app, "╷")
        await pilot.press("left")
        await until(pilot, lambda: screen.looked_at.time(screen.timelines) < at(240))
        await pilot.press("shift+left", "shift+left", "shift+left", "shift+left", "shift+left")
        await until(pilot, lambda: screen.looked_at.time(screen.timelines) < at(231))
        await pilot.press("minus", "minus", "minus", "minus")
        await shows(pilot, "╷14:00:30")


@pytest.mark.parametrize(
    ("keys", "second"),
    [(["o"], None), (["O"], 160), (["O", "O"], 80), (["T"], 130), (["T", "T"], 10), (["M"], None)],
)
async def test_letters_go_to_routes_attempts_and_events(
    backend: HeldLogs, keys: list[str], second: int | None
) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "▸12─", "proof")
        await pilot.press(*keys)
        expected = at(240) if second is None else at(second)
        await until(pilot, lambda: screen.looked_at.at == expected or screen.looked_at.at is None)
        assert screen.looked_at.time(screen.timelines) == expected


async def test_a_digit_or_tab_chooses_a_pair_and_one_that_did_not_fail_says_so(
    backend: HeldLogs,
) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "proof")
        await pilot.press("tab")
        await shows(pilot, "Nothing is known of pair 4")
        await pilot.press("1")
        await shows(pilot, "Nothing is known of pair 1")
        await pilot.press("shift+tab", "shift+tab")
        await shows(pilot, "proof")
        assert screen.looked_at.pair == 3
        await pilot.press("9")
        assert screen.looked_at.pair == 3


@pytest.mark.parametrize("size", sweep([(80, 24), (200, 60)], (80, 24)))
async def test_all_pairs_are_one_picture(backend: HeldLogs, size: tuple[int, int]) -> None:
    async with inspecting(backend, size) as (_, pilot, _screen):
        await shows(pilot, "proof")
        await pilot.press("a")
        await shows(pilot, "sim 1", "agt 1", "sim 4", "agt 4", "owner ", "pair 3 agent crashed")
        await pilot.press("a")
        await until(pilot, lambda: "agt 1" not in seen(pilot.app))


async def test_the_whole_verdict_takes_the_place_of_the_logs(backend: HeldLogs) -> None:
    async with inspecting(backend, (80, 24)) as (_, pilot, _screen):
        await shows(pilot, "14:04:00 agt")
        await pilot.press("v")
        await until(pilot, lambda: "14:04:00 agt" not in seen(pilot.app))
        await pilot.press("v")
        await shows(pilot, "14:04:00 agt")


async def test_the_verdict_is_copied_with_what_it_rests_on(backend: HeldLogs) -> None:
    backend.ready.clear()
    async with inspecting(backend) as (app, pilot, _):
        await pilot.press("y")
        await shows(pilot, "there is no verdict yet")
        backend.ready.set()
        await shows(pilot, "proof")
        await pilot.press("y")
        await until(pilot, lambda: "proof" in app.clipboard)
        assert app.clipboard.startswith("demo, pair 3\nThe agent")
        assert OUT_OF_MEMORY in app.clipboard


async def test_enter_opens_the_log_at_the_line_that_tells_the_cause(backend: HeldLogs) -> None:
    async with inspecting(backend) as (app, pilot, _):
        await shows(pilot, "proof")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen) and app.screen.pane.hit)
        assert isinstance(app.screen, LogsScreen)
        assert (app.screen.tabs.chosen, app.screen.pane.hit) == ("agent-3", 239)


async def test_a_click_points_at_a_moment_and_a_pair(backend: HeldLogs) -> None:
    async with inspecting(backend) as (_, pilot, screen):
        await shows(pilot, "proof")
        await pilot.press("a")
        await shows(pilot, "sim 4")
        await pilot.click("TimelinePane", offset=(60, 1))
        await until(pilot, lambda: screen.looked_at.pair == 1)
        assert at(90) < screen.looked_at.time(screen.timelines) < at(160)
