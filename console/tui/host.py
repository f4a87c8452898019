"""What a screen needs of the app that shows it. Screens know this and no app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from textual.screen import Screen, ScreenResultType
    from textual.worker import Worker

    from console.errors import ConsoleError
    from console.tui.backend import Backend
    from console.tui.notices import NoticeBoard
    from console.tui.places import Destination
    from console.tui.submission_source import Recordings


class Host(Protocol):
    """The app, as its screens see it."""

    @property
    def backend(self) -> Backend:
        """Where everything that is shown of a cluster comes from."""
        ...

    @property
    def recordings(self) -> Recordings | None:
        """What was recorded; None for a console that is not told where."""
        ...

    @property
    def notices(self) -> NoticeBoard:
        """What is told in passing at present."""
        ...

    def go(self, destination: Destination) -> None:
        """Show that place before the next key is looked at.

        A message would wait behind the keys of a burst, which would still act on the screen that
        was left.
        """
        ...

    async def push_screen_wait(self, screen: Screen[ScreenResultType]) -> ScreenResultType | None:
        """Ask, and wait for the answer."""
        ...

    def show_error(self, error: ConsoleError) -> None:
        """What happened, why and what to do next, in a dialog."""
        ...

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the error that ended a screen's worker."""
        ...

    def action_leave(self) -> None:
        """Close the console; asks first where something would be lost."""
        ...
