"""Every screen and dialog of the console, and how to come there: for what holds on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from fakes.boards import NOW, ROWS, row
from fakes.pilots import seen, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot

from console.domain.board import SubmissionStatus
from console.domain.fleet import FleetSnapshot
from console.errors import ConsoleError
from console.tui.app import ConsoleApp
from console.tui.navigation import back_to_list
from console.tui.places import Contender, Destination, Place, Subject
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.legend import LegendScreen
from console.tui.screens.save_dialog import SaveDialog, SaveForm
from console.tui.screens.screen import ConsoleScreen

DEMO: Subject = ("leaderboard", "demo")


class Stop(NamedTuple):
    """A name, what leads there from the list, and what is seen there."""

    name: str
    go: Callable[[ConsoleApp], object]
    shows: str


def _place(place: Place) -> Callable[[ConsoleApp], object]:
    about = DEMO if place.about_one else None
    return lambda app: app.go(Destination(place, about))


def _command(name: str) -> Callable[[ConsoleApp], object]:
    return lambda app: app.screen.action_command(name)  # type: ignore[attr-defined]


def _error(app: ConsoleApp) -> None:
    why = "The server said: " + "quota of nvidia.com/gpu in namespace leaderboard is used up; " * 3
    app.show_error(ConsoleError("The launch failed.", why=why, fix="Wait, or cancel another one."))


def _comparison(app: ConsoleApp) -> None:
    others = (Contender(("leaderboard", "interfuser")),)
    app.go(Destination(Place.COMPARISON, DEMO, others=others))


def _save(app: ConsoleApp) -> None:
    forms = [SaveForm("CSV", ".csv", str), SaveForm("merged file", ".merged.json", str)]
    note = "Not final, and the file says so: 12 of 20 drives have a record."
    app.push_screen(SaveDialog("Save the results of demo", "demo.results-so-far", forms, note))


def _stay(_app: ConsoleApp) -> None:
    """Here already."""


STOPS = (
    Stop("list", _stay, "Running"),
    Stop("compose", _place(Place.COMPOSE), "ready"),
    Stop("monitor", _place(Place.MONITOR), "restarts"),
    Stop("logs", _place(Place.LOGS), "Wallclock"),
    Stop("results", _place(Place.RESULTS), "RouteScenario_0"),
    Stop("compare with", _place(Place.COMPARISON), "baseline"),
    Stop("comparison", _comparison, "B  interfuser"),
    Stop("plots", _place(Place.PLOTS), "DRIVING SCORE"),
    Stop("legend", lambda app: app.push_screen(LegendScreen("2.0")), "A ROUTE"),
    Stop("save", _save, "Save the results of demo"),
    Stop("inspect", _place(Place.INSPECT), "attempt"),
    Stop("events", _place(Place.EVENTS), "Created pod"),
    Stop("manifest", _place(Place.MANIFEST), "apiVersion"),
    Stop("history", _place(Place.HISTORY), "History"),
    Stop("help", lambda app: app.action_help(), "Watch the submission"),
    Stop("palette", lambda app: app.action_command_palette(), "Search"),
    Stop("line", lambda app: app.action_line(), ":"),
    Stop("delete", _command("delete"), "Delete"),
    Stop("cancel", _command("cancel"), "Cancel"),
    Stop("shell", _command("shell"), "kubectl exec"),
    Stop("error", _error, "The launch failed."),
)
SIZES = ((60, 18), (80, 24), (120, 40), (160, 45), (200, 60))


async def visits(app: ConsoleApp, pilot: Pilot[None]) -> AsyncIterator[tuple[str, str]]:
    """Each stop's name, and all that is seen there."""
    for stop in STOPS:
        if stop.go is not _stay:
            stop.go(app)
            await until(pilot, lambda: len(app.screen_stack) > 1)
        await shows(pilot, stop.shows)
        yield stop.name, seen(app)
        if not isinstance(app.screen, ConsoleScreen):
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, ConsoleScreen))
        back_to_list(app)
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.gate.is_open)


def busy_backend() -> FakeBackend:
    """With more submissions than a small terminal has rows, one of a long name."""
    backend = FakeBackend()
    many = [
        row(f"team-{name}", SubmissionStatus.COMPLETE, 20, driving_score=40.0 + n)
        for n, name in enumerate(("raven", "heron", "kite", "osprey", "harrier", "merlin"))
    ]
    long = row(
        "team-hippolyta-multi-sensor-fusion-v12",
        SubmissionStatus.BLOCKED,
        0,
        reason="agent-1: the image registry.example.com/hippolyta:12 cannot be pulled",
        created_at=NOW - timedelta(minutes=40),
    )
    rows = [*ROWS, long, *(replace(each, created_at=NOW - timedelta(days=9)) for each in many)]
    backend.shown_fleet = FleetSnapshot(tuple(rows), True, "", NOW)
    return backend


def recordings_in(folder: Path) -> RecordedSubmissions:
    """Three that were recorded on a cluster that is gone."""
    for name in ("falcon", "heron", "kite"):
        recorded(folder, name)
    return RecordedSubmissions(lambda: archive_in(folder))
