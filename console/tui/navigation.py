"""The one table of which screen a place is, and how screens follow each other.

A screen is imported when it is shown first: the first paint waits for the list only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import ModuleType

from textual.app import App
from textual.screen import Screen

from console.tui.places import Contender, Destination, Place, Subject
from console.tui.screens.screen import ConsoleScreen
from console.tui.visits import same


def go(app: App[None], to: Destination) -> None:
    """Show that place."""
    if to.place is Place.HISTORY and _back_to_history(app):
        return
    if to.from_list or to.place is Place.SUBMISSIONS:
        back_to_list(app)
    if to.place in SCREENS:
        app.push_screen(screen_of(to))


def screen_of(to: Destination) -> Screen[None]:
    """The screen that shows that place; it is not the list."""
    screen = SCREENS[to.place](to)
    if isinstance(screen, ConsoleScreen):
        screen.destination = to
    return screen


def return_to(app: App[None], to: Destination) -> bool:
    """Show a view of before: its own screen where that is still there. False where one stays."""
    stack: list[Screen[object]] = list(app.screen_stack)
    there = [_shows(each, to) for each in stack]
    if True not in there:
        app.push_screen(screen_of(to))
        return True
    above = stack[there.index(True) + 1 :]
    if lost := unsaved(above):
        from console.tui.screens.dialogs import ConfirmDialog
        from console.tui.screens.staying import leaving

        ask = ConfirmDialog(leaving(lost))
        app.push_screen(ask, lambda leave: _close(app, above) if leave else None)
        return False
    _close(app, above)
    return True


def _shows(screen: Screen[object], to: Destination) -> bool:
    here = screen.destination if isinstance(screen, ConsoleScreen) else None
    return here is not None and same(here, to)


def _close(app: App[None], above: list[Screen[object]]) -> None:
    for screen in reversed(above):
        screen.dismiss()


def go_by_name(app: App[None], place: Place) -> None:
    """Show that place about what the present screen is about."""
    screen = _present_screen(app)
    subject = screen.candidate() if screen else None
    if place.about_one and (screen is None or subject is None):
        app.notify("Choose a submission first: :submissions lists them.", severity="warning")
        return
    source = screen.candidate_source() if screen and place.about_one else None
    # The history lies above whatever it is called from: it is there without a list, too.
    from_list = not place.about_one and place is not Place.HISTORY
    to = Destination(place, subject, source, from_list=from_list)
    if lost := unsaved(_closed_for(app, to)):
        _ask(app, lost, to)
    else:
        go(app, to)


def unsaved(screens: Iterable[Screen[object]]) -> tuple[str, ...]:
    """What would be lost with them."""
    ours = (each for each in screens if isinstance(each, ConsoleScreen))
    return tuple(told for each in ours for told in each.unsaved())


def _closed_for(app: App[None], to: Destination) -> list[Screen[object]]:
    """The screens that go when the user goes there."""
    stack: list[Screen[object]] = list(app.screen_stack)
    if to.place is not Place.HISTORY:
        return stack[1:] if to.from_list else []
    from console.tui.screens.history import HistoryScreen

    below = [isinstance(each, HistoryScreen) for each in stack]
    return stack[below.index(True) + 1 :] if True in below else []


def _ask(app: App[None], lost: tuple[str, ...], to: Destination) -> None:
    from console.tui.screens.dialogs import ConfirmDialog
    from console.tui.screens.staying import leaving

    app.push_screen(ConfirmDialog(leaving(lost)), lambda leave: go(app, to) if leave else None)


def _present_screen(app: App[None]) -> ConsoleScreen | None:
    """The screen on top, or the one that a dialog lies on."""
    return next((s for s in reversed(app.screen_stack) if isinstance(s, ConsoleScreen)), None)


def back_to_list(app: App[None]) -> None:
    """Close everything above the list of submissions."""
    while len(app.screen_stack) > 1:
        app.screen.dismiss()


def _back_to_history(app: App[None]) -> bool:
    """Close what lies above the history; False where it is not open."""
    from console.tui.screens.history import HistoryScreen

    open_already = any(isinstance(each, HistoryScreen) for each in app.screen_stack)
    while open_already and not isinstance(app.screen, HistoryScreen):
        app.screen.dismiss()
    return open_already


def _compose(to: Destination) -> Screen[None]:
    from console.tui.screens.compose import ComposeScreen

    return ComposeScreen(to.filling or to.source)


def _history(_to: Destination) -> Screen[None]:
    from console.tui.screens.history import HistoryScreen

    return HistoryScreen()


def _intake(_to: Destination) -> Screen[None]:
    from console.tui.screens.intake import IntakeScreen

    return IntakeScreen()


def _contexts(_to: Destination) -> Screen[None]:
    from console.tui.screens.contexts import ContextsScreen

    return ContextsScreen()


def _namespaces(_to: Destination) -> Screen[None]:
    from console.tui.screens.namespaces import NamespacesScreen

    return NamespacesScreen()


def _preflight(to: Destination) -> Screen[None]:
    from console.tui.screens.preflight import PreflightScreen

    assert to.composition is not None
    return PreflightScreen(to.composition)


def _monitor(to: Destination) -> Screen[None]:
    from console.tui.screens.monitor import MonitorScreen

    return MonitorScreen(_subject(to), to.source)


def _logs(to: Destination) -> Screen[None]:
    from console.tui.screens.logs import LogsScreen

    where = (_subject(to), to.container, to.sought, to.source)
    return LogsScreen(*where, previous=to.previous)


def _results(to: Destination) -> Screen[None]:
    from console.tui.screens.results import ResultsScreen

    return ResultsScreen(_subject(to), to.source)


def _events(to: Destination) -> Screen[None]:
    from console.tui.screens.events import EventsScreen

    return EventsScreen(_subject(to), to.source)


def _manifest(to: Destination) -> Screen[None]:
    from console.tui.screens.manifest import ManifestScreen

    return ManifestScreen(_subject(to), to.source)


def _describe(to: Destination) -> Screen[None]:
    from console.tui.screens.describe import DescribeScreen

    return DescribeScreen(_subject(to), to.source)


def _inspect(to: Destination) -> Screen[None]:
    from console.tui.screens.inspect import InspectScreen

    return InspectScreen(_subject(to), to.source, to.pair)


def _comparison(to: Destination) -> Screen[None]:
    if to.others:
        from console.tui.screens.comparison import ComparisonScreen

        return ComparisonScreen(Contender(_subject(to), to.source), to.others)
    from console.tui.screens.contenders import ContendersScreen

    return ContendersScreen(_subject(to), to.source)


def _plots(to: Destination) -> Screen[None]:
    from console.tui.screens.plots import PlotsScreen

    return PlotsScreen(Contender(_subject(to), to.source), to.others)


def _subject(to: Destination) -> Subject:
    assert to.subject is not None, to.place
    return to.subject


SCREENS: Mapping[Place, Callable[[Destination], Screen[None]]] = {
    Place.HISTORY: _history,
    Place.INTAKE: _intake,
    Place.CONTEXTS: _contexts,
    Place.NAMESPACES: _namespaces,
    Place.COMPOSE: _compose,
    Place.PREFLIGHT: _preflight,
    Place.MONITOR: _monitor,
    Place.LOGS: _logs,
    Place.RESULTS: _results,
    Place.EVENTS: _events,
    Place.MANIFEST: _manifest,
    Place.DESCRIBE: _describe,
    Place.INSPECT: _inspect,
    Place.COMPARISON: _comparison,
    Place.PLOTS: _plots,
}
"""The list of submissions has no entry: it lies beneath everything else."""


def screen_classes() -> tuple[type[ConsoleScreen], ...]:
    """All that there are, in the order of their modules; loads them."""
    found = (import_module(f"console.tui.screens.{each}") for each in _WITH_KEYS)
    return tuple(_own_screen(module) for module in found)


_WITH_KEYS = (
    *("submissions", "history", "compose", "preflight", "monitor", "logs", "results"),
    *("comparison", "contenders", "plots", "inspect", "events", "manifest", "describe"),
    *("start", "contexts", "namespaces", "intake"),
)
"""Modules of screens whose keys a user can choose."""


def _own_screen(module: ModuleType) -> type[ConsoleScreen]:
    """The one that it defines."""
    return next(
        each
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, ConsoleScreen)
        and each.__module__ == module.__name__
    )
