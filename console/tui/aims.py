"""What is needed to reach clusters, as values and functions that come from without.

Loaded before the first frame: brings no event loop along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from console.errors import ConsoleError
from console.tui import chosen_namespaces
from console.tui.chosen_namespaces import EVERYWHERE
from console.tui.whereabouts import Whereabouts

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from console.domain.submission import SubmissionPlan
    from console.operations.ports.cluster import ClusterDescription, KnownContext
    from console.operations.ports.recorder_process import RecorderProcess
    from console.operations.publishing.shown_by_hand import PublishingEdges
    from console.operations.services import Services

Wanted = TypeVar("Wanted")
Connect = Callable[[Wanted], "AbstractAsyncContextManager[Services]"]


class Reachable(Protocol):
    """The part of a wish for a cluster that the screens care about."""

    @property
    def local(self) -> bool:
        """The embedded cluster was asked for: start it."""
        ...

    @property
    def namespace(self) -> str | None: ...

    @property
    def all_namespaces(self) -> bool: ...


Named = TypeVar("Named", bound=Reachable)


def as_it_is(wanted: Wanted, _where: ClusterDescription) -> Wanted:
    """Of a wish that names its cluster already."""
    return wanted


def nobody_records(_wanted: object) -> None:
    """Where no recorder process is wanted."""


def not_named(_wanted: object) -> None:
    """Where only the cluster itself tells its names."""


def nothing_forbidden(_wanted: object) -> str:
    """Where no file says what may be changed."""
    return ""


class Ways(NamedTuple, Generic[Wanted]):
    """What the machine offers beside the cluster itself; all of it may be left out."""

    start_local: Callable[[Wanted], Wanted] | None = None
    """Starts the embedded cluster, and blocks; None where that cannot be."""
    ends_local: Callable[[], bool] = lambda: True
    """Tells at once whether an embedded cluster started that way ends when this console leaves:
    nobody keeps it, and no other console is on it."""
    recorder: Callable[[Wanted], RecorderProcess | None] = nobody_records
    """The recorder process of that cluster; None where none is wanted."""
    described: Callable[[Wanted], ClusterDescription | None] = not_named
    """Where the wish leads, by its names; None where that is not known."""
    forbidden: Callable[[Wanted], str] = nothing_forbidden
    """Why nothing may be changed there, as files say; empty where it may."""
    pinned: Callable[[Wanted, ClusterDescription], Wanted] = as_it_is
    """The wish that names what it has found, whatever the kubeconfig says by the next try."""
    kept: Callable[[Wanted, str], str] = lambda _wanted, _context: ""
    """Why nothing that is recorded of that context may be changed; empty where it may."""
    skin: Callable[[Wanted], str] = lambda _wanted: ""
    """The theme that files give to that context; empty where none."""
    publishing: Callable[[Services], PublishingEdges] | None = None
    """By which results are published by hand; None where nobody does."""
    timed: Callable[[SubmissionPlan], Mapping[str, float]] = lambda _plan: {}
    """What each route of a submission usually takes. Reads files."""


class Aims(NamedTuple, Generic[Wanted]):
    """What files say of clusters; nothing of it asks one."""

    known: Callable[[Wanted], tuple[KnownContext, ...]]
    aimed: Callable[[Wanted, Whereabouts], Wanted]
    """The wish for another place, with all else as it was. Raises InvalidInput for no such one."""
    described: Callable[[Wanted], ClusterDescription]


def as_chosen(wanted: Named, aims: Aims[Named]) -> Named:
    """In the namespace that was chosen there last, where the wish names none.

    What is wrong with the wish is told when it is connected to.
    """
    named = wanted.namespace is not None or wanted.all_namespaces
    if named or wanted.local or not chosen_namespaces.any_chosen():
        return wanted
    try:
        where = aims.described(wanted)
        chosen = chosen_namespaces.recall(where).chosen
        if not chosen:
            return wanted
        if chosen == EVERYWHERE:
            return aims.aimed(wanted, Whereabouts(everywhere=True))
        return aims.aimed(wanted, Whereabouts(namespace=chosen))
    except ConsoleError:
        return wanted
