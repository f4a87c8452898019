"""Where the console can be, as values, and who opens it there. Knows no screen and no edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription, KnownContext
    from console.tui.backend import Backend
    from console.tui.chosen_namespaces import NamespaceChoice

EMBEDDED = "carla-console-local"
"""By what name the embedded cluster is gone to where no context is called so."""


class Whereabouts(msgspec.Struct, frozen=True):
    """A context, and what of it is listed."""

    context: str = ""
    """Empty: the one where the console is."""
    namespace: str = ""
    """Empty: the one chosen last in that context, or its own."""
    everywhere: bool = False
    """All namespaces."""
    local: bool = False
    """The embedded cluster, which is started where it does not run."""


def here(where: ClusterDescription | None) -> Whereabouts:
    """The context that is talked to, whatever the kubeconfig's current one is by now."""
    if where is None or where.way.inside:
        return Whereabouts()
    return Whereabouts(local=True) if where.way.local else Whereabouts(where.context)


class Contexts(Protocol):
    """The contexts of this user, and the way to them."""

    present_skin: str
    """The theme that the settings give to where it was opened last; empty where none."""

    def known(self) -> tuple[KnownContext, ...]:
        """As the kubeconfig names them. Reads files. Raises ConsoleError."""
        ...

    def open(self, to: Whereabouts) -> Backend:
        """A backend there, not started. Reads files. Raises ConsoleError for what is named wrongly,
        and the console stays where it is."""
        ...

    def choice(self, where: ClusterDescription) -> NamespaceChoice:
        """What was chosen in that context before."""
        ...

    def chose(self, where: ClusterDescription, *, everywhere: bool) -> None:
        """The user is there now, by a wish of theirs. Reads and writes a file."""
        ...
