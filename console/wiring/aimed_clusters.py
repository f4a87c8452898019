"""The wish for another context or namespace, as files answer it: nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.struct_library import msgspec
from console.wiring.read_only import why_read_only
from console.wiring.wanted import WantedCluster, demand_namespace

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription, KnownContext
    from console.tui.whereabouts import Whereabouts


def known(wanted: WantedCluster) -> tuple[KnownContext, ...]:
    """Those of the kubeconfig that the wish, or the environment, names."""
    from console.cluster.known_contexts import known_contexts

    return tuple(
        msgspec.structs.replace(each, read_only=bool(_read_only(wanted, each.name)))
        for each in known_contexts(wanted.kubeconfig)
    )


def _read_only(wanted: WantedCluster, context: str) -> str:
    """As it will be once the console is there."""
    told = wanted if wanted.read_only else WantedCluster()
    return why_read_only(told, lambda: context)


def aimed(wanted: WantedCluster, to: Whereabouts) -> WantedCluster:
    """The wish for that place, as the same user if one was named.

    `--write` was said of one context, and is not taken along to another. Raises InvalidInput.
    """
    namespace = to.namespace or None
    demand_namespace(namespace)
    local = to.local or (wanted.local and not to.context)
    context = None if local else to.context or wanted.context
    same = (local, context) == (wanted.local, wanted.context) or not (to.context or to.local)
    found = msgspec.structs.replace(
        wanted,
        context=context,
        local=local,
        namespace=namespace,
        all_namespaces=to.everywhere,
        read_only=wanted.read_only if same or wanted.read_only else None,
    )
    if not local:
        # A word that is mistyped is told here, before anything is left.
        from console.cluster.naming import access

        access(found.kubeconfig, found.context, found.namespace)
    return found


def pinned(wanted: WantedCluster, where: ClusterDescription) -> WantedCluster:
    """With the context by name: the file's current one may be another at the next try."""
    if wanted.local or where.way.inside or wanted.context is not None:
        return wanted
    return msgspec.structs.replace(wanted, context=where.context)
