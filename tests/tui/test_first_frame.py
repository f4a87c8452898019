"""The frame before the first screen: what it says, what it costs to load, what it leaves behind."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import termios
from pathlib import Path

import pytest
from fakes.boards import NOW, ROWS
from fakes.loaded_modules import loaded_modules
from fakes.pilots import opened, seen, shows
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console import paths, wiring
from console.domain.fleet import FleetSnapshot
from console.tui import remembered
from console.tui.backend import ClusterLink
from console.tui.first_frame import ENTER, LEAVE, FirstFrame, frame, painted, palette

KNOWN = FleetSnapshot(ROWS, False, "the last known list", NOW)
APP_BEGINS = b"\x1b[?2004h"
"""Textual asks for pastes as one piece when it takes the terminal over."""


def _plain(drawn: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_has_the_rows_of_the_screen_that_follows(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    backend.shown_connection, backend.shown_fleet = ClusterLink(), KNOWN
    before = ["".join(span for span, _ in line).rstrip() for line in frame(KNOWN, *size, NOW)]
    async with opened(backend, size) as (app, pilot):
        await shows(pilot, ROWS[-1].name)
        after = [row.replace("▌d", " d").rstrip() for row in seen(app).splitlines()]
    ages = re.compile(r"\s+(?:\d+[smhd])+$")
    assert [ages.sub("", row) for row in before] == [
        ages.sub("", row) for row in after[: len(before)]
    ]


def test_it_says_that_its_list_is_remembered_and_of_when() -> None:
    told = _plain(painted(frame(KNOWN, 80, 24, NOW), 80, 24, {}))
    assert f"list of {NOW.astimezone():%H:%M}, stale" in told
    assert "connecting" in told


def test_every_row_fills_the_terminal_and_none_is_longer() -> None:
    for width, height in ((80, 24), (40, 6), (20, 3)):
        lines = frame(KNOWN, width, height, NOW)
        assert len(lines) <= height
        rows = painted(lines, width, height, {}).split("\x1b[0m")[:-1]
        assert [len(_plain(row)) for row in rows] == [width] * height


def test_a_name_in_the_kept_list_cannot_control_the_terminal() -> None:
    bad = replace(KNOWN, rows=(replace(ROWS[0], name="\x1b]0;owned\x07\x1b[2Jx"),))
    drawn = painted(frame(bad, 80, 24, NOW), 80, 24, {})
    assert "\x1b]" not in drawn
    assert "\x1b[2J" not in drawn
    assert "\x07" not in drawn


def test_its_colours_are_the_themes_where_the_terminal_has_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theme = paths.themes() / f"{paths.DEFAULT_THEME}.yaml"
    monkeypatch.setenv("COLORTERM", "truecolor")
    colours = palette(theme)
    assert {"background", "foreground", "panel", "accent", "error"} <= set(colours)
    assert palette(theme.with_name("none.yaml")) == {}
    monkeypatch.delenv("COLORTERM")
    assert palette(theme) == {}


def test_it_loads_no_toolkit_and_asks_no_cluster() -> None:
    loaded = loaded_modules("import console.tui.opening")
    heavy = {"textual", "rich", "asyncio", "yaml", "aiohttp", "kubernetes"}
    assert not heavy & loaded


def _echoes(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_without_an_app_the_terminal_is_as_before() -> None:
    master, slave = pty.openpty()
    with FirstFrame(slave, slave) as first:
        first.draw(KNOWN, Path("none"))
        assert not _echoes(slave)
    assert _echoes(slave)
    drawn = ""
    while select.select([master], [], [], 0)[0]:
        drawn += os.read(master, 65536).decode(errors="replace")
    assert drawn.startswith(ENTER)
    assert drawn.endswith(LEAVE)
    os.close(master)
    os.close(slave)


def test_what_is_no_terminal_gets_nothing(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file, FirstFrame(file.fileno(), file.fileno()) as first:
        first.draw(KNOWN, Path("none"))
    assert (tmp_path / "out").read_bytes() == b""


def test_a_remembered_list_stands_in_the_terminal_before_the_app_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("TERM", "xterm-256color")
    remembered.remember(remembered.place(wiring.WantedCluster()), replace(KNOWN, live=True))
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "console"])
    try:
        drawn = b""
        while APP_BEGINS not in drawn and select.select([terminal], [], [], 60)[0]:
            drawn += os.read(terminal, 65536)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    before = drawn.partition(APP_BEGINS)[0].decode()
    assert all(row.name in before for row in ROWS)
    assert "stale" in before
