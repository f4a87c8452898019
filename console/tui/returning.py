"""The app's way back to where the user was last: of each context and namespace its own place.

Only what the cluster still shows is gone back to, and only while the user has done nothing here:
a submission that is gone leads to the list, with a word.
"""

from __future__ import annotations

from functools import partial

from textual.app import App

from console.tui import kept_choices
from console.tui.backend import Backend, Link
from console.tui.kept_choices import Choices, LastPlace
from console.tui.navigation import go
from console.tui.places import Destination, Place
from console.tui.screens.screen import ConsoleScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.widgets.key_line import KeyLine
from console.tui.widgets.line_table import LineTable

_NOT_AGAIN = (
    *(Place.COMPOSE, Place.PREFLIGHT, Place.CONTEXTS, Place.NAMESPACES),
    Place.INTAKE,  # it takes messages when it opens
)
"""A draft is not kept with the place, and a choice is made anew."""


class Returning(App[None]):
    """`look_around` some times a second, `keep_place` before it ends."""

    backend: Backend

    def __init__(self) -> None:
        super().__init__()
        self._at = ""
        """The context and namespace that the place is of; empty before there is a list."""
        self._place = LastPlace(Place.SUBMISSIONS)

    def look_around(self) -> None:
        """Where the console is now; on coming to a cluster, where it was there."""
        at = self._where()
        if not at:
            return
        if at == self._at:
            self._note()
            return
        listed = self._list()
        if listed is None:
            return  # it says in a moment which rows there are
        self.keep_place()
        self._at, self._place = at, LastPlace(Place.SUBMISSIONS)
        if last := kept_choices.recall().places.get(at):
            self._return(last, listed)

    def keep_place(self) -> None:
        """For the next time."""
        if self._at:
            if self._where() == self._at:
                self._note()
            kept_choices.keep(partial(Choices.at, where=self._at, place=self._place))

    @property
    def is_listed(self) -> bool:
        """The cluster's rows are there, so that one of them can be meant."""
        return bool(self._where()) and self._list() is not None

    def _list(self) -> SubmissionsScreen | None:
        """Once it shows the cluster's rows; not while the app ends, and has taken it apart."""
        lowest = self.screen_stack[0] if self.screen_stack else None
        if not isinstance(lowest, SubmissionsScreen) or not lowest.query(LineTable):
            return None
        return lowest if lowest.has_begun else None

    def _note(self) -> None:
        self._place = self._present() or self._place

    def _where(self) -> str:
        link, fleet = self.backend.connection(), self.backend.fleet()
        where = link.description
        if where is None or link.link is not Link.CONNECTED or not fleet.live:
            return ""
        return f"{where.context} {'*' if link.everywhere else where.namespace}"

    def _present(self) -> LastPlace | None:
        """Of the screen on top, or beneath a dialog; None for one that is not gone back to."""
        ours = (each for each in reversed(self.screen_stack) if isinstance(each, ConsoleScreen))
        screen = next(ours, None)
        if screen is None or not screen.query(KeyLine):
            return None  # not composed yet, or closing
        if isinstance(screen, SubmissionsScreen):
            listed = self._list()
            return LastPlace(Place.SUBMISSIONS, *(listed.candidate() or ())) if listed else None
        to = screen.destination
        if to is None or to.place in _NOT_AGAIN or (to.source and to.source.origin):
            return None
        return LastPlace(to.place, *(to.subject or ()))

    def _return(self, last: LastPlace, listed: SubmissionsScreen) -> None:
        if len(self.screen_stack) > 1 or listed.table.chosen or listed.used:
            return
        places = {place.value: place for place in Place}
        place = places.get(last.place)
        found = not last.name or listed.choose((last.namespace, last.name))
        if not found and self.backend.fleet().rows:
            self.notify(f"{last.name}, where you were last, is not here any more.")
        if place is None or not found or place in (Place.SUBMISSIONS, *_NOT_AGAIN):
            return
        if place.about_one and not last.name:
            return
        self._place = last
        go(self, Destination(place, (last.namespace, last.name) if last.name else None))
