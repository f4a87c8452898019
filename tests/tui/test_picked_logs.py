"""Logs that a reader picks are one; of many containers each is in sight, with its pair's card."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes.boards import board, pair
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend, FakeLog
from msgspec.structs import replace

from console.domain.progress import GpuUse
from console.operations.ports.recorder import LogLine
from console.presentation.containers import own_containers
from console.tui.screens.logs import LogsScreen
from console.tui.widgets.container_tabs import ContainerTabs


def one_line(text: str, second: int) -> FakeLog:
    return FakeLog(1, {0: LogLine(f"2026-11-22T16:01:{second:02}Z", text)})


async def test_picked_containers_are_one_log_by_time(backend: FakeBackend) -> None:
    names = ("agent-2", "simulator-1", "agent-1", "logcopy")
    for second, name in enumerate((*names, *own_containers(backend.shown_board))):
        backend.logs.setdefault(name, one_line(f"says {name}", second))
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "says simulator-1")
        await pilot.press("M", "tab", "tab", "tab", "M")
        await shows(pilot, "simulator-1 + agent-2 by time", "agt2 says agent-2")
        assert "says agent-1" not in seen(app), "of the same pair, and not picked"
        assert seen(app).index("says agent-2") < seen(app).index("says simulator-1")
        await pilot.press("shift+tab", "shift+tab", "M")
        await shows(pilot, "simulator-1 + agent-2 + agent-1 by time", "agt1 says agent-1")
        await pilot.press("b")
        await shows(pilot, "all by time", "copy says logcopy")
        await pilot.press("b", "b", "b")
        await shows(pilot, "simulator-1 + agent-2 + agent-1 by time")


async def test_who_is_picked_no_longer_leaves_and_the_last_one_stands_alone(
    backend: FakeBackend,
) -> None:
    for second, name in enumerate(("simulator-1", "agent-1")):
        backend.logs[name] = one_line(f"says {name}", second)
    async with opened(backend) as (app, pilot):
        await pilot.press("l")
        await shows(pilot, "says simulator-1")
        await pilot.press("M", "tab", "M")
        await shows(pilot, "sim1 says simulator-1", "agt1 says agent-1")
        await pilot.press("M")
        await until(pilot, lambda: "says simulator-1" not in seen(app))
        assert "by time" not in seen(app)


async def test_the_chosen_one_of_many_containers_is_in_sight_and_the_others_are_counted(
    backend: FakeBackend,
) -> None:
    backend.shown_board = board(job=None, pairs=tuple(pair(number, 1) for number in range(1, 17)))
    async with opened(backend, (120, 24)) as (app, pilot):
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogsScreen))
        await shows(pilot, "▼ 14 more")
        await pilot.press("shift+tab")
        await shows(pilot, "▲ 14 more", "private-contents", "agent-16")
        for _ in range(17):
            await pilot.press("shift+tab")
        await shows(pilot, "simulator-9", "▲", "▼")
        tabs = app.screen.query_one(ContainerTabs)
        assert tabs.chosen == "simulator-9"
        await pilot.click(ContainerTabs, offset=(3, tabs.size.height - 1))
        await until(pilot, lambda: tabs.chosen != "simulator-9")
        await shows(pilot, f"▌{tabs.chosen}")


async def test_a_log_has_the_load_of_its_pairs_card_beside_it(backend: FakeBackend) -> None:
    busy = GpuUse(datetime.now(UTC), 87, 9318, 23028, 64, 151, 0)
    backend.shown_board = board(pairs=(pair(1, 2), replace(pair(2, 2), gpu_use=busy)))
    async with opened(backend) as (app, pilot):
        await pilot.press("l", "tab")
        await shows(pilot, "agent-1")
        assert "GPU" not in seen(app)
        await pilot.press("tab")
        await shows(pilot, "GPU 87 % 9.1/22.5 GiB 64°C")
        for _ in range(6):
            await pilot.press("tab")
        await until(pilot, lambda: "GPU" not in seen(app))
