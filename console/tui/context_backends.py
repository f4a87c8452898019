"""The user's contexts over the use cases: each is opened as a backend of its own.

So a screen, and a command that was begun on it, stays with the cluster for which it was opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from console.tui import chosen_namespaces
from console.tui.aims import Aims, Connect, Named, Ways, as_chosen
from console.tui.chosen_namespaces import NamespaceChoice
from console.tui.live import LiveBackend
from console.tui.whereabouts import Whereabouts, here

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription, KnownContext


class LiveContexts(Generic[Named]):
    """See `whereabouts.Contexts`; calls come one after the other."""

    def __init__(
        self,
        connect: Connect[Named],
        present: LiveBackend[Named],
        ways: Ways[Named],
        aims: Aims[Named],
        skin: str = "",
    ) -> None:
        """`present`: where the console is to begin with; `skin`: what the settings say of it."""
        self.present_skin = skin
        self._connect, self._present, self._ways, self._aims = connect, present, ways, aims

    def known(self) -> tuple[KnownContext, ...]:
        return self._aims.known(self._present.wanted)

    def open(self, to: Whereabouts) -> LiveBackend[Named]:
        wanted = self._aims.aimed(self._present.wanted, to)
        if not (to.namespace or to.everywhere):
            wanted = as_chosen(wanted, self._aims)
        backend = LiveBackend(
            self._connect,
            wanted,
            self._ways,
            local=wanted.local,
            everywhere=wanted.all_namespaces,
        )
        self._present, self.present_skin = backend, self._ways.skin(wanted)
        return backend

    def choice(self, where: ClusterDescription) -> NamespaceChoice:
        return chosen_namespaces.recall(where)

    def chose(self, where: ClusterDescription, *, everywhere: bool) -> None:
        own = self._aims.described(self._aims.aimed(self._present.wanted, here(where))).namespace
        chosen_namespaces.remember(where, own, everywhere=everywhere)
