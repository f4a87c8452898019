"""The app's way back and forward through its views. How a view is opened is not known here."""

from __future__ import annotations

from textual.app import App

from console.tui.places import Destination
from console.tui.visits import Visits


class ViewHistory(App[None]):
    """An app that remembers where its user has been, as long as it talks to one cluster."""

    visits: Visits = Visits()
    _visited_at: object = None
    """The cluster whose views these are."""

    def return_to(self, destination: Destination) -> bool:
        """Show that view again; False where the user stays."""
        raise NotImplementedError

    def visited_at(self) -> object:
        """What tells one cluster from another."""
        raise NotImplementedError

    def visited(self, destination: Destination) -> None:
        """That view is on top."""
        if (where := self.visited_at()) != self._visited_at:
            # What was seen of another cluster is nothing of this one.
            self.visits, self._visited_at = Visits(), where
        self.visits = self.visits.went(destination)

    def action_last_view(self) -> None:
        if self.visits.last is not None:
            self.return_to(self.visits.last)

    def action_view_before(self) -> None:
        self._step(-1)

    def action_view_after(self) -> None:
        self._step(1)

    def _step(self, direction: int) -> None:
        """What is shown then is where we are among the views, and no new one."""
        kept, moved = self.visits, self.visits.moved(direction)
        self.visits = moved
        if moved.present is None or not self.return_to(moved.present):
            self.visits = kept
