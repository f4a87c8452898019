"""The contexts that the kubeconfig files name, for somebody who chooses one. Sends nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping

from console.cluster.kubeconfig import load
from console.operations.ports.cluster import KnownContext


def known_contexts(
    kubeconfig: str | None, environ: Mapping[str, str] = os.environ
) -> tuple[KnownContext, ...]:
    """In the files' order; none where no file says anything. With the errors of `load`.

    Whether one of them can be used is found out when it is chosen: a broken one hides no other.
    """
    config = load(kubeconfig, environ)
    if config is None:
        return ()
    servers = {name: cluster.server for name, (cluster, _) in config.clusters.items()}
    return tuple(
        KnownContext(
            name,
            entry.cluster,
            servers.get(entry.cluster, ""),
            entry.user,
            entry.namespace,
            name == config.current_context,
        )
        for name, (entry, _) in config.contexts.items()
    )
