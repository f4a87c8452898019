"""Which cluster is meant, and as whom: from flags and environment, as kubectl has them.

Reads files and sends nothing; knows no HTTP, so that who only asks for names does not pay for it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from msgspec.structs import replace

from console import paths
from console.cluster.impersonation import ActingAs, acts_as, instead, who
from console.cluster.kubeconfig import OFFER, Access, load, resolve
from console.cluster.service_account import in_cluster, own_namespace
from console.errors import ClusterUnreachable, InvalidInput
from console.operations.ports.cluster import ClusterDescription, WayIn


def access(
    kubeconfig: str | None = None,
    context: str | None = None,
    namespace: str | None = None,
    environ: Mapping[str, str] = os.environ,
    asked: ActingAs | None = None,
) -> Access:
    """Where to and as whom: kubeconfig files first, else the pod's own service account.

    Raises InvalidInput for what the user named wrongly, ClusterUnreachable if nothing is set up.
    """
    found = _named(kubeconfig, context, namespace, environ)
    return replace(found, user=instead(found.user, asked))


def _named(
    kubeconfig: str | None, context: str | None, namespace: str | None, environ: Mapping[str, str]
) -> Access:
    config = load(kubeconfig, environ)
    if config is not None:
        return resolve(config, context, namespace, own_namespace(environ) or "default")
    if context:
        raise InvalidInput(f"No kubeconfig file holds the context {context!r}.", fix=OFFER)
    if (inside := in_cluster(namespace, environ)) is not None:
        return inside
    raise ClusterUnreachable(
        "There is no kubeconfig, so no cluster to talk to.",
        why="Neither --kubeconfig, KUBECONFIG nor ~/.kube/config names an existing file.",
        fix=OFFER,
    )


def described(
    chosen: Access, files: tuple[str, ...], *, local: bool, asked: ActingAs | None = None
) -> ClusterDescription:
    """The cluster by its names."""
    flags = asked.flags if asked else ()
    way = WayIn(files, local=local, inside=chosen.inside, acting=flags)
    return ClusterDescription(
        chosen.context,
        chosen.server,
        chosen.namespace,
        who(chosen.user_name, chosen.user),
        way,
        acts_as(chosen.user),
    )


def describe(
    kubeconfig: str | None,
    context: str | None,
    namespace: str | None,
    *,
    environ: Mapping[str, str] = os.environ,
    local: bool = False,
    acts_as: ActingAs | None = None,
) -> ClusterDescription:
    """The same without asking it anything, with the errors of `access`. Reads files."""
    chosen = access(kubeconfig, context, namespace, environ, acts_as)
    return described(chosen, named_files(kubeconfig, environ), local=local, asked=acts_as)


def named_files(kubeconfig: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The files that a flag or KUBECONFIG names, absolute; none where neither does."""
    if not (kubeconfig or environ.get("KUBECONFIG")):
        return ()
    return tuple(os.path.abspath(path) for path in paths.kubeconfigs(kubeconfig, environ))
