"""Shown when no cluster can be reached, or the login is refused: says why, and the ways on."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from console.domain.hostile_text import neutralise
from console.errors import ConsoleError, LoginRefused
from console.tui.backend import Link
from console.tui.commands import Command, bindings
from console.tui.screens.about import HISTORY
from console.tui.screens.screen import ConsoleScreen
from console.tui.whereabouts import Whereabouts


def _start(screen: StartScreen) -> None:
    screen.say("Starting the embedded cluster …")
    screen.host.move(Whereabouts(local=True))


def _elsewhere(screen: StartScreen) -> None:
    screen.host.action_contexts()


async def _retry(screen: StartScreen) -> None:
    try:
        await screen.working("Connecting …", screen.backend.retry)
    except ConsoleError as error:
        if screen.is_mounted:
            screen.tell(error)
            screen.notify(f"Tried again. {error.what}", severity="warning")


def _leave(screen: ConsoleScreen) -> None:
    screen.host.action_leave()


def _busy(screen: StartScreen) -> str:
    return "Something is under way already." if screen.waits else ""


def _offers_local(screen: StartScreen) -> bool:
    return screen.backend.connection().local_offered and screen.host.contexts is not None


def _no_local(screen: StartScreen) -> str:
    offered = _offers_local(screen)
    return _busy(screen) if offered else "The embedded cluster cannot be started from here."


def _no_contexts(screen: StartScreen) -> str:
    return "" if screen.host.contexts is not None else "This console stays where it was opened."


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
        Command("retry", "r,enter", "Try again", "Connect to the same cluster again", _retry, _busy,
                key_display="r"),
        Command("contexts", "c", "Another context", "Go to another context of the kubeconfig",
                _elsewhere, _no_contexts),
        HISTORY,
        Command("start", "e", "Embedded cluster",
                "Start a Kubernetes API on this machine, with stand-in images", _start, _no_local),
        Command("quit", "q", "Quit", "Close the console", _leave),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    AUTO_FOCUS = "#box"

    def body(self) -> Iterable[Widget]:
        problem = self.backend.connection().problem
        what, rest = _told(problem) if problem else ("No cluster can be reached.", "")
        with_box = VerticalScroll(
            Static(what, classes="title", markup=False),
            Static(rest, classes="fix", markup=False),
            Static(self._ways_on(), id="keys", markup=False),
            id="box",
        )
        yield Vertical(with_box, id="middle")

    def tell(self, problem: ConsoleError) -> None:
        """What is wrong by now, in the place of what was."""
        for part, text in zip((".title", ".fix"), _told(problem), strict=True):
            self.query_one(part, Static).update(text)
        self.query_one("#keys", Static).update(self._ways_on())

    def _ways_on(self) -> str:
        """No line is broken in a terminal of 60 columns."""
        told = ["r  try again: the same cluster, as the same user"]
        if isinstance(self.backend.connection().problem, LoginRefused):
            told = ["r  try again, once you have logged in elsewhere"]
        if not _no_contexts(self):
            told.append("c  another context of the kubeconfig")
        told.append("h  the history: all that is recorded")
        if _offers_local(self):
            told.append("e  the embedded cluster: all on this machine,")
            told.append("   with stand-ins for CARLA and the agents")
        return "\n".join(told)

    def tick(self) -> None:
        if self.backend.connection().link is Link.CONNECTED:
            self.dismiss()

    def say(self, text: str) -> None:
        """What goes on, in the place of the keys."""
        self.query_one("#keys", Static).update(text)

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


def _told(problem: ConsoleError) -> tuple[str, str]:
    """What happened; why, and what to do."""
    return _safe(problem.what), _safe("\n".join(filter(None, (problem.why, problem.fix))))


def _safe(text: str) -> str:
    return "\n".join(neutralise(line) for line in text.splitlines())
