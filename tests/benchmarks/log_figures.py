"""A long log: opened, searched, and keys meanwhile."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from fakes.boards import board
from fakes.screens import FakeBackend
from figure import Figure, at_most
from recorder_figures import WHERE
from textual import events
from textual.pilot import Pilot

from console.cluster.tailing import LineBlocks
from console.domain.board import BoardSnapshot
from console.operations.ports.recorder import LogView
from console.recorder.recorder import Recorder
from console.tui import garbage
from console.tui.app import ConsoleApp
from console.tui.screens.logs import LogsScreen

CONTAINER = "simulator-1"
LINES = 1_000_000
MANY_BYTES = 1024**3
LITERALS = ("nothing like it", "error", "ERROR")
EXPRESSIONS = ("err.*timeout", "error|failed", r"frame \d+77:", r"throttle 0\.[0-3]")
PATIENT = "[aeiou]{9}"
"""Has no word that would make it fast: keys are pressed while it goes on."""
EVERYWHERE = ("throttle", r"frame +\d+")
"""Each line has it."""
KEYS = 40
CHUNK = 150_001
"""Bytes of one read in a flood, which ends anywhere in a line."""
Measure = Callable[[ConsoleApp, Pilot[None]], AsyncIterator[Figure]]


class Recorded(FakeBackend):
    """One log in a real recorder."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.shown_board = board()
        self._recorder = recorder

    def log_view(self, board: BoardSnapshot, container: str) -> LogView:  # type: ignore[override]
        return self._recorder.log(WHERE, container)


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder))
        _write(recorder, lambda lines, _: lines < LINES)
        yield _flood(recorder)
        yield from _searches(recorder)
        yield from asyncio.run(_on_screen(recorder, _keys_meanwhile))
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder))
        _write(recorder, lambda _, written: written < MANY_BYTES)
        yield from asyncio.run(_on_screen(recorder, _opening))


def _write(recorder: Recorder, more: Callable[[int, int], bool]) -> None:
    writer = recorder.claim(WHERE)
    assert writer is not None
    spool = writer.open_spool(CONTAINER, 0)
    lines = written = 0
    while more(lines, written):
        block = b"".join(line(number) for number in range(lines, lines + 1000))
        spool.write(block)
        lines, written = lines + 1000, written + len(block)
    spool.close()
    writer.release()


def line(number: int) -> bytes:
    """120 bytes, as an agent prints; one in a thousand tells of an error."""
    stamp = b"2026-11-22T10:%02d:%02d.%09dZ" % (number // 60_000 % 60, number // 1000 % 60, number)
    end = b"ERROR: no route" if number % 1000 == 7 else b"brake 0.00 gear"
    return b"%s [agent] frame %9d: speed %5.2f m/s throttle 0.71 steer -0.02 %s 1\n" % (
        stamp, number, number % 1400 / 100, end,
    )  # fmt: skip


def _flood(recorder: Recorder) -> Figure:
    """What of a flood is the console's own: a stream's chunks cut into lines and written."""
    whole = b"".join(line(number) for number in range(100_000))
    chunks = [whole[at : at + CHUNK] for at in range(0, len(whole), CHUNK)]
    writer = recorder.claim(WHERE)
    assert writer is not None
    spent = []
    for run in range(5):
        spool, lines, began = writer.open_spool("flood", run), LineBlocks(), time.thread_time()
        for chunk in chunks:
            spool.write(lines.feed(chunk))
        spent.append(time.thread_time() - began)
        spool.close()
    writer.release()
    return at_most("a flood cut and written", min(spent) / len(whole) * 1e9, 2, "CPU s/GB")


def _searches(recorder: Recorder) -> Iterator[Figure]:
    view = recorder.log(WHERE, CONTAINER)
    view.line_count()
    for pattern in LITERALS:
        yield at_most(f"search of 1 M lines for {pattern!r}", _cpu(view, pattern), 100, "ms CPU")
    for pattern in (*EXPRESSIONS, PATIENT, *EVERYWHERE):
        yield at_most(f"search of 1 M lines for {pattern!r}", _cpu(view, pattern), 1000, "ms CPU")


def _cpu(view: LogView, pattern: str) -> float:
    """Milliseconds, the least of some times."""
    spent = []
    for _ in range(3):
        began = time.thread_time()
        sum(len(some) for some in view.search(pattern))
        spent.append(time.thread_time() - began)
    return min(spent) * 1e3


async def _on_screen(recorder: Recorder, measure: Measure) -> list[Figure]:
    app = ConsoleApp(Recorded(recorder))
    garbage.hold()
    async with app.run_test(size=(120, 40)) as pilot:
        return [figure async for figure in measure(app, pilot)]


async def _opening(app: ConsoleApp, pilot: Pilot[None]) -> AsyncIterator[Figure]:
    await pilot.press("l")
    while not isinstance(app.screen, LogsScreen):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    screen, best = app.screen, 1e9
    for _ in range(5):
        screen.choose("agent-1")
        await pilot.pause(0.2)
        began = time.perf_counter()
        screen.choose(CONTAINER)
        while not any("frame" in row for row in screen.pane.rows):
            await asyncio.sleep(0)
            screen._compositor.render_strips(app.size)
        best = min(best, time.perf_counter() - began)
    yield at_most("a log of 1 GB: opened to its first screen", best * 1e3, 100, "ms")
    while not screen.pane.line_count:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    yield Figure("the same: counted", f"{(time.perf_counter() - began) * 1e3:,.0f} ms")


async def _keys_meanwhile(app: ConsoleApp, pilot: Pilot[None]) -> AsyncIterator[Figure]:
    await pilot.press("l")
    while not (isinstance(app.screen, LogsScreen) and app.screen.pane.line_count):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await pilot.press("k")
    p95 = await _p95_of_keys(app, "")
    yield Figure("key to frame, p95, while nothing is searched", f"{p95 * 1e3:,.0f} ms")
    p95 = await _p95_of_keys(app, PATIENT)
    yield at_most("key to frame, p95, while 1 M lines are searched", p95 * 1e3, 60, "ms")


async def _p95_of_keys(app: ConsoleApp, pattern: str) -> float:
    assert isinstance(app.screen, LogsScreen)
    took: list[float] = []
    pane = app.screen.pane
    while len(took) < KEYS:
        if pattern and (pane.search is None or pane.search.complete):
            pane.find(pattern)
        key, done, began = "kj"[len(took) % 2], asyncio.Event(), time.perf_counter()
        app.post_message(events.Key(key, key))
        app.screen.call_after_refresh(done.set)
        await done.wait()
        app.screen._compositor.render_strips(app.size)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.03)
    return sorted(took)[int(KEYS * 0.95)]
