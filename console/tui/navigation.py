"""How screens follow each other: which one a word opens, and about which submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.tui.screens.screen import ConsoleScreen

if TYPE_CHECKING:
    from console.tui.app import ConsoleApp

Subject = tuple[str, str]
"""Namespace and name of a submission."""


def go(app: ConsoleApp, place: str) -> None:
    """Open `place`; screens about a submission take the present screen's one."""
    screen = next((s for s in reversed(app.screen_stack) if isinstance(s, ConsoleScreen)), None)
    subject = screen.subject() if screen else None
    if screen is not None:
        subject = subject or screen.candidate()
    if place in ("submissions", "compose"):
        back_to_list(app)
        if place == "compose":
            open_compose(app)
    elif subject is None:
        app.notify("Choose a submission first: :submissions lists them.", severity="warning")
    else:
        open_about(app, place, subject)


def back_to_list(app: ConsoleApp) -> None:
    """Close everything above the list of submissions."""
    while len(app.screen_stack) > 1:
        app.screen.dismiss()


def open_compose(app: ConsoleApp) -> None:
    """The form for a new submission."""
    from console.tui.screens.compose import ComposeScreen

    app.push_screen(ComposeScreen())


def open_about(
    app: ConsoleApp, place: str, subject: Subject, container: str = "", sought: str = ""
) -> None:
    """One of the screens about a submission; logs of that container at the line that is sought."""
    match place:
        case "monitor":
            from console.tui.screens.monitor import MonitorScreen

            app.push_screen(MonitorScreen(subject))
        case "logs":
            from console.tui.screens.logs import LogsScreen

            app.push_screen(LogsScreen(subject, container, sought))
        case "results":
            from console.tui.screens.results import ResultsScreen

            app.push_screen(ResultsScreen(subject))
        case "events":
            from console.tui.screens.events import EventsScreen

            app.push_screen(EventsScreen(subject))
        case "manifest":
            from console.tui.screens.manifest import ManifestScreen

            app.push_screen(ManifestScreen(subject))
