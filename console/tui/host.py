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
    from console.tui.user_files.added import UserFiles
    from console.tui.whereabouts import Contexts, Whereabouts


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

    @property
    def contexts(self) -> Contexts | None:
        """Where the console could be; None for one that stays where it was opened."""
        ...

    def move(self, to: Whereabouts) -> None:
        """Go to another context or namespace: all screens are closed."""
        ...

    def action_contexts(self, name: str = "") -> None:
        """Show the contexts, or go to that one."""
        ...

    def action_namespaces(self, name: str = "") -> None:
        """Show the namespaces, or go to that one."""
        ...

    def recent_namespaces(self) -> tuple[str, ...]:
        """Those that have a key, in its order."""
        ...

    @property
    def user_files(self) -> UserFiles:
        """What the user's own files add to the screens."""
        ...

    def visited(self, destination: Destination) -> None:
        """That view is on top."""
        ...

    async def say(self, line: str) -> None:
        """Do what that line means behind `:`."""
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
