"""Each answer of the log screen in a million lines: how soon it or its progress is seen, and keys.

Times are the wall's, for a user's are. One screen for each answer, so that none has been prepared.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from fakes.boards import CONTAINERS, board, pair
from fakes.screens import FakeBackend
from fakes.terminals import Glass, RecordingDriver, in_terminal
from figure import Figure, at_most
from log_figures import line
from recorder_figures import WHERE
from textual import events
from textual.pilot import Pilot

from console.domain.board import BoardSnapshot
from console.domain.progress import EndedAttempt
from console.operations.ports.recorder import LogView
from console.recorder.recorder import Recorder
from console.tui import garbage, thread_turns
from console.tui.screens.logs import LogsScreen

LINES, BESIDE = 1_000_000, 100_000
"""Of the log that is shown, and of each other one."""
DIED_AT = 700_000
CONTAINER = "simulator-1"
SIZE = (160, 45)
KEYS, LONGEST = 40, 60.0
SOON, PER_KEY = 100, 60
"""Milliseconds, at the most."""


class Answer(NamedTuple):
    what: str
    asked: Callable[[LogsScreen], object]
    told: tuple[str, ...]
    """One of these on the screen is the answer, or its progress."""
    before: Callable[[LogsScreen], object] = lambda screen: None
    """What the screen shows when it is asked."""


def _all(screen: LogsScreen) -> None:
    screen.join()
    screen.join()


def _press(key: str) -> Callable[[LogsScreen], object]:
    return lambda screen: screen.app.post_message(events.Key(key, key if len(key) == 1 else None))


def _filtered(screen: LogsScreen) -> None:
    screen._filter("no route")


def _found(pattern: str) -> Callable[[LogsScreen], object]:
    return lambda screen: screen.pane.find(pattern)


def _at(screen: LogsScreen) -> None:
    screen._go_to_time("10:05")


PAUSED = ("‖ paused", "looking for")
ANSWERS = (
    Answer("both halves by time", LogsScreen.join, ("partner by time",)),
    Answer("all by time", _all, ("all by time",)),
    Answer("a filter", _filtered, ("only no route",)),
    Answer("a filter of all by time", _filtered, ("only no route",), _all),
    Answer("the attempt before", _press("left_curly_bracket"), PAUSED),
    Answer("the attempt before, of all", _press("left_curly_bracket"), PAUSED, _all),
    Answer("the death before", _press("D"), PAUSED),
    Answer("the death before, of all", _press("D"), PAUSED, _all),
    Answer("the first error", _press("e"), PAUSED),
    Answer("the first error, of all", _press("e"), PAUSED, _all),
    Answer("a route", _found(r"Preparing RouteScenario_7\b"), ("search",)),
    Answer("a search of all", _found("[aeiou]{9}"), ("search",), _all),
    Answer("a time", _at, PAUSED),
    Answer("a time, of all", _at, PAUSED, _all),
    Answer("times of lines", _press("t"), ("10:16:",)),
    Answer("times since the attempt, of all", lambda s: _set_times(s), ("since attempt",), _all),
    Answer("wrapped lines", _press("w"), (" wrap",)),
    Answer("a file of it", _press("ctrl+s"), ("saving", "Saved")),
)


def _set_times(screen: LogsScreen) -> None:
    for _ in range(3):
        screen.action_command("time")


class Nine(FakeBackend):
    """Nine logs in a real recorder; pair 1 died once, and its logs are of two attempts."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        at = datetime(2026, 11, 22, 10, 11, 40, tzinfo=UTC)
        died = EndedAttempt(1, 1, "simulator", "crashed", 139, 11, "", at)
        others = (pair(number, 3) for number in (2, 3, 4))
        self.shown_board = board(pairs=(pair(1, 3, ended=(died,)), *others))
        self._recorder = recorder

    def log_view(self, board: BoardSnapshot, container: str) -> LogView:  # type: ignore[override]
        return self._recorder.log(WHERE, container)


def figures() -> Iterator[Figure]:
    garbage.hold()
    thread_turns.shorten()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        recorder = Recorder(Path(folder))
        _write(recorder)
        yield from asyncio.run(_answers(recorder))


def _write(recorder: Recorder) -> None:
    writer = recorder.claim(WHERE)
    assert writer is not None
    for name in (*CONTAINERS, "logcopy"):
        step = 1 if name == CONTAINER else LINES // BESIDE
        for run, numbers in enumerate((range(0, DIED_AT, step), range(DIED_AT, LINES, step))):
            spool = writer.open_spool(name, run)
            for at in range(0, len(numbers), 1000):
                spool.write(b"".join(map(line, numbers[at : at + 1000])))
            spool.close()
    writer.release()


async def _answers(recorder: Recorder) -> list[Figure]:
    found = []
    async with in_terminal(Nine(recorder), SIZE) as (pilot, driver):
        await pilot.pause(0.5)
        for each in ANSWERS:
            found += [figure async for figure in _measured(each, pilot, driver)]
    return found


async def _measured(
    answer: Answer, pilot: Pilot[None], driver: RecordingDriver
) -> AsyncIterator[Figure]:
    took, keys = [], list[float]()
    for _ in range(3):
        async with _opened(pilot, answer) as screen:
            began = time.perf_counter()
            answer.asked(screen)
            took.append(await _until_seen(answer, driver, began))
            keys += await _keys_meanwhile(screen)
    yield at_most(f"{answer.what}: to its first paint", min(took) * 1e3, SOON, "ms")
    if len(keys) >= 10:
        p95 = sorted(keys)[int(len(keys) * 0.95)]
        yield at_most(f"{answer.what}: p95 of {len(keys)} keys meanwhile", p95 * 1e3, PER_KEY, "ms")


@contextlib.asynccontextmanager
async def _opened(pilot: Pilot[None], answer: Answer) -> AsyncIterator[LogsScreen]:
    screen = LogsScreen(("leaderboard", "demo"), CONTAINER)
    await pilot.app.push_screen(screen)
    await _idle(screen)
    answer.before(screen)
    await _idle(screen)
    yield screen
    while screen.is_current:
        screen.back()
        await pilot.pause(0.05)


async def _idle(screen: LogsScreen) -> None:
    await asyncio.sleep(0.3)
    while not screen.pane.counted or _busy(screen):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)


def _busy(screen: LogsScreen) -> bool:
    return any(not each.is_finished for each in screen.workers)


async def _until_seen(answer: Answer, driver: RecordingDriver, began: float) -> float:
    glass = Glass()
    driver.take()
    while time.perf_counter() < began + LONGEST:
        if written := driver.take():
            glass.take(written)
            painted, text = time.perf_counter(), glass.text(*SIZE)
            if any(word in text for word in answer.told):
                return painted - began
        await asyncio.sleep(0.001)
    return LONGEST


async def _keys_meanwhile(screen: LogsScreen) -> list[float]:
    took: list[float] = []
    while _busy(screen) and len(took) < KEYS:
        key, done, began = "kj"[len(took) % 2], asyncio.Event(), time.perf_counter()
        screen.app.post_message(events.Key(key, key))
        screen.call_after_refresh(done.set)
        await done.wait()
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.03)
    return took
