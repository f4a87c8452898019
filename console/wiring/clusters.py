"""Which cluster is meant, by whose login, and whether it may be changed there.

Files are read; nothing is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import paths
from console.errors import ClusterUnreachable
from console.struct_library import msgspec
from console.wiring.embedded import local_kubeconfig, local_status
from console.wiring.wanted import WantedCluster

if TYPE_CHECKING:
    from console.cluster.fingerprint import IdentifiedLogin
    from console.cluster.impersonation import ActingAs
    from console.operations.ports.cluster import ClusterDescription
    from console.recorder_process.recorder_folder import ProcessFolder

READS_ONLY = "-reads-only"
"""Ends the name of a recorder's folder."""


def describe(connection: WantedCluster) -> ClusterDescription:
    """The cluster's names; nothing is sent. Raises InvalidInput for what is named wrongly."""
    from console.cluster.naming import describe as describe_cluster
    from console.operations.ports.cluster import ClusterDescription, WayIn

    if connection.local and local_status().cluster is None:
        from console.localcluster.lifecycle.kubeconfig_file import CONTEXT, NAMESPACE

        space = connection.namespace or NAMESPACE
        return ClusterDescription(CONTEXT, "", space, way=WayIn(local=True))
    chosen = localised(connection)
    return describe_cluster(
        chosen.kubeconfig,
        chosen.context,
        chosen.namespace,
        local=chosen.local,
        acts_as=acting(chosen),
    )


def named(connection: WantedCluster) -> ClusterDescription:
    """By the flags alone where no kubeconfig names a cluster any more: it may be long gone."""
    from console.operations.ports.cluster import ClusterDescription

    try:
        return describe(connection)
    except ClusterUnreachable:
        space = connection.namespace or "default"
        return ClusterDescription(connection.context or "", "", space)


def login_of(connection: WantedCluster) -> tuple[IdentifiedLogin, ProcessFolder]:
    """Who is meant, and where the recorder of that one is."""
    from console.cluster.fingerprint import login
    from console.recorder_process.recorder_folder import FOLDER, ProcessFolder

    chosen = localised(connection)
    found = login(
        chosen.kubeconfig,
        chosen.context,
        chosen.namespace,
        local=chosen.local,
        acts_as=acting(chosen),
    )
    # One that may only look starts nobody's turn: it is no substitute for one that may.
    kind = READS_ONLY if why_read_only(chosen, found.description.context) else ""
    return found, ProcessFolder(paths.state() / FOLDER / f"{found.fingerprint}{kind}")


def why_read_only(connection: WantedCluster, context: str) -> str:
    """Why nothing may be changed in that context; empty where it may. Sends nothing."""
    from console.wiring.read_only import why_read_only as why

    return why(connection, lambda: context)


def recorded_cluster(context: str, namespace: str) -> ClusterDescription:
    """The one that a recording names: only commands for it can be told. Reads nothing."""
    from console.localcluster.lifecycle.kubeconfig_file import CONTEXT
    from console.operations.ports.cluster import ClusterDescription, WayIn

    return ClusterDescription(context, "", namespace, way=WayIn(local=context == CONTEXT))


def read_only_there(connection: WantedCluster) -> str:
    """Why nothing may be changed there; empty where it may. Reads files; sends nothing."""
    from console.wiring.read_only import why_read_only as why

    return why(connection, lambda: describe(connection).context)


def why_kept(connection: WantedCluster, context: str) -> str:
    """Why what is recorded of that context stays as it is; empty where that may be changed.

    `--write` was said of the context that a console was opened for, and of no other one.
    """
    asked = connection
    if connection.read_only is False and named(connection).context != context:
        asked = msgspec.structs.replace(connection, read_only=None)
    return why_read_only(asked, context)


def acting(connection: WantedCluster) -> ActingAs | None:
    if connection.acts_as is None:
        return None
    from console.cluster.impersonation import ActingAs

    return ActingAs(connection.acts_as, connection.acts_as_groups)


def localised(connection: WantedCluster) -> WantedCluster:
    """--local is nothing but the embedded cluster's kubeconfig."""
    if not connection.local:
        return connection
    return msgspec.structs.replace(connection, kubeconfig=str(local_kubeconfig()), context=None)
