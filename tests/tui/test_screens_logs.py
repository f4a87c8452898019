"""The log pane and its screen."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog, board, running
from msgspec.structs import replace
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from console.domain.events import StreamState
from console.operations.ports.recorder import LogLine
from console.tui.app import ConsoleApp
from console.tui.screens.logs import LogsScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.widgets import log_search
from console.tui.widgets.log_pane import LogPane


def lines(*texts: str) -> FakeLog:
    made = {n: LogLine("2026-11-22T16:01:07.5Z", text) for n, text in enumerate(texts)}
    return FakeLog(len(texts), made)


def cells(rows: list[Strip]) -> list[list[tuple[str, Style | None]]]:
    """Each glyph with its style."""
    return [[(glyph, each.style) for each in row for glyph in each.text] for row in rows]


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


async def test_rows_are_painted_as_textual_would(backend: FakeBackend) -> None:
    """The pane takes a shorter way than other widgets."""
    texts = ("plain", "\x1b[31mred\x1b[0m then not", "wide 世界 é", "x" * 300, "tab\there", "")
    backend.logs["simulator-1"] = lines(*texts)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "red then not", "世界")
        for key in ("t", "w", "right"):
            await pilot.press(key)
            pane = app.screen.query_one(LogPane)
            region = Region(0, 0, *pane.scrollable_content_region.size)
            for crop in (region, Region(3, 1, 40, 4)):
                ours = cells(pane.render_lines(crop))
                pane._styles_cache.clear()
                assert ours == cells(pane._styles_cache.render_widget(pane, crop))


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


async def test_timestamps_and_wrapping_are_toggled(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = lines("short", "x" * 150 + "END")
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "short")
        assert "END" not in seen(app)
        await pilot.press("w", "t")
        await shows(pilot, "END", "16:01:07.5", "wrap")


async def test_every_line_can_be_reached_while_long_lines_are_wrapped(
    backend: FakeBackend,
) -> None:
    backend.logs["simulator-1"] = lines(*(f"<{n}>" + "y" * 300 for n in range(12)))
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "<11>")
        await pilot.press("w", "g")
        seen_lines = set()
        for _ in range(12):
            await pilot.pause()
            seen_lines |= {n for n in range(12) if f"<{n}>" in seen(app)}
            await pilot.press("j")
        assert seen_lines == set(range(12))


async def test_long_lines_scroll_sideways(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = lines("a" * 100 + "MIDDLE" + "b" * 100)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "aaaa")
        assert "MIDDLE" not in seen(app)
        await until(pilot, lambda: app.screen.query_one(LogPane).max_scroll_x and app.focused)
        await pilot.press("right", "right", "right")
        await shows(pilot, "MIDDLE")


async def test_a_restart_is_a_ruler_across_the_pane(backend: FakeBackend) -> None:
    log = lines("before", "ignored", "after")
    log.given[1] = LogLine("", "restarted: attempt 2", gap=True)
    backend.logs["simulator-1"] = log
    async with opened(backend) as (_, pilot):
        await pilot.press("l")
        await shows(pilot, "before", "── restarted: attempt 2 ───", "after")


async def test_colours_stay_and_everything_else_is_harmless(backend: FakeBackend) -> None:
    backend.logs["simulator-1"] = lines(
        "\x1b]0;title\x07plain [red]markup[/red] [/nothing]",
        "\x1b[31mred\x1b[0m \x1b[2J\x1b[10;10Hmoved \x9b5n",
        "bidi \u202e evil \u2066 bell \x07 back \x08",
        "\x1b[8mhidden\x1b[0m",
        "z" * 200_000,
    )
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "plain [red]markup[/red] [/nothing]", "red moved", "bell ␇ back ␈")
        text = seen(app)
        assert not set(text) & {"\x1b", "\x07", "\x08", "\x9b", "\u202e", "\u2066"}
        assert "title" not in text
        strips = app.screen._compositor.render_strips(app.size)
        styles = [s.style for strip in strips for s in strip if s.text in ("red", "hidden")]
        red, hidden = styles
        assert red is not None
        assert red.color is not None
        assert hidden is not None
        assert not hidden.conceal


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


class SlowLog(FakeLog):
    """Its first count takes until it is allowed to end."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.asked, self.allowed = threading.Event(), threading.Event()

    def line_count(self) -> int:
        self.asked.set()
        assert self.allowed.wait(30)
        return super().line_count()


@asynccontextmanager
async def uncounted(
    backend: FakeBackend, count: int
) -> AsyncIterator[tuple[ConsoleApp, Pilot[None], SlowLog]]:
    """A log's screen on which its end is shown and its count goes on until it is allowed to end."""
    log = backend.logs["simulator-1"] = SlowLog(count)
    async with opened(backend, (80, 24)) as (app, pilot):
        await pilot.press("l")
        await until(pilot, log.asked.is_set)
        await shows(pilot, f"frame {count - 1:>7}", "0+ lines", "● following")
        yield app, pilot, log
        log.allowed.set()


async def test_a_big_log_shows_its_end_and_takes_keys_before_it_is_counted(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (app, pilot, log):
        await pilot.press("t", "k", "pageup")
        await shows(pilot, "‖ paused", "time", "0+ lines")
        assert "frame     999" not in seen(app)
        shown = app.screen.query_one(LogPane).rows[0]
        log.allowed.set()
        await shows(pilot, "1,000 lines", "‖ paused")
        await until(pilot, lambda: app.screen.query_one(LogPane).rows[0] == shown)
        assert app.screen.query_one(LogPane).unseen == 0


async def test_going_down_again_before_the_count_follows_what_arrives(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (_, pilot, log):
        await pilot.press("pageup", "pagedown")
        await shows(pilot, "● following")
        log.count += 345
        await shows(pilot, "frame    1344", "0+ lines")
        log.allowed.set()
        await shows(pilot, "frame    1344", "1,345 lines")


async def test_the_key_to_the_first_line_is_obeyed_when_the_log_is_counted(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (app, pilot, log):
        await pilot.press("g")
        await shows(pilot, "‖ paused")
        log.allowed.set()
        await shows(pilot, "frame       0", "1,000 lines", "‖ paused")
        assert "frame     999" not in seen(app)


async def test_what_needs_line_numbers_says_that_they_are_being_counted(
    backend: FakeBackend,
) -> None:
    async with uncounted(backend, 1000) as (_, pilot, log):
        await pilot.press("m")
        await shows(pilot, "Its lines are being counted.")
        await pilot.press("slash", *"frame +99[0-3]", "enter")
        log.allowed.set()
        await shows(pilot, "search 4/4", "frame     993", "1,000 lines")


async def test_a_search_with_more_hits_than_are_kept_says_so(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_search, "MOST_HITS", 300)
    for name, count in (("simulator-1", 300), ("agent-1", 301)):
        backend.logs[name] = FakeLog(count)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "300 lines")
        await pilot.press("slash", *"frame", "enter")
        await shows(pilot, "search 300/300")
        await pilot.press("tab", "slash", *"frame", "enter")
        await shows(pilot, "301 lines", "search 300 of the first 300 of 301")
        assert "300/300" not in seen(app)


async def test_a_log_that_has_grown_since_its_search_may_hold_more(backend: FakeBackend) -> None:
    log = backend.logs["simulator-1"] = FakeLog(50)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "50 lines")
        await pilot.press("slash", *"frame", "enter")
        await shows(pilot, "search 50/50")
        assert "50/50+" not in seen(app)
        log.count += 7
        await shows(pilot, "57 lines", "search 50/50+")


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
