"""Which cluster the user asked for, as whom, and what may be done there: the flags as one value."""

from __future__ import annotations

from console import paths
from console.errors import InvalidInput
from console.struct_library import msgspec


class WantedCluster(msgspec.Struct, frozen=True):
    """None where the flags are silent."""

    kubeconfig: str | None = None
    context: str | None = None
    namespace: str | None = None
    local: bool = False
    all_namespaces: bool = False
    acts_as: str | None = None
    """Whom to act as, instead of what the kubeconfig says of its user."""
    acts_as_groups: tuple[str, ...] = ()
    request_seconds: float | None = None
    """How long one answer is waited for; infinite: for ever."""
    read_only: bool | None = None
    """None: as the settings say of the context."""

    def __str__(self) -> str:
        """What a remembered list was the answer to."""
        flags = self.kubeconfig, self.context, self.namespace
        question = paths.asked_cluster(*flags, local=self.local)
        if self.all_namespaces:
            question += " everywhere"
        if self.acts_as is not None:
            question += f" as {(self.acts_as, self.acts_as_groups)!r}"
        return question


def demand_namespace(name: str | None) -> None:
    """Raises InvalidInput for what no namespace can be called; None is no name at all."""
    if name is None:
        return
    from console.kubernetes_grammar.names import LABEL  # for those who name one

    if LABEL.faults(name):
        raise InvalidInput(
            f"No namespace can be called {name!a}.",
            why="A name has at most 63 small letters, digits and dashes.",
        )
