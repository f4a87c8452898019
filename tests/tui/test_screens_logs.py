"""The log pane and its screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.boards import board, running
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog, lines
from msgspec.structs import replace
from textual import events

from console.domain.events import StreamState
from console.operations.ports.recorder import LogLine
from console.tui.screens.logs import LogsScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.widgets.log_pane import LogPane


async def test_a_million_lines_cost_only_the_visible_ones(backend: FakeBackend) -> None:
    log = backend.logs["simulator-1"] = FakeLog(1_000_000)
    async with opened(backend) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "999999", "1,000,000 lines", "● following")
        for key in ("g", "pagedown", "k", "G", "w", "w", "t"):
            await pilot.press(key)
        log.count += 5_000
        await shows(pilot, "1004999", "1,005,000 lines")
        assert max(stop - start for start, stop in log.read) <= 40
        assert sum(stop - start for start, stop in log.read) < 20_000


async def test_pausing_counts_what_arrives_and_the_end_key_follows_again(
    backend: FakeBackend,
) -> None:
    log = backend.logs["simulator-1"] = FakeLog(500)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "frame     499")
        await pilot.press("k")
        await shows(pilot, "‖ paused", "frame     479")
        log.count += 345
        await shows(pilot, "+345 new lines", "frame     479")
        await pilot.press("G")
        await shows(pilot, "● following", "frame     844")
        assert "new lines" not in seen(app)


async def test_tab_steps_through_all_ten_containers(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        screen = app.screen
        assert isinstance(screen, LogsScreen)
        visited = []
        for _ in range(10):
            visited.append(screen.tabs.chosen)
            await pilot.press("tab")
        assert len(set(visited)) == 10
        assert screen.tabs.chosen == "simulator-1"
        await pilot.press("shift+tab")
        assert screen.tabs.chosen == "private-contents"


async def test_search_counts_hits_and_goes_round(backend: FakeBackend) -> None:
    texts = [f"line {n} {'ERROR' if n % 50 == 7 else 'fine'}" for n in range(200)]
    backend.logs["simulator-1"] = lines(*texts)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "line 199")
        await pilot.press("slash", *"error", "enter")
        await shows(pilot, "search 4/4", "line 157 ERROR")
        await pilot.press("n")
        await shows(pilot, "search 1/4", "line 7 ERROR")
        await pilot.press("N", "N")
        await shows(pilot, "search 3/4", "line 107 ERROR")
        await pilot.press("escape")
        await until(pilot, lambda: "search" not in seen(app).lower().replace("/ search", ""))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


async def test_the_whole_log_is_saved_to_a_new_file(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo.simulator-1.log").write_text("older")
    backend.logs["simulator-1"] = FakeLog(12_345)
    async with opened(backend) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "12,345 lines")
        await pilot.press("ctrl+s")
        file = tmp_path / "demo.simulator-1-2.log"
        await until(pilot, file.exists)
    saved = file.read_text().splitlines()
    assert len(saved) == 12_345
    assert "\x1b" not in saved[0]
    assert (tmp_path / "demo.simulator-1.log").read_text() == "older"


async def test_a_log_that_is_not_there_yet_appears_once_it_is(backend: FakeBackend) -> None:
    known, backend.shown_board = backend.shown_board, board(job=None)
    async with opened(backend) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "Nothing is known of demo yet.")
        backend.shown_board = known
        await shows(pilot, "frame     499")


async def test_the_mouse_wheel_scrolls_three_lines_and_pauses(backend: FakeBackend) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "frame     499")
        pane = app.screen.query_one(LogPane)
        top = pane.first_line
        where = {"x": 5, "y": 5, "delta_x": 0, "delta_y": 0, "button": 0}
        keys = {"shift": False, "meta": False, "ctrl": False}
        pane.post_message(events.MouseScrollUp(pane, **where, **keys))
        await until(pilot, lambda: not pane.following and pane.first_line == top - 3)
        pane.post_message(events.MouseScrollDown(pane, **where, **keys))
        await until(pilot, lambda: pane.following and pane.first_line == top)


async def test_new_lines_that_were_scrolled_to_are_not_counted_as_new(
    backend: FakeBackend,
) -> None:
    log = backend.logs["simulator-1"] = FakeLog(100)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "frame      99")
        await pilot.press("k")
        log.count += 50
        await shows(pilot, "+50 new lines")
        await pilot.press("pagedown")
        pane = app.screen.query_one(LogPane)
        await until(pilot, lambda: pane.rows and int(pane.rows[-1].split()[4]) > 110)
        last = int(pane.rows[-1].split()[4])
        await shows(pilot, f"+{149 - last} new lines")


async def test_a_time_of_day_is_jumped_to(backend: FakeBackend) -> None:
    made = {
        n: LogLine(f"2026-11-22T{10 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.5Z", f"line {n}")
        for n in range(7200)
    }
    backend.logs["simulator-1"] = FakeLog(len(made), made)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "line 7199")
        await pilot.press("at", *"10:30", "enter")
        pane = app.screen.query_one(LogPane)
        await until(pilot, lambda: pane.first_line == 1800)
        await pilot.press("at", *"noon", "enter")
        await shows(pilot, "noon is no time")
        assert max(stop - start for start, stop in backend.logs["simulator-1"].read) <= 64


async def test_a_marked_range_is_saved_alone(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    backend.logs["simulator-1"] = lines(*(f"line {n}" for n in range(100)))
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "line 99")
        await pilot.press("g", "m")
        await shows(pilot, "marked from 1")
        last = app.screen.query_one(LogPane).rows[-1]
        await pilot.press("ctrl+s")
        count = int(last.split()[1]) + 1
        file = tmp_path / f"demo.simulator-1.1-{count}.log"
        await until(pilot, file.exists)
    assert len(file.read_text().splitlines()) == count


async def test_nobody_follows_a_log_that_has_ended(backend: FakeBackend) -> None:
    streams = (("simulator-1", StreamState.ENDED, ""), ("agent-1", StreamState.LIVE, ""))
    backend.shown_board = board(streams=streams)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "■ at the end", "stream ended")
        assert "following" not in seen(app)
        await pilot.press("tab")
        await shows(pilot, "● following", "stream live")
        backend.shown_board = board(streams=streams, live=False, stale_why="It does not answer.")
        await shows(pilot, "stream ?")


async def test_a_long_reason_why_nothing_comes_leaves_the_log_s_name_and_its_stream_s_state(
    backend: FakeBackend,
) -> None:
    why = "The node does not deliver the log of simulator-1 in demo-x1y2z. " * 3
    streams = (("simulator-1", StreamState.RECONNECTING, why),)
    backend.shown_board = board(streams=streams)
    async with opened(backend, (120, 40)) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "simulator-1", "! The node does not deliver", "…  stream reconnecting")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_container_that_is_not_ours_has_its_log_behind_ours(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    pod = board().pod
    assert pod is not None
    mesh = running("istio-proxy-with-a-long-name")
    backend.shown_board = board(pod=replace(pod, containers=(mesh, *pod.containers)))
    backend.logs[mesh.name] = lines("envoy is up")
    async with opened(backend, size) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "simulator-1")
        await pilot.press("shift+tab")
        await shows(pilot, "envoy is up", " istio-proxy-with-a-long-name ")
