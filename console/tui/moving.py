"""The app's way to another context or namespace, while it runs.

All that lies on the screen is closed, and the list of the new place opened: no screen, no dialog
and no command that was begun stays to meet another cluster. What was already sent is let end where
it was sent, and told.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from textual.app import App

from console.domain.hostile_text import neutralise
from console.errors import ConsoleError
from console.tui.backend import Link
from console.tui.navigation import back_to_list, go, unsaved
from console.tui.places import Destination, Place
from console.tui.skins import Skin, skin
from console.tui.textual_stack import replace_lowest
from console.tui.whereabouts import EMBEDDED, Whereabouts, here

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription, KnownContext
    from console.tui.backend import Backend
    from console.tui.whereabouts import Contexts

ALL = ("all", "*", "0")
"""What of `:ns` means every namespace."""
STAYS = "This console was opened for one place alone: open another for another."


class Moving(App[None]):
    """An app with one backend at a time."""

    backend: Backend
    contexts: Contexts | None = None
    theme_flag: str | None = None
    """Which goes before all that a context says."""
    _on_the_way = False

    def __init__(self) -> None:
        super().__init__()
        self._retiring: list[Backend] = []
        """Left, and not closed yet."""
        self._embedded_left: Backend | None = None
        """On the embedded cluster that this console owns, and that ends with it."""

    def change_to(self, skin: Skin) -> None:
        """Wear the theme of where the console is now."""
        raise NotImplementedError

    def arrived(self) -> None:
        """The console is on another backend, whose list is shown."""
        raise NotImplementedError

    # --- what is typed

    def action_contexts(self, name: str = "") -> None:
        """The contexts, or straight to that one."""
        if name == EMBEDDED:
            self._after_reading(self._to_embedded())
        elif name:
            self.move(Whereabouts(name))
        else:
            self._show(Place.CONTEXTS)

    def action_namespaces(self, name: str = "") -> None:
        """The namespaces, or straight to that one, or to all."""
        if name:
            self.move(self._of_this_context(name))
        else:
            self._show(Place.NAMESPACES)

    def action_namespace_by_digit(self, digit: int) -> None:
        """One of those chosen before."""
        self._after_reading(self._to_digit(digit))

    def _after_reading(self, work: Coroutine[None, None, None]) -> None:
        """A file that no key waits for; of two such wishes the last one counts."""
        self.run_worker(work, name="read", group="read", exclusive=True, exit_on_error=False)

    async def _to_digit(self, digit: int) -> None:
        recent = await asyncio.to_thread(self.recent_namespaces)
        if digit <= len(recent):
            self.action_namespaces(recent[digit - 1])
        else:
            self.notify(f"There is no namespace number {digit} yet: :ns chooses one.")

    def recent_namespaces(self) -> tuple[str, ...]:
        """Of this context, in the order of their digits."""
        where = self.backend.connection().description
        if where is None or self.contexts is None:
            return ()
        return self.contexts.choice(where).recent or (where.namespace,)

    def _show(self, place: Place) -> None:
        if self.contexts is None:
            self.notify(STAYS, severity="warning")
        else:
            go(self, Destination(place))

    async def _to_embedded(self) -> None:
        """A context of that name comes first."""
        known = await asyncio.to_thread(self._known_contexts)
        called_so = EMBEDDED in {each.name for each in known}
        self.move(Whereabouts(EMBEDDED) if called_so else Whereabouts(local=True))

    def _known_contexts(self) -> tuple[KnownContext, ...]:
        """Reads files."""
        try:
            return self.contexts.known() if self.contexts else ()
        except ConsoleError:
            return ()

    def _of_this_context(self, namespace: str) -> Whereabouts:
        to = here(self.backend.connection().description)
        everywhere = namespace in ALL
        name = "" if everywhere else namespace
        return Whereabouts(to.context, name, everywhere=everywhere, local=to.local)

    # --- the way

    def move(self, to: Whereabouts) -> None:
        """Go there; the console stays where it is if that cannot be."""
        if self.contexts is None:
            self.notify(STAYS, severity="warning")
        elif not self._on_the_way:
            self._on_the_way = True
            self.run_worker(self._move(self.contexts, to), name="move", exit_on_error=False)

    async def _move(self, contexts: Contexts, to: Whereabouts) -> None:
        try:
            if to.everywhere and not await self._may_list_all():
                return
            if (lost := unsaved(self.screen_stack)) and not await self._may_lose(lost):
                return
            new = await asyncio.to_thread(contexts.open, to)
            worn = await asyncio.to_thread(lambda: skin(self.theme_flag, contexts.present_skin))
            self._arrive(new)
            self.change_to(worn)
        finally:
            self._on_the_way = False
        if to.namespace or to.everywhere:
            self.run_worker(self._remember(contexts), name="remember", exit_on_error=False)

    async def _may_list_all(self) -> bool:
        """Where that is forbidden the namespaces to choose from are shown, and say so."""
        try:
            may = await self.backend.may_list_all()
        except ConsoleError:
            return True  # nobody can tell: asking will
        if not may:
            self._show(Place.NAMESPACES)
        return may

    async def _may_lose(self, lost: tuple[str, ...]) -> bool:
        from console.tui.screens.dialogs import ConfirmDialog
        from console.tui.screens.staying import leaving

        return await self.push_screen_wait(ConfirmDialog(leaving(lost))) is True

    def _arrive(self, new: Backend) -> None:
        from console.tui.screens.submissions import SubmissionsScreen

        old = self.backend
        # Before its screens close: what they do on their way out may begin nothing there.
        old.leave()
        back_to_list(self)
        self.backend = new
        replace_lowest(self, SubmissionsScreen())
        self._retire(old)
        new.start()
        self.arrived()

    async def _remember(self, contexts: Contexts) -> None:
        """Once it has answered: a namespace that is none is not offered again."""
        backend = self.backend
        while (link := backend.connection()).link is not Link.CONNECTED:
            if backend is not self.backend or link.problem is not None:
                return
            await asyncio.sleep(0.1)
        if link.description is not None:
            await asyncio.to_thread(_chose, contexts, link.description, link.everywhere)

    # --- what was left

    def _retire(self, old: Backend) -> None:
        """In a thread that no exit waits for: what was sent may take its time."""
        where = old.connection().description
        embedded = where is not None and where.way.local
        if embedded and (old.lost_by_leaving() or old.goes_on_after_leaving()):
            self._embedded_left = old
        self._retiring.append(old)
        threading.Thread(target=self._let_end, args=(old,), name="retire", daemon=True).start()

    def _let_end(self, old: Backend) -> None:
        told = old.retire()
        self._retiring.remove(old)
        with contextlib.suppress(RuntimeError):  # the console has been left meanwhile
            for each in told:
                self.call_from_thread(self.notify, neutralise(each))

    def close_all(self) -> None:
        """Whatever is still open, at the end. Blocks."""
        for backend in (self.backend, *self._retiring):
            backend.close()

    def left_or_here(self) -> tuple[Backend, ...]:
        """Of which there is something to say at the end: the embedded cluster that was left for
        another ends with this console too."""
        where = self.backend.connection().description
        again = where is not None and where.way.local
        left = () if again or self._embedded_left is None else (self._embedded_left,)
        return (*left, self.backend)


def _chose(contexts: Contexts, where: ClusterDescription, everywhere: bool) -> None:
    try:
        contexts.chose(where, everywhere=everywhere)
    except ConsoleError:
        return  # the kubeconfig has changed meanwhile: there is nothing to remember of it
