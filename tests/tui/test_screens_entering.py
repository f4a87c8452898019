"""The key into a container: what it asks, what it shows, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.app import App
from textual.widgets import OptionList

from console.domain.board import SubmissionStatus
from console.tui.backend import ClusterLink, Link
from console.tui.screens import entering
from console.tui.screens.entering import EntranceDialog

ASKED = "Into which container of demo?"


class Started:
    """What was started instead of kubectl."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[str, ...], dict[str, str]]] = []

    def hand_over(self, _: App[None], argv: Sequence[str], more: Mapping[str, str]) -> int:
        self.calls.append((tuple(argv), dict(more)))
        return 0

    @property
    def line(self) -> str:
        assert len(self.calls) == 1
        return " ".join(self.calls[0][0])


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    found = Started()
    monkeypatch.setattr(entering, "hand_over", found.hand_over)
    monkeypatch.setattr("shutil.which", lambda name, *_, **__: f"/usr/bin/{name}")
    return found


@pytest.mark.parametrize(
    ("before", "key", "container"),
    [
        ((), "s", "agent-1"),
        (("enter", "3"), "s", "agent-3"),
        (("l", "tab"), "S", "agent-1"),
        (("i",), "s", "agent-2"),
    ],
    ids=["list", "monitor", "logs", "inspect"],
)
async def test_a_key_asks_for_the_container_and_kubectl_gets_the_terminal(
    backend: FakeBackend, started: Started, before: tuple[str, ...], key: str, container: str
) -> None:
    async with opened(backend) as (_, pilot):
        await shows(pilot, "demo")
        for each in before:
            await pilot.press(each)
            await shows(pilot, "demo")
        await pilot.press(key)
        await shows(pilot, ASKED, f"kubectl exec -it demo-x7k2p -c {container} -n leaderboard")
        await pilot.press("enter")
        await until(pilot, lambda: started.calls)
        assert (
            f"exec -it demo-x7k2p -c {container} -n leaderboard --context lab -- " in started.line
        )
        assert ("may", "create", "pods/exec", "leaderboard") in backend.asked
        await until(pilot, lambda: ASKED not in seen(pilot.app))


async def test_another_container_can_be_chosen_and_the_command_follows(
    backend: FakeBackend, started: Started
) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        await pilot.press("down")
        await shows(pilot, "-c simulator-2 ")
        await pilot.press("enter")
        await until(pilot, lambda: started.calls)
        assert "-c simulator-2 " in started.line


async def test_its_output_is_attached_to(backend: FakeBackend, started: Started) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        await pilot.press("a")
        await until(pilot, lambda: started.calls)
        assert started.line == "kubectl attach demo-x7k2p -c agent-1 -n leaderboard --context lab"
        assert ("may", "create", "pods/attach", "leaderboard") in backend.asked


async def test_the_port_of_a_server_is_forwarded_and_an_agent_has_none(
    backend: FakeBackend, started: Started
) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        await pilot.press("f")
        await shows(pilot, "agent-1 has no CARLA server.")
        await pilot.press("up", "f")
        await until(pilot, lambda: started.calls)
        assert "port-forward pod/demo-x7k2p :2000 -n leaderboard" in started.line
        assert ("may", "create", "pods/portforward", "leaderboard") in backend.asked


async def test_esc_starts_nothing(backend: FakeBackend, started: Started) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, EntranceDialog))
        assert started.calls == []


async def test_each_button_is_its_key(backend: FakeBackend, started: Started) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        await pilot.click("#attach")
        await until(pilot, lambda: started.calls)
        assert started.line.startswith("kubectl attach ")


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (200, 60)])
async def test_containers_command_and_ways_are_readable_at_every_size(
    backend: FakeBackend, started: Started, size: tuple[int, int]
) -> None:
    async with opened(backend, size) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED, "agent-1", "kubectl exec -it", "Shell (enter)", "Close (esc)")


async def test_what_does_not_run_is_said_with_the_command_for_later(
    backend: FakeBackend, started: Started
) -> None:
    async with opened(backend) as (app, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        app.screen.query_one(OptionList).highlighted = 9
        await shows(pilot, "-c private-contents")
        await pilot.press("enter")
        await shows(pilot, "no way into private-contents of demo: it ended with 0", "(Completed)")
        assert started.calls == []


async def test_a_login_without_the_right_is_told_so(backend: FakeBackend, started: Started) -> None:
    backend.forbidden = ("pods/exec",)
    async with opened(backend) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        await pilot.press("enter")
        await shows(pilot, "may not create pods/exec in leaderboard", "kubectl exec -it")
        assert started.calls == []


async def test_without_kubectl_it_is_named(
    backend: FakeBackend, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    async with opened(backend) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, ASKED)
        await pilot.press("enter")
        await shows(pilot, "There is no kubectl on the PATH", "Install it")
        assert started.calls == []


async def test_what_has_ended_has_no_container_to_go_into(
    backend: FakeBackend, started: Started
) -> None:
    backend.shown_board = replace(backend.shown_board, status=SubmissionStatus.COMPLETE)
    async with opened(backend) as (_, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, "demo has ended")


async def test_without_a_cluster_there_is_no_way(backend: FakeBackend, started: Started) -> None:
    backend.shown_connection = ClusterLink(Link.CONNECTING)
    async with opened(backend) as (app, pilot):
        await pilot.press("enter", "s")
        await pilot.pause()
        assert not isinstance(app.screen, EntranceDialog)
        assert started.calls == []


async def test_a_read_only_console_opens_no_way(backend: FakeBackend, started: Started) -> None:
    why = "--readonly was given."
    backend.shown_connection = replace(backend.shown_connection, read_only=why)
    async with opened(backend) as (app, pilot):
        await pilot.press("enter", "s")
        await shows(pilot, "This console is read-only.", why)
        assert not isinstance(app.screen, EntranceDialog)
        assert started.calls == []
