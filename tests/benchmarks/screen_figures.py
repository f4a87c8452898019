"""The screens: what a tick and a key cost while nine logs grow."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from fakes.boards import board
from fakes.screens import FakeBackend
from recorder_figures import WHERE, block

from console.domain.board import BoardSnapshot
from console.operations.ports.recorder import LogView
from console.recorder.recorder import Recorder
from console.tui import garbage
from console.tui.app import ConsoleApp
from console.tui.screens.logs import LogsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.screen import ConsoleScreen

TICKS, KEYS = 100, 60
LINES_PER_SECOND = 200_000
STREAMS = 9


def figures() -> Iterator[tuple[str, str]]:
    yield from asyncio.run(_screens())


class Growing(FakeBackend):
    """Real logs in a real recorder that nine writers fill in a thread of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.shown_board = board()
        self._recorder = Recorder(folder)
        self._ended = threading.Event()
        self._writer = threading.Thread(target=self._write)

    def begin(self) -> None:
        self._writer.start()

    def end(self) -> None:
        self._ended.set()
        self._writer.join()

    def _write(self) -> None:
        names = [*(f"{half}-{n}" for n in (1, 2, 3, 4) for half in ("simulator", "agent"))]
        writer = self._recorder.claim(WHERE)
        assert writer is not None
        spools = [writer.open_spool(name, 0) for name in (*names, "logcopy")]
        piece = block()
        pause = STREAMS * piece.count(b"\n") / LINES_PER_SECOND
        due = time.perf_counter()
        while not self._ended.wait(max(due - time.perf_counter(), 0)):
            due += pause
            for spool in spools:
                spool.write(piece)
        for spool in spools:
            spool.close()

    def log_view(self, board: BoardSnapshot, container: str) -> LogView:  # type: ignore[override]
        return self._recorder.log(WHERE, container)


async def _screens() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        backend = Growing(Path(folder))
        app = ConsoleApp(backend)
        garbage.hold()
        async with app.run_test(size=(120, 40)) as pilot:
            backend.begin()
            for key, screen in (("enter", MonitorScreen), ("l", LogsScreen)):
                await pilot.press(key)
                while not isinstance(app.screen, screen):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                await pilot.pause(0.5)
                name = f"{screen.TITLE_WORD}, {LINES_PER_SECOND // 1000}k lines/s"
                found.append((f"{name}: CPU of a tick", await _tick(app)))
                found.append((f"{name}: key to frame", await _keys(app)))
            backend.end()
    return found


async def _tick(app: ConsoleApp) -> str:
    """CPU time of the screen's tick with the painting that follows it."""
    screen, spent = app.screen, []
    assert isinstance(screen, ConsoleScreen)
    for _ in range(TICKS):
        began = time.thread_time()
        screen._tick()
        screen._compositor.render_strips(app.size)
        spent.append(time.thread_time() - began)
        await asyncio.sleep(0.02)
    return _spread(spent)


async def _keys(app: ConsoleApp) -> str:
    """From a key in the app's queue to the screen as it is after it."""
    from textual import events

    took = []
    for number in range(KEYS):
        done = asyncio.Event()
        began = time.perf_counter()
        app.post_message(events.Key("kj"[number % 2], "kj"[number % 2]))
        app.screen.call_after_refresh(done.set)
        await done.wait()
        app.screen._compositor.render_strips(app.size)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.03)
    return _spread(took)


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"p50 {statistics.median(ordered) * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms"
