"""Shown when no cluster can be reached: says so, and offers the embedded one with one key."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from console.domain.hostile_text import neutralise
from console.tui.backend import Link
from console.tui.commands import Command, bindings
from console.tui.screens.about import HISTORY
from console.tui.screens.screen import ConsoleScreen


async def _start(screen: StartScreen) -> None:
    await screen.working("Starting the embedded cluster …", screen.backend.start_local)


async def _retry(screen: StartScreen) -> None:
    await screen.working("Connecting …", screen.backend.retry)


def _leave(screen: ConsoleScreen) -> None:
    screen.host.action_leave()


def _busy(screen: StartScreen) -> str:
    return "Something is under way already." if screen.waits else ""


def _no_local(screen: StartScreen) -> str:
    offered = screen.backend.connection().local_offered
    return _busy(screen) if offered else "The embedded cluster cannot be started from here."


class StartScreen(ConsoleScreen):
    """No cluster: why, and the ways on. Closes itself once there is one."""

    TITLE_WORD = "Start"
    DEFAULT_CSS = """
    StartScreen #middle { align: center middle; height: 1fr; }
    StartScreen #box { width: 74; max-width: 96%; height: auto; max-height: 100%; }
    StartScreen #box { border: round $border; padding: 1 3; }
    StartScreen .title { text-style: bold; color: $text-warning; margin-bottom: 1; }
    StartScreen .fix { color: $text-muted; margin-bottom: 1; }
    StartScreen #keys { color: $text-accent; }
    """
    commands = (
        Command(
            "start",
            "enter",
            "Start the embedded cluster",
            "A Kubernetes API on this machine with stand-in images",
            _start,
            _no_local,
        ),
        Command("retry", "r", "Try again", "Connect to the same cluster again", _retry, _busy),
        HISTORY,
        Command("quit", "q", "Quit", "Close the console", _leave),
    )
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "#box"

    def body(self) -> Iterable[Widget]:
        problem = self.backend.connection().problem
        what = problem.what if problem else "No cluster can be reached."
        rest = [problem.why, problem.fix] if problem else []
        with_box = VerticalScroll(
            Static(_safe(what), classes="title", markup=False),
            Static(_safe("\n".join(part for part in rest if part)), classes="fix", markup=False),
            Static(
                "enter  start the embedded cluster: all runs on this machine,\n"
                "       with stand-ins for CARLA and the agents\n"
                "r      try the cluster again\n"
                "h      the history of all that is recorded, without a cluster",
                id="keys",
                markup=False,
            ),
            id="box",
        )
        yield Vertical(with_box, id="middle")

    def tick(self) -> None:
        if self.backend.connection().link is Link.CONNECTED:
            self.dismiss()

    async def working(self, text: str, work: object) -> None:
        """Say what is going on, do it, put the keys back if it failed."""
        keys = self.query_one("#keys", Static)
        before = keys.content
        keys.update(text)
        try:
            await work()  # type: ignore[operator]
        finally:
            if self.is_mounted:
                keys.update(before)


def _safe(text: str) -> str:
    return "\n".join(neutralise(line) for line in text.splitlines())
